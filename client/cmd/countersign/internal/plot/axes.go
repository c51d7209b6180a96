package plot

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// axes map moments and amounts to places on the page.
type axes struct {
	from, to evaluation.Moment
	low      evaluation.Amount
	high     evaluation.Amount
	step     uint64 // between the marks of the value axis
}

func newAxes(d Drawing) axes {
	a := axes{from: d.Window.Start, to: max(d.Window.End, d.Window.Start+1)}
	var all []evaluation.Amount
	factor := telemetry.Factor(d.Scale)
	for _, r := range d.Readings {
		if m := evaluation.Moment(r.Time); m >= a.from && m <= a.to {
			all = append(all, evaluation.Amount(r.Value*factor))
		}
	}
	for _, l := range d.Limits {
		all = append(all, l.Value)
	}
	if len(all) == 0 {
		all = append(all, 0)
	}
	a.low, a.high = slices.Min(all), slices.Max(all)
	a.widen()
	return a
}

const one = 1_000_000_000 // of Amount: one unit

// widen leaves room above and below, and ends the axis at marks.
func (a *axes) widen() {
	span := uint64(a.high) - uint64(a.low)
	if span == 0 {
		span = one
	}
	a.step = nice(max(span/6, 1))
	room := int64(a.step)
	const most = evaluation.Amount(telemetry.MaxMagnitude * one)
	a.low = max(floor(a.low-evaluation.Amount(room/4), room), -most-evaluation.Amount(room))
	a.high = min(floor(a.high+evaluation.Amount(room/4)+evaluation.Amount(room), room), most+evaluation.Amount(room))
}

// floor returns the multiple of step at or below an amount.
func floor(v evaluation.Amount, step int64) evaluation.Amount {
	rest := int64(v) % step
	if rest < 0 {
		rest += step
	}
	return v - evaluation.Amount(rest)
}

// nice returns the first of 1, 2, 5, 10, 20, ... that is not below n.
func nice(n uint64) uint64 {
	power := uint64(1)
	for {
		for _, digit := range [...]uint64{1, 2, 5} {
			if power*digit >= n {
				return power * digit
			}
		}
		power *= 10
	}
}

// share returns x*y/whole; x is at most whole.
func share(x, y, whole uint64) int64 {
	high, low := bits.Mul64(x, y)
	quotient, _ := bits.Div64(high, low, whole)
	return int64(quotient)
}

func (a axes) y(v evaluation.Amount) int64 {
	v = min(max(v, a.low), a.high)
	return top + share(uint64(a.high)-uint64(v), plotHeight, uint64(a.high)-uint64(a.low))
}

func (a axes) x(m evaluation.Moment) int64 {
	m = min(max(m, a.from), a.to)
	return left + share(uint64(m-a.from), plotWidth, uint64(a.to-a.from))
}

// columns returns stretches as places on the page, at least a pixel wide, those
// that touch joined, at most one for each two pixels.
func (a axes) columns(stretches []Shade) [][2]int64 {
	sorted := slices.SortedFunc(slices.Values(stretches), func(p, q Shade) int { return cmp.Compare(p.From, q.From) })
	var joined [][2]int64
	for _, s := range sorted {
		if s.To < a.from || s.From > a.to {
			continue
		}
		from := a.x(s.From) / 10 * 10
		to := max(a.x(s.To), from+10)
		if n := len(joined); n > 0 && from <= joined[n-1][1] {
			joined[n-1][1] = max(joined[n-1][1], to)
			continue
		}
		joined = append(joined, [2]int64{from, to})
	}
	return joined
}

// label is a text at a height.
type label struct {
	y    int64
	text string
}

// spread moves labels apart that would be over each other.
func spread(labels []label) []label {
	const apart = 140
	sorted := slices.SortedStableFunc(slices.Values(labels), func(a, b label) int { return cmp.Compare(a.y, b.y) })
	for i := 1; i < len(sorted); i++ {
		sorted[i].y = max(sorted[i].y, sorted[i-1].y+apart)
	}
	limit := int64(top + plotHeight)
	for i := len(sorted) - 1; i >= 0 && sorted[i].y > limit; i-- {
		sorted[i].y = limit
		limit -= apart
	}
	return sorted
}

// grid draws the marks of both axes.
func (c *canvas) grid(a axes, d Drawing) {
	for v := a.low; v <= a.high; v += evaluation.Amount(a.step) {
		y := a.y(v)
		c.print("<path d=\"M%s %sH%s\" stroke=\"#d9d9d9\"/>\n", px(left), px(y), px(left+plotWidth))
		c.text(left-80, y+40, `font-size="11" text-anchor="end"`, v.String())
	}
	c.text(left, top-60, `font-size="11"`, d.Quantity+", "+d.Unit)
	a.times(func(m evaluation.Moment, clock, date string) {
		x := a.x(m)
		c.print("<path d=\"M%s %sv5\" stroke=\"#595959\"/>\n", px(x), px(top+plotHeight))
		c.text(x, top+plotHeight+190, `font-size="11" text-anchor="middle"`, clock)
		if date != "" {
			c.text(x, top+plotHeight+330, `font-size="11" text-anchor="middle"`, date)
		}
	})
	c.text(left, top+plotHeight+470, `font-size="11"`, "time, UTC")
}

const (
	second = 1000
	hour   = 3600 * second
	day    = 24 * hour
)

// steps are the distances that marks of time can have, in milliseconds.
var steps = [...]int64{
	1, 2, 5, 10, 20, 50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second, 30 * second,
	60 * second, 120 * second, 300 * second, 600 * second, 1800 * second, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour,
	day, 2 * day, 4 * day, 7 * day, 14 * day, 28 * day, 91 * day, 182 * day, 365 * day,
}

// times calls for each mark of time, with its labels; the date is empty when it
// is that of the mark before.
func (a axes) times(mark func(m evaluation.Moment, clock, date string)) {
	span := int64(a.to - a.from)
	step := steps[len(steps)-1]
	for _, s := range steps {
		if span/s <= 7 {
			step = s
			break
		}
	}
	for span/step > 7 {
		step *= 2
	}
	before := ""
	first := (int64(a.from) + step - 1) / step * step
	for m := first; m <= int64(a.to); m += step {
		at := evaluation.Moment(m).Time()
		date := at.Format("2006-01-02")
		clock := at.Format(clockLayout(step))
		shown := date
		if date == before {
			shown = ""
		}
		before = date
		mark(evaluation.Moment(m), clock, shown)
	}
}

func clockLayout(step int64) string {
	switch {
	case step < second:
		return "15:04:05.000"
	case step < 60*second:
		return "15:04:05"
	}
	return "15:04"
}
