package plot

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// spot is a reading on the page.
type spot struct{ x, y int64 }

// column holds the readings of one pixel column, in order of time.
type column struct {
	at                      int64
	first, low, high, last  spot
	lowAt, highAt, readings int
}

func (k *column) add(s spot) {
	if k.readings == 0 {
		*k = column{at: s.x / 10, first: s, low: s, high: s}
	}
	if s.y < k.high.y {
		k.high, k.highAt = s, k.readings
	}
	if s.y > k.low.y {
		k.low, k.lowAt = s, k.readings
	}
	k.last = s
	k.readings++
}

// spots returns those to draw: first, lowest, highest and last, in order of time.
func (k *column) spots() []spot {
	inner := []spot{k.low, k.high}
	if k.highAt < k.lowAt {
		inner = []spot{k.high, k.low}
	}
	spots := []spot{k.first}
	for _, s := range append(inner, k.last) {
		if s != spots[len(spots)-1] {
			spots = append(spots, s)
		}
	}
	return spots
}

// readings draws the line, broken where a gap is wider than a pixel column.
func (c *canvas) readings(d Drawing, a axes) {
	l := line{canvas: c, hold: d.Hold}
	factor := telemetry.Factor(d.Scale)
	before := evaluation.Moment(0)
	for i, r := range d.Readings {
		m := evaluation.Moment(r.Time)
		if m < a.from || m > a.to {
			continue
		}
		s := spot{a.x(m), a.y(evaluation.Amount(r.Value * factor))}
		if l.column.readings > 0 && s.x/10 != l.column.at {
			l.flush()
			if i > 0 && int64(m-before) > d.LargestGapMs {
				l.drawing = false
			}
		}
		l.column.add(s)
		before = m
	}
	c.print("<path fill=\"none\" stroke=\"#000000\" stroke-width=\"1.2\" stroke-linejoin=\"round\" stroke-linecap=\"round\" d=\"")
	l.flush()
	c.out.Write(l.path)
	c.print("\"/>\n")
}

type line struct {
	*canvas
	hold    bool
	column  column
	path    []byte
	drawing bool // the line goes on
}

func (l *line) flush() {
	if l.column.readings == 0 {
		return
	}
	for _, s := range l.column.spots() {
		switch {
		case !l.drawing: // a dot, in case that the line ends here
			l.path = append(l.path, "M"+px(s.x)+" "+px(s.y)+"h0"...)
		case l.hold:
			l.path = append(l.path, "H"+px(s.x)+"V"+px(s.y)...)
		default:
			l.path = append(l.path, "L"+px(s.x)+" "+px(s.y)...)
		}
		l.drawing = true
	}
	l.column = column{}
}
