package evaluation

import "math"

// evaluation is a run of [Tally.Evaluate]: the tally with its optional parts as
// plain values, so that a reading takes no memory.
type evaluation struct {
	*Tally
	terms     Terms
	window    Window
	broke     *Break
	last      Point
	started   bool // there is a last reading
	low, high Amount
	current   Excursion
	under     bool   // an excursion is under way
	from, to  Amount // the range, both ends included
}

func begin(t *Tally, terms Terms, window Window) evaluation {
	e := evaluation{Tally: t, terms: terms, window: window, from: math.MinInt64, to: math.MaxInt64}
	if terms.Lower != nil {
		e.from = *terms.Lower
	}
	if terms.Upper != nil {
		e.to = *terms.Upper
	}
	if t.Last != nil {
		e.last, e.started = *t.Last, true
	}
	if t.Readings > 0 {
		e.low, e.high = *t.Lowest, *t.Highest
	}
	if t.Excursion != nil {
		e.current, e.under = *t.Excursion, true
	}
	return e
}

// end brings the tally up to date. It shares no memory with what it was.
func (e *evaluation) end() {
	last, low, high, current := e.last, e.low, e.high, e.current
	e.Last, e.Lowest, e.Highest, e.Excursion = nil, nil, nil, nil
	if e.started {
		e.Last = &last
	}
	if e.Readings > 0 {
		e.Lowest, e.Highest = &low, &high
	}
	if e.under {
		e.Excursion = &current
	}
}

func (e *evaluation) add(p Point) {
	if e.uneventful(p) {
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
		e.point(p)
	}
	e.last, e.started = p, true
}

// uneventful reports whether a reading is like nearly all: in range after one in
// range, both within the window and no gap between. It says nothing that the
// full evaluation would not; it is there for speed.
func (e *evaluation) uneventful(p Point) bool {
	return p.Value >= e.from && p.Value <= e.to && e.last.Value >= e.from && e.last.Value <= e.to &&
		!e.under && e.Readings > 0 && p.Time <= e.window.End &&
		int64(p.Time-e.last.Time) <= e.terms.LargestGapMs
}

// between evaluates the time from one reading to the next.
func (e *evaluation) between(a, b Point) {
	from, to := max(a.Time, e.window.Start), min(b.Time, e.window.End)
	if from >= to {
		return
	}
	if int64(b.Time-a.Time) > e.terms.LargestGapMs {
		e.missing(from, to)
		return
	}
	if e.terms.Between == Hold {
		if side := e.terms.side(a.Value); side != "" {
			e.out(part{side: side, from: from, to: to, extreme: a.Value})
		}
		return
	}
	parts, n := e.terms.linear(a, b, from, to)
	for _, p := range parts[:n] {
		e.out(p)
	}
}

// missing notes time without readings. It is tolerated at the window's ends up
// to the largest gap, but not in the middle of an excursion.
func (e *evaluation) missing(from, to Moment) {
	if ms := int64(to - from); ms > e.terms.LargestGapMs || ms > 0 && e.under {
		e.Gaps++
		e.MissingMs += ms
	}
	e.under = false
}

// point evaluates a reading within the window.
func (e *evaluation) point(p Point) {
	if e.Readings == 0 {
		e.low, e.high = p.Value, p.Value
	}
	e.Readings++
	e.low, e.high = min(e.low, p.Value), max(e.high, p.Value)
	side := e.terms.side(p.Value)
	if side == "" {
		e.under = false
		return
	}
	e.out(part{side: side, from: p.Time, to: p.Time, extreme: p.Value})
}

// out adds a part out of range to the current excursion, or begins one.
func (e *evaluation) out(p part) {
	x := &e.current
	if !e.under || x.Side != p.side { // else it joins on: what ends an excursion clears under
		*x = Excursion{Side: p.side, From: p.from, Extreme: p.extreme}
		e.under = true
		e.Excursions++
	}
	x.To = p.to
	x.Extreme = e.terms.worse(x.Extreme, p.extreme)
	e.OutMs += int64(p.to - p.from)
	e.LongestMs = max(e.LongestMs, int64(x.To-x.From))
	e.judge(*x)
}

// judge notes the rules that the current excursion has broken.
func (e *evaluation) judge(x Excursion) {
	longest := e.terms.brokenFrom(e.terms.LongestExcursionMs, int64(x.To-x.From), x)
	allowance := e.terms.brokenFrom(e.terms.AllowanceMs, e.OutMs, x)
	if longest == Open && allowance == Open {
		return
	}
	e.Broken = true
	if e.broke == nil {
		e.broke = &Break{From: x.From, At: min(longest, allowance), Extreme: x.Extreme}
	}
	e.broke.To = x.To
	e.broke.Extreme = e.terms.worse(e.broke.Extreme, x.Extreme)
	if longest != Open {
		e.broke.Rules = include(e.broke.Rules, RuleLongest)
	}
	if allowance != Open {
		e.broke.Rules = include(e.broke.Rules, RuleAllowance)
	}
}

// brokenFrom returns the moment in an excursion at which what it makes up to
// is over what is allowed, or [Open] when it is not.
func (t Terms) brokenFrom(allowed *int64, ms int64, x Excursion) Moment {
	if allowed == nil || ms <= *allowed && *allowed != 0 {
		return Open
	}
	return max(x.From, x.To-Moment(ms-*allowed))
}
