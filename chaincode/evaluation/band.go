package evaluation

import "math"

// side is where a value is to a range.
type side int8

const (
	below  side = -1
	within side = 0
	above  side = 1
)

func (s side) String() string {
	switch s {
	case below:
		return Below
	case above:
		return Above
	}
	return ""
}

func sideOf(text string) side {
	switch text {
	case Below:
		return below
	case Above:
		return above
	}
	return within
}

// band is a [Band] and its state as plain values.
type band struct {
	name         string
	lower, upper Amount // the range, both ends included
	// An excursion below ends at backLower or more, one above at backUpper or
	// less.
	backLower, backUpper Amount
	longestMs, allowMs   *int64 // what is allowed
	minimumMs            int64

	side                side // of the excursion under way; within: none is
	from, reached       Moment
	extreme             Amount
	noise, odd          bool
	excursions          uint64
	longest, out        int64
	span                int // the open span, counted from 1; 0: none
	brokeLong, brokeSum bool
	broken              bool
}

func newBand(b Band) band {
	s := band{
		name: b.Name, lower: math.MinInt64, upper: math.MaxInt64, backLower: math.MinInt64, backUpper: math.MaxInt64,
		longestMs: b.LongestExcursionMs, allowMs: b.AllowanceMs, minimumMs: b.MinimumMs,
	}
	hysteresis := Amount(0)
	if b.Hysteresis != nil {
		hysteresis = *b.Hysteresis
	}
	if b.Lower != nil {
		s.lower, s.backLower = *b.Lower, *b.Lower+hysteresis
	}
	if b.Upper != nil {
		s.upper, s.backUpper = *b.Upper, *b.Upper-hysteresis
	}
	return s
}

// resume takes up the state of an earlier run.
func (b *band) resume(t BandTally) {
	b.excursions, b.longest, b.out, b.broken = t.Excursions, t.LongestMs, t.OutMs, t.Broken
	if x := t.Excursion; x != nil {
		b.side, b.from, b.reached, b.extreme, b.noise, b.odd = sideOf(x.Side), x.From, x.To, x.Extreme, x.Noise, x.Implausible
	}
}

// tally returns the state.
func (b *band) tally() BandTally {
	t := BandTally{Excursions: b.excursions, LongestMs: b.longest, OutMs: b.out, Broken: b.broken}
	if b.under() {
		t.Excursion = &Excursion{Side: b.side.String(), From: b.from, To: b.reached, Extreme: b.extreme, Noise: b.noise, Implausible: b.odd}
	}
	return t
}

// under reports whether an excursion is under way.
func (b *band) under() bool { return b.side != within }

// sideOf returns the side of the range that a value is on.
func (b *band) sideOf(v Amount) side {
	switch {
	case v > b.upper:
		return above
	case v < b.lower:
		return below
	}
	return within
}

// limit returns the limit that an excursion on a side has passed.
func (b *band) limit(s side) Amount {
	if s == above {
		return b.upper
	}
	return b.lower
}

// home returns the value at which the excursion under way ends.
func (b *band) home() Amount {
	if b.side == above {
		return b.backUpper
	}
	return b.backLower
}

// isHome reports whether a value ends the excursion under way.
func (b *band) isHome(v Amount) bool {
	if b.side == above {
		return v <= b.backUpper
	}
	return v >= b.backLower
}

// worse reports whether a value is further out than the excursion under way was.
func (b *band) worse(v Amount) bool {
	if b.side == above {
		return v > b.extreme
	}
	return v < b.extreme
}

// leave begins an excursion.
func (e *evaluation) leave(b *band, s side, from Moment, value Amount) {
	b.side, b.from, b.reached, b.extreme, b.noise, b.odd, b.span = s, from, from, value, true, false, 0
	e.under++
}

// finish ends the excursion under way, if there is one.
func (e *evaluation) finish(b *band) {
	if b.under() {
		b.side, b.span = within, 0
		e.under--
	}
}

// reach carries the excursion under way on to a moment; value is the furthest
// out since it was carried on last.
func (e *evaluation) reach(b *band, to Moment, value Amount) {
	if b.worse(value) {
		b.extreme = value
	}
	since := b.reached
	b.reached = to
	length := int64(to - b.from)
	if b.noise {
		if length < b.minimumMs {
			return
		}
		b.noise = false
		b.excursions++
		since = b.from
	}
	b.out += int64(to - since)
	b.longest = max(b.longest, length)
	e.spans.note(e.bands, b, since, to)
	e.judge(b, length)
}

// judge notes the rules that the excursion under way has broken.
func (e *evaluation) judge(b *band, length int64) {
	long, sum := exceeds(b.longestMs, length), exceeds(b.allowMs, b.out)
	if !long && !sum {
		return
	}
	b.broken = true
	b.brokeLong, b.brokeSum = b.brokeLong || long, b.brokeSum || sum
	at := b.reached
	if long {
		at = min(at, b.reached-Moment(length-*b.longestMs))
	}
	if sum {
		at = min(at, b.reached-Moment(b.out-*b.allowMs))
	}
	e.broke.excursion(b, max(at, b.from))
}
