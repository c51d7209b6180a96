package evaluation

import "math/bits"

// Point is a value at a moment.
type Point struct {
	Time  Moment `json:"time"`
	Value Amount `json:"value"`
}

// part is a stretch of time on one side of the range.
type part struct {
	side     string
	from, to Moment
	extreme  Amount // the value furthest out within it
}

// linear returns the parts of the straight line from a to b that are out of
// range and within [from, to], at most two, in order of time. Moments are whole
// milliseconds: a crossing is rounded so that the excursion comes out longer.
func (t Terms) linear(a, b Point, from, to Moment) (parts [2]part, n int) {
	sides := [2]string{t.side(a.Value), t.side(b.Value)}
	if sides[0] == "" && sides[1] == "" {
		return parts, 0
	}
	add := func(p part) {
		p.from, p.to = max(p.from, from), min(p.to, to)
		if p.from < p.to {
			p.extreme = t.worse(at(a, b, p.from, p.side), at(a, b, p.to, p.side))
			parts[n] = p
			n++
		}
	}
	if sides[0] == sides[1] {
		add(part{side: sides[0], from: a.Time, to: b.Time})
		return parts, n
	}
	earliest := a.Time
	if sides[0] != "" {
		earliest = crossing(a, b, t.limit(sides[0]), true)
		add(part{side: sides[0], from: a.Time, to: earliest})
	}
	if sides[1] != "" {
		begin := crossing(a, b, t.limit(sides[1]), false)
		add(part{side: sides[1], from: max(begin, earliest), to: b.Time})
	}
	return parts, n
}

func (t Terms) limit(side string) Amount {
	if side == Above {
		return *t.Upper
	}
	return *t.Lower
}

// worse returns the value that is further out of range, a when equally far.
func (t Terms) worse(a, b Amount) Amount {
	if t.depth(b) > t.depth(a) {
		return b
	}
	return a
}

// crossing returns when the line from a to b meets the limit, which lies
// between their different values; up says which way to round.
func crossing(a, b Point, limit Amount, up bool) Moment {
	return a.Time + Moment(share(distance(a.Value, limit), uint64(b.Time-a.Time), distance(a.Value, b.Value), up))
}

// at returns the value at a moment between a and b, rounded away from the range
// on the given side.
func at(a, b Point, moment Moment, side string) Amount {
	switch moment {
	case a.Time:
		return a.Value
	case b.Time:
		return b.Value
	}
	rising := b.Value > a.Value
	change := share(distance(a.Value, b.Value), uint64(moment-a.Time), uint64(b.Time-a.Time), rising == (side == Above))
	if rising {
		return a.Value + Amount(change)
	}
	return a.Value - Amount(change)
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
