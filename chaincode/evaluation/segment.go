package evaluation

import "math/bits"

// Point is a value at a moment.
type Point struct {
	Time  Moment `json:"time"`
	Value Amount `json:"value"`
}

// line is the straight line between two readings, and the part of it that lies
// within the window.
type line struct {
	a, b     Point
	from, to Moment
}

// line evaluates a straight line. Moments are whole milliseconds: a crossing is
// rounded so that the excursion comes out longer.
func (e *evaluation) line(b *band, l line) {
	begins, ends := b.sideOf(l.a.Value), b.sideOf(l.b.Value)
	if begins == within && ends == within && !b.under() {
		return
	}
	earliest := l.from
	if !b.under() && begins != within && l.leaves(b, begins, ends) { // the window begins out of range
		e.leave(b, begins, l.from, l.worst(begins, l.from, l.to))
	}
	if b.under() {
		if !b.isHome(l.b.Value) {
			e.reach(b, l.to, l.worst(b.side, l.from, l.to))
			return
		}
		earliest = l.crossing(b.home(), true)
		e.reach(b, min(earliest, l.to), l.worst(b.side, l.from, min(earliest, l.to)))
		if earliest > l.to {
			return
		}
		e.finish(b)
	}
	if ends == within {
		return
	}
	if out := max(l.crossing(b.limit(ends), false), earliest, l.from); out < l.to {
		worst := l.worst(ends, out, l.to)
		e.leave(b, ends, out, worst)
		e.reach(b, l.to, worst)
	}
}

// leaves reports whether a line that begins on a side of the range is there
// still when the window begins.
func (l line) leaves(b *band, begins, ends side) bool {
	return begins == ends || l.crossing(b.limit(begins), true) > l.from
}

// level evaluates a value that holds for a while.
func (e *evaluation) level(b *band, value Amount, from, to Moment) {
	if !b.under() {
		s := b.sideOf(value)
		if s == within {
			return
		}
		e.leave(b, s, from, value)
	}
	e.reach(b, to, value)
}

// touch evaluates a reading.
func (e *evaluation) touch(b *band, p Point, odd bool) {
	if b.under() && b.isHome(p.Value) {
		e.finish(b)
	}
	switch {
	case !b.under():
		s := b.sideOf(p.Value)
		if s == within {
			return
		}
		e.leave(b, s, p.Time, p.Value)
	case b.reached == p.Time && !odd && !b.worse(p.Value):
		return // the line to this reading has said it all
	}
	b.odd = b.odd || odd
	e.reach(b, p.Time, p.Value)
}

// crossing returns when the line meets a value, which lies between those of its
// ends; up says which way to round.
func (l line) crossing(value Amount, up bool) Moment {
	return l.a.Time + Moment(share(distance(l.a.Value, value), uint64(l.b.Time-l.a.Time), distance(l.a.Value, l.b.Value), up))
}

// worst returns the value of the line that is furthest out on a side, from one
// moment to another.
func (l line) worst(s side, from, to Moment) Amount {
	if (l.b.Value > l.a.Value) == (s == above) {
		return l.at(to, s)
	}
	return l.at(from, s)
}

// at returns the value at a moment, rounded away from the range on the given
// side.
func (l line) at(moment Moment, s side) Amount {
	switch moment {
	case l.a.Time:
		return l.a.Value
	case l.b.Time:
		return l.b.Value
	}
	rising := l.b.Value > l.a.Value
	change := share(distance(l.a.Value, l.b.Value), uint64(moment-l.a.Time), uint64(l.b.Time-l.a.Time), rising == (s == above))
	if rising {
		return l.a.Value + Amount(change)
	}
	return l.a.Value - Amount(change)
}

// distance returns |a-b|; values are within 4*10^18, so that it cannot wrap.
func distance(a, b Amount) uint64 {
	if a > b {
		return uint64(a) - uint64(b)
	}
	return uint64(b) - uint64(a)
}

// share returns x*y/whole, rounded up or down. One of x and y is at most whole,
// so that the result fits; whole is not 0.
func share(x, y, whole uint64, up bool) uint64 {
	high, low := bits.Mul64(x, y)
	quotient, remainder := bits.Div64(high, low, whole)
	if up && remainder > 0 {
		quotient++
	}
	return quotient
}
