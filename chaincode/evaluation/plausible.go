package evaluation

import (
	"math"
	"math/bits"
)

// credible is [Plausible] as plain values, and what it needs to know of the
// readings before.
type credible struct {
	lowest, highest Amount
	most            uint64 // change a minute
	stuckMs         int64  // 0: not asked for
	same            Moment // from when readings say the very same
}

func newCredible(p Plausible, t *Tally) *credible {
	c := &credible{lowest: math.MinInt64, highest: math.MaxInt64}
	if p.Lowest != nil {
		c.lowest = *p.Lowest
	}
	if p.Highest != nil {
		c.highest = *p.Highest
	}
	if p.MostPerMinute != nil {
		c.most = uint64(*p.MostPerMinute)
	}
	if p.StuckMs != nil {
		c.stuckMs = *p.StuckMs
	}
	switch {
	case t.SameSince != nil:
		c.same = *t.SameSince
	case t.Last != nil:
		c.same = t.Last.Time
	}
	return c
}

// odd reports whether the next reading is implausible: out of the measuring
// range, too far from the one before for the time between, or the very same for
// too long without a gap.
func (c *credible) odd(e *evaluation, p Point) bool {
	odd := p.Value < c.lowest || p.Value > c.highest
	if !e.started {
		c.same = p.Time
		return odd
	}
	ms := int64(p.Time - e.last.Time)
	if c.most > 0 && faster(distance(p.Value, e.last.Value), uint64(ms), c.most) {
		odd = true
	}
	if p.Value != e.last.Value || ms > e.gap {
		c.same = p.Time
	}
	return odd || c.stuckMs > 0 && int64(p.Time-c.same) > c.stuckMs
}

// faster reports whether a change within so many milliseconds is more than most
// a minute.
func faster(change, ms, most uint64) bool {
	high, low := bits.Mul64(change, 60_000)
	limitHigh, limitLow := bits.Mul64(most, ms)
	return high > limitHigh || high == limitHigh && low > limitLow
}

// sameSince returns what the next run has to know.
func (c *credible) sameSince() *Moment {
	if c.stuckMs == 0 {
		return nil
	}
	same := c.same
	return &same
}
