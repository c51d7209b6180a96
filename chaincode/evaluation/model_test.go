package evaluation_test

import (
	"math/big"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// model is a second, slow evaluation: it looks at all readings at once, in
// rational numbers, and shares no code with the first.
type model struct {
	terms    evaluation.Terms
	window   evaluation.Window
	readings []telemetry.Reading
	scale    int
}

// known is a stretch of time over which values are known: corners of a line.
type known struct{ corners []corner }

// corner is a value at a moment; between corners values run linear.
type corner struct{ at, value *big.Rat }

// excursion is a stretch out of range, in whole milliseconds, rounded outward.
type excursion struct {
	sign     int64
	begun    *big.Rat // exactly
	from, to int64
	extreme  *big.Rat // value
	open     bool     // not seen to end
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func (m model) value(r telemetry.Reading) *big.Rat {
	v := whole(r.Value)
	return v.Mul(v, whole(telemetry.Factor(m.scale)))
}

func (m model) inside(ms int64) bool {
	return ms >= int64(m.window.Start) && ms <= int64(m.window.End)
}

// stretches returns what is known within the window, cut at gaps.
func (m model) stretches() []known {
	var all []known
	var current []corner
	flush := func() {
		if len(current) > 0 {
			all = append(all, known{corners: current})
		}
		current = nil
	}
	for i, r := range m.readings {
		if i > 0 {
			before := m.readings[i-1]
			if r.Time-before.Time > m.terms.LargestGapMs {
				flush()
			} else {
				current = m.join(current, before, r)
			}
		}
		if m.inside(r.Time) && len(current) == 0 {
			current = append(current, corner{whole(r.Time), m.value(r)})
		}
	}
	flush()
	return all
}

// join appends what is known between two readings, clipped to the window.
func (m model) join(corners []corner, a, b telemetry.Reading) []corner {
	from, to := max(a.Time, int64(m.window.Start)), min(b.Time, int64(m.window.End))
	if from >= to {
		return corners
	}
	at := func(ms int64) *big.Rat {
		if m.terms.Between == evaluation.Hold {
			return m.value(a)
		}
		share := new(big.Rat).SetFrac64(ms-a.Time, b.Time-a.Time)
		share.Mul(share, new(big.Rat).Sub(m.value(b), m.value(a)))
		return share.Add(share, m.value(a))
	}
	if len(corners) == 0 {
		corners = append(corners, corner{whole(from), at(from)})
	}
	corners = append(corners, corner{whole(to), at(to)})
	if m.terms.Between == evaluation.Hold && to == b.Time {
		corners = append(corners, corner{whole(to), m.value(b)}) // the value jumps
	}
	return corners
}

// excursions returns those of a band, in order of time, with noise.
func (m model) excursions(b evaluation.Band) []excursion {
	var all []excursion
	for _, k := range m.stretches() {
		var here []excursion
		for _, sign := range []int64{-1, 1} {
			limit := b.Upper
			if sign < 0 {
				limit = b.Lower
			}
			if limit != nil {
				here = append(here, leaving(k.corners, sign, int64(*limit), b.Hysteresis)...)
			}
		}
		slices.SortFunc(here, func(a, b excursion) int { return a.begun.Cmp(b.begun) })
		for i := range here { // rounded outward, two of them can overlap: the later gives way
			if i > 0 && here[i].from < here[i-1].to {
				here[i].from = here[i-1].to
			}
		}
		all = append(all, here...)
	}
	return all
}

// leaving returns the excursions of a line beyond a limit: from where it leaves
// to where it is back by the hysteresis.
func leaving(corners []corner, sign, limit int64, hysteresis *evaluation.Amount) []excursion {
	back := new(big.Rat)
	if hysteresis != nil {
		back.SetInt64(-int64(*hysteresis))
	}
	depth := func(c corner) *big.Rat {
		d := new(big.Rat).Sub(c.value, whole(limit))
		return d.Mul(d, whole(sign))
	}
	var all []excursion
	var x *excursion
	for i, c := range corners {
		d := depth(c)
		if i > 0 && c.at.Cmp(corners[i-1].at) > 0 {
			before := depth(corners[i-1])
			switch {
			case x == nil && d.Sign() > 0:
				from := corners[i-1].at
				if before.Sign() <= 0 {
					from = meets(corners[i-1], c, before, d, new(big.Rat))
				}
				all = append(all, excursion{sign: sign, begun: from, from: floor(from), open: true, extreme: c.value})
				x = &all[len(all)-1]
			case x != nil && d.Cmp(back) <= 0:
				x.to, x.open = ceil(meets(corners[i-1], c, before, d, back)), false
				x = nil
			}
		}
		if x != nil && d.Cmp(back) <= 0 { // a jump
			x.to, x.open = ceil(c.at), false
			x = nil
		}
		if x == nil && d.Sign() > 0 {
			all = append(all, excursion{sign: sign, begun: c.at, from: floor(c.at), open: true, extreme: c.value})
			x = &all[len(all)-1]
		}
		if x != nil {
			x.to = ceil(c.at)
			if d.Cmp(depth(corner{c.at, x.extreme})) > 0 {
				x.extreme = c.value
			}
		}
	}
	return all
}

// meets returns when a line from depth p to depth q has a depth between.
func meets(a, b corner, p, q, depth *big.Rat) *big.Rat {
	share := new(big.Rat).Quo(new(big.Rat).Sub(depth, p), new(big.Rat).Sub(q, p))
	share.Mul(share, new(big.Rat).Sub(b.at, a.at))
	return share.Add(share, a.at)
}

func floor(r *big.Rat) int64 { return new(big.Int).Div(r.Num(), r.Denom()).Int64() }
func ceil(r *big.Rat) int64  { return -floor(new(big.Rat).Neg(r)) }

// band is what the model says of a band.
type band struct {
	excursions       uint64
	longest, out     int64
	broken           []excursion
	at               []int64 // from when each of the broken is
	long, sum        bool
	counted, allSeen []excursion
}

func (m model) band(b evaluation.Band) band {
	s := band{allSeen: m.excursions(b)}
	for _, x := range s.allSeen {
		length := x.to - x.from
		if length < b.MinimumMs {
			continue
		}
		s.counted = append(s.counted, x)
		s.excursions++
		before := s.out
		s.out += length
		s.longest = max(s.longest, length)
		at := int64(-1)
		if p := b.LongestExcursionMs; p != nil && (length > *p || *p == 0) {
			s.long, at = true, x.from+*p
		}
		if p := b.AllowanceMs; p != nil && (s.out > *p || *p == 0) {
			s.sum = true
			if reached := x.from + max(0, *p-before); at < 0 || reached < at {
				at = reached
			}
		}
		if at >= 0 {
			s.broken, s.at = append(s.broken, x), append(s.at, at)
		}
	}
	return s
}

// underWay reports whether the last of a band's excursions is still.
func (m model) underWay(all []excursion) bool {
	if len(all) == 0 {
		return false
	}
	last := all[len(all)-1]
	return last.open && last.to == min(m.readings[len(m.readings)-1].Time, int64(m.window.End))
}

// missing returns the gaps and how long they are together.
func (m model) missing() (gaps uint64, ms int64) {
	if len(m.readings) == 0 {
		return 0, 0
	}
	note := func(length int64, under bool) {
		if length > m.terms.LargestGapMs || length > 0 && under {
			gaps, ms = gaps+1, ms+length
		}
	}
	note(min(m.readings[0].Time, int64(m.window.End))-int64(m.window.Start), false)
	under := map[int64]bool{} // readings in the middle of an excursion
	for _, band := range m.terms.Bands {
		for _, x := range m.excursions(band) {
			under[x.to] = under[x.to] || x.open
		}
	}
	for i := 1; i < len(m.readings); i++ {
		a, b := m.readings[i-1].Time, m.readings[i].Time
		if b-a > m.terms.LargestGapMs {
			note(min(b, int64(m.window.End))-max(a, int64(m.window.Start)), under[a])
		}
	}
	return gaps, ms
}

// implausible returns when there are readings that a working sensor cannot have
// made.
func (m model) implausible() (all []int64) {
	p := m.terms.Plausible
	if p == nil {
		return nil
	}
	for i, r := range m.readings {
		v := m.value(r)
		odd := p.Lowest != nil && v.Cmp(whole(int64(*p.Lowest))) < 0 || p.Highest != nil && v.Cmp(whole(int64(*p.Highest))) > 0
		if i > 0 && p.MostPerMinute != nil {
			rate := new(big.Rat).Sub(v, m.value(m.readings[i-1]))
			rate.Abs(rate).Mul(rate, big.NewRat(60_000, r.Time-m.readings[i-1].Time))
			odd = odd || rate.Cmp(whole(int64(*p.MostPerMinute))) > 0
		}
		if p.StuckMs != nil {
			since := i
			for since > 0 && m.readings[since-1].Value == r.Value && m.readings[since].Time-m.readings[since-1].Time <= m.terms.LargestGapMs {
				since--
			}
			odd = odd || r.Time-m.readings[since].Time > *p.StuckMs
		}
		if odd && m.inside(r.Time) {
			all = append(all, r.Time)
		}
	}
	return all
}

// doubted reports whether one of these readings is in an excursion: not the one
// that shows it to have ended.
func (x excursion) doubted(implausible []int64) bool {
	return slices.ContainsFunc(implausible, func(at int64) bool { return x.from <= at && (at < x.to || at == x.to && x.open) })
}
