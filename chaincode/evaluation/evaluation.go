package evaluation

import (
	"math"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Evaluate adds readings to the tally, and returns what they did. The readings
// rise in time and are after those before; values are in the unit of the terms
// (see [Align]), scale as in [telemetry.Header]. Terms and window are the same
// in every call, but that the window may have got its end.
//
// All of it is exact but for crossings, which are rounded outward to the
// millisecond; extremes where the window cuts an excursion, rounded outward to
// 10^-9 of the unit; and mean kinetic temperature, whose error is bounded as
// docs/verdicts.md says. It is the same on every processor.
//
// Once the window has its end, Evaluate with no readings judges what the last
// of them had left open: the mean kinetic temperature of the last window.
func (t *Tally) Evaluate(terms Terms, window Window, readings []telemetry.Reading, scale int) Outcome {
	e := begin(t, terms, window)
	factor := telemetry.Factor(scale)
	for _, r := range readings {
		e.add(Point{Time: Moment(r.Time), Value: Amount(r.Value * factor)})
	}
	return e.end()
}

// evaluation is a run of [Tally.Evaluate]: the tally with its optional parts as
// plain values, so that a reading takes no memory.
type evaluation struct {
	*Tally
	window    Window
	gap       int64 // the largest, in milliseconds
	hold      bool  // values hold between readings
	last      Point
	started   bool // there is a last reading
	low, high Amount
	bands     []band
	under     int    // bands with an excursion under way
	from, to  Amount // the range that all bands share, both ends included
	credible  *credible
	kinetic   *kinetic
	spans     spans
	broke     broke
}

func begin(t *Tally, terms Terms, window Window) *evaluation {
	e := &evaluation{
		Tally: t, window: window, gap: terms.LargestGapMs, hold: terms.Between == Hold,
		bands: make([]band, len(terms.Bands)), from: math.MinInt64, to: math.MaxInt64,
		broke: broke{Break: Break{Unit: terms.Unit}},
	}
	for i, b := range terms.Bands {
		e.bands[i] = newBand(b)
		if i < len(t.Bands) {
			e.bands[i].resume(t.Bands[i])
		}
		if e.bands[i].under() {
			e.under++
		}
		e.from, e.to = max(e.from, e.bands[i].lower), min(e.to, e.bands[i].upper)
	}
	if t.Last != nil {
		e.last, e.started = *t.Last, true
	}
	if t.Readings > 0 {
		e.low, e.high = *t.Lowest, *t.Highest
	}
	if terms.Plausible != nil {
		e.credible = newCredible(*terms.Plausible, t)
	}
	if terms.MKT != nil {
		e.kinetic = newKinetic(terms, window, t.MKT)
		e.finishKinetic()
	}
	return e
}

// end brings the tally up to date, and returns the outcome. The tally shares no
// memory with what it was.
func (e *evaluation) end() Outcome {
	last, low, high := e.last, e.low, e.high
	e.Last, e.Lowest, e.Highest, e.Bands = nil, nil, nil, nil
	if e.started {
		e.Last = &last
	}
	if e.Readings > 0 {
		e.Lowest, e.Highest = &low, &high
	}
	for i := range e.bands {
		state := e.bands[i].tally()
		e.Bands = append(e.Bands, state)
		e.Broken = e.Broken || state.Broken
	}
	if e.credible != nil && e.started {
		e.SameSince = e.credible.sameSince()
	}
	if e.kinetic != nil {
		e.MKT = e.kinetic.tally()
		e.Broken = e.Broken || e.kinetic.broken
	}
	outcome := Outcome{Spans: e.spans.list(e.bands), Coarse: e.spans.coarse}
	outcome.Break = e.broke.end(e.bands, e.kinetic)
	return outcome
}

func (e *evaluation) add(p Point) {
	odd := e.credible != nil && e.credible.odd(e, p)
	if !odd && e.uneventful(p) {
		if e.kinetic != nil {
			e.warm(e.last, p, e.last.Time, p.Time)
		}
		e.Readings++
		e.low, e.high, e.last = min(e.low, p.Value), max(e.high, p.Value), p
		return
	}
	if e.started {
		e.between(e.last, p)
	} else {
		e.missing(e.window.Start, min(p.Time, e.window.End))
	}
	if p.Time >= e.window.Start && p.Time <= e.window.End {
		e.point(p, odd)
	}
	e.last, e.started = p, true
	e.finishKinetic()
}

// uneventful reports whether a reading is like nearly all: in range after one in
// range, both within the window and no gap between. It says nothing that the
// full evaluation would not; it is there for speed.
func (e *evaluation) uneventful(p Point) bool {
	return p.Value >= e.from && p.Value <= e.to && e.last.Value >= e.from && e.last.Value <= e.to &&
		e.under == 0 && e.Readings > 0 && p.Time < e.window.End &&
		int64(p.Time-e.last.Time) <= e.gap
}

// between evaluates the time from one reading to the next.
func (e *evaluation) between(a, b Point) {
	from, to := max(a.Time, e.window.Start), min(b.Time, e.window.End)
	if from >= to {
		return
	}
	if int64(b.Time-a.Time) > e.gap {
		e.missing(from, to)
		return
	}
	for i := range e.bands {
		if e.hold {
			e.level(&e.bands[i], a.Value, from, to)
		} else {
			e.line(&e.bands[i], line{a: a, b: b, from: from, to: to})
		}
	}
	if e.kinetic != nil {
		e.warm(a, b, from, to)
	}
}

// missing notes time without readings. It is tolerated at the window's ends up
// to the largest gap, but not in the middle of an excursion.
func (e *evaluation) missing(from, to Moment) {
	if ms := int64(to - from); ms > e.gap || ms > 0 && e.under > 0 {
		e.Gaps++
		e.MissingMs += ms
	}
	for i := range e.bands {
		e.finish(&e.bands[i])
	}
	if e.kinetic != nil {
		e.idle(from, to)
	}
}

// point evaluates a reading within the window; odd says that it is implausible.
func (e *evaluation) point(p Point, odd bool) {
	if e.Readings == 0 {
		e.low, e.high = p.Value, p.Value
	}
	e.Readings++
	e.low, e.high = min(e.low, p.Value), max(e.high, p.Value)
	if odd {
		e.Implausible++
		if e.ImplausibleAt == nil {
			at := p.Time // a copy, so that readings need no memory of their own
			e.ImplausibleAt = &at
		}
	}
	for i := range e.bands {
		e.touch(&e.bands[i], p, odd)
	}
}
