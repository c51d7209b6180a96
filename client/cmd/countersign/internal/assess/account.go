package assess

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// stride is how many readings are evaluated at once where nothing happens.
const stride = 512

// account keeps the list of what happened beside a tally, which only counts it.
// It evaluates runs of many readings; where something happens in one, it goes back
// and evaluates that run reading by reading. The tally is the same either way: no
// cut changes it.
type account struct {
	terms  evaluation.Terms
	window evaluation.Window
	scale  int
	listed int

	tally      evaluation.Tally
	excursions [][]Excursion // by band, one more than listed
	out        []int64       // by band, how long they are together
	gaps       []Gap
	broken     []Broken
}

func newAccount(terms evaluation.Terms, window evaluation.Window, scale, listed int) *account {
	return &account{
		terms: terms, window: window, scale: scale, listed: listed,
		excursions: make([][]Excursion, len(terms.Bands)), out: make([]int64, len(terms.Bands)),
	}
}

// add evaluates readings. progress is called now and then with how many are done.
func (a *account) add(readings []telemetry.Reading, progress func(done int)) {
	for done := 0; done < len(readings); done += stride {
		run := readings[done:min(done+stride, len(readings))]
		before := a.tally
		after := clone(before)
		outcome := after.Evaluate(a.terms, a.window, run, a.scale)
		if eventful(before, after, outcome) {
			a.slowly(run)
		} else {
			a.tally = after
		}
		progress(done + len(run))
	}
}

// finish judges what the last reading left open. No reading comes after it.
func (a *account) finish() {
	before := clone(a.tally)
	a.tally.Evaluate(a.terms, a.window, nil, a.scale)
	a.mkt(before, nil)
	a.order()
}

// order puts the rules that were broken in order of time, and those of one moment
// in the policy's order: not in that in which they came to light.
func (a *account) order() {
	var rules []string
	for _, b := range a.terms.Bands {
		rules = append(rules, b.Name+":"+evaluation.RuleLongest, b.Name+":"+evaluation.RuleAllowance)
	}
	rules = append(rules, evaluation.RuleMKT)
	slices.SortFunc(a.broken, func(x, y Broken) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(slices.Index(rules, x.Rule), slices.Index(rules, y.Rule)))
	})
}

// mkt notes when the limit of the mean kinetic temperature was passed, if it was by
// these readings: by evaluating them again for that alone.
func (a *account) mkt(before evaluation.Tally, readings []telemetry.Reading) {
	if now := a.tally.MKT; now == nil || !now.Broken || before.MKT != nil && before.MKT.Broken {
		return
	}
	alone := a.only(a.terms.MKT.Buckets)
	if outcome := before.Evaluate(alone, a.window, readings, a.scale); outcome.Break != nil {
		a.breaks(evaluation.RuleMKT, outcome.Break.At)
	}
}

// clone copies what an evaluation could write to.
func clone(t evaluation.Tally) evaluation.Tally {
	t.Bands = slices.Clone(t.Bands)
	if t.MKT != nil {
		mkt := *t.MKT
		mkt.Buckets = slices.Clone(mkt.Buckets)
		t.MKT = &mkt
	}
	return t
}

// eventful reports whether anything began, went on or ended that is listed.
func eventful(before, after evaluation.Tally, outcome evaluation.Outcome) bool {
	if outcome.Break != nil || len(outcome.Spans) > 0 || before.Gaps != after.Gaps {
		return true
	}
	open := func(b evaluation.BandTally) bool { return b.Excursion != nil }
	return slices.ContainsFunc(before.Bands, open) || slices.ContainsFunc(after.Bands, open)
}

// slowly evaluates one reading after the other.
func (a *account) slowly(run []telemetry.Reading) {
	for i := range run {
		before := clone(a.tally)
		outcome := a.tally.Evaluate(a.terms, a.window, run[i:i+1], a.scale)
		a.gap(before)
		for band := range a.tally.Bands {
			a.band(band, before, run[i], outcome.Spans)
		}
		a.mkt(before, run[i:i+1])
	}
}

// gap lists the gap before the last reading, if there is one.
func (a *account) gap(before evaluation.Tally) {
	if a.tally.Gaps == before.Gaps || len(a.gaps) >= a.listed {
		return
	}
	g := Gap{From: a.window.Start, To: min(a.tally.Last.Time, a.window.End)}
	if before.Last != nil {
		g.From = max(before.Last.Time, g.From)
	}
	g.Ms = int64(g.To - g.From)
	a.gaps = append(a.gaps, g)
}

// band lists what one reading added to the excursions of a band. Of its spans the
// last ones begin excursions, as many as the tally counts more; the others go on.
func (a *account) band(i int, before evaluation.Tally, reading telemetry.Reading, spans []evaluation.Span) {
	now, was := a.tally.Bands[i], evaluation.BandTally{}
	if i < len(before.Bands) {
		was = before.Bands[i]
	}
	var own []evaluation.Span
	for _, s := range spans {
		if s.Band == a.terms.Bands[i].Name {
			own = append(own, s)
		}
	}
	begun := int(now.Excursions - was.Excursions)
	for len(own) < begun { // one of no length
		own = append(own, evaluation.Span{From: a.tally.Last.Time, To: a.tally.Last.Time})
	}
	for j, s := range own {
		if j < len(own)-begun {
			a.extend(i, s, was.Excursion)
			continue
		}
		a.begin(i, s)
		a.extend(i, s, a.find(i, s, before, reading))
	}
	if now.Excursion != nil && !now.Excursion.Noise && now.Excursions > 0 {
		x := a.last(i)
		x.Side, x.Extreme = now.Excursion.Side, now.Excursion.Extreme
	}
}

// find returns what is known of the excursion that a span begins: from the tally
// after the reading or before it, where the excursion goes on or was noise as yet;
// or else, where it both began and ended since the reading before, from the line
// between the two.
func (a *account) find(band int, s evaluation.Span, before evaluation.Tally, reading telemetry.Reading) *evaluation.Excursion {
	for _, t := range []evaluation.Tally{a.tally, before} {
		if band < len(t.Bands) && t.Bands[band].Excursion != nil && t.Bands[band].Excursion.From == s.From {
			return t.Bands[band].Excursion
		}
	}
	return a.between(band, before.Last, reading)
}

// between returns what is known of an excursion that both begins and ends between a
// reading and the next one. Such a one begins with the window, and is nowhere
// further out than there.
func (a *account) between(band int, last *evaluation.Point, next telemetry.Reading) *evaluation.Excursion {
	if last == nil {
		return nil
	}
	below, above := last.Value, last.Value
	if a.terms.Between == evaluation.Linear {
		passed, whole := int64(a.window.Start-last.Time), next.Time-int64(last.Time)
		change := big.NewInt(next.Value*telemetry.Factor(a.scale) - int64(last.Value))
		share, rest := new(big.Int).DivMod(change.Mul(change, big.NewInt(passed)), big.NewInt(whole), new(big.Int))
		below += evaluation.Amount(share.Int64())
		if above = below; rest.Sign() > 0 {
			above++
		}
	}
	switch b := a.terms.Bands[band]; {
	case b.Lower != nil && below < *b.Lower:
		return &evaluation.Excursion{Side: evaluation.Below, Extreme: below}
	case b.Upper != nil && above > *b.Upper:
		return &evaluation.Excursion{Side: evaluation.Above, Extreme: above}
	}
	return nil
}

// last returns the last excursion of a band, of which there is one.
func (a *account) last(band int) *Excursion {
	list := a.excursions[band]
	return &list[len(list)-1]
}

// begin lists a new excursion. One more than asked for is kept, to go on with.
func (a *account) begin(band int, s evaluation.Span) {
	list := a.excursions[band]
	if len(list) > a.listed {
		list = list[:len(list)-1]
	}
	a.excursions[band] = append(list, Excursion{From: s.From, To: s.From})
}

// extend lets the last excursion of a band go on to the end of a span, and notes
// the rules that it breaks by it.
func (a *account) extend(band int, s evaluation.Span, known *evaluation.Excursion) {
	x := a.last(band)
	x.To, x.Ms = s.To, int64(s.To-x.From)
	if known != nil {
		x.Side, x.Extreme = known.Side, known.Extreme
	}
	a.out[band] += int64(s.To - s.From)
	b := a.terms.Bands[band]
	if longest := b.LongestExcursionMs; longest != nil && (x.Ms > *longest || *longest == 0) {
		a.breaks(b.Name+":"+evaluation.RuleLongest, x.From+evaluation.Moment(*longest))
	}
	if allowed := b.AllowanceMs; allowed != nil && (a.out[band] > *allowed || *allowed == 0) {
		a.breaks(b.Name+":"+evaluation.RuleAllowance, x.To-evaluation.Moment(a.out[band]-*allowed))
	}
}

// breaks notes when a rule was first broken.
func (a *account) breaks(rule string, at evaluation.Moment) {
	if !slices.ContainsFunc(a.broken, func(b Broken) bool { return b.Rule == rule }) {
		a.broken = append(a.broken, Broken{Rule: rule, At: at})
	}
}
