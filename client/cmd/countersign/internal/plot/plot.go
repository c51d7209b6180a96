package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Drawing is what is drawn.
type Drawing struct {
	// Title stands at the top, Verdict beside it.
	Title, Verdict string
	// Numbers are lines below the chart.
	Numbers []string
	// Quantity and Unit name the value axis, such as "Temperature" and "°C".
	Quantity, Unit string
	// Window is the time shown. Its end is not before its start.
	Window evaluation.Window
	// Readings rise in time; values are in units of ten to the power of Scale.
	Readings []telemetry.Reading
	Scale    int
	// Hold draws each value as standing until the next.
	Hold bool
	// LargestGapMs is the time between readings over which no line is drawn.
	LargestGapMs int64
	// Limits are the policy's, Excursions and Gaps what broke them or is
	// missing.
	Limits     []Limit
	Excursions []Shade
	Gaps       []Shade
}

// Limit is an end of a band.
type Limit struct {
	Band  string
	Upper bool
	Value evaluation.Amount
}

// Shade is a stretch of time that is marked.
type Shade struct{ From, To evaluation.Moment }

// The page, in tenths of a pixel.
const (
	width      = 9600
	left       = 740
	right      = 1560 // for the labels of limits
	top        = 760
	plotHeight = 3400
	plotWidth  = width - left - right
	axisHeight = 520
	lineHeight = 170
)

// Write writes the drawing as SVG. Errors are the writer's.
func Write(w io.Writer, d Drawing) error {
	c := &canvas{}
	a := newAxes(d)
	var lines []string
	for _, line := range d.Numbers {
		lines = append(lines, wrap(line)...)
	}
	height := top + plotHeight + axisHeight + int64(len(lines))*lineHeight + 200
	c.open(d, height)
	c.shades(d, a)
	c.grid(a, d)
	c.limits(d.Limits, a, d.Unit)
	c.readings(d, a)
	c.frame()
	c.legend(d)
	for i, line := range lines {
		c.text(left, top+plotHeight+axisHeight+int64(i+1)*lineHeight, `font-size="12"`, line)
	}
	c.print("</svg>\n")
	_, err := w.Write(c.out.Bytes())
	return err
}

type canvas struct{ out bytes.Buffer }

func (c *canvas) print(format string, args ...any) { fmt.Fprintf(&c.out, format, args...) }

// px writes tenths of a pixel.
func px(tenths int64) string {
	whole, part := tenths/10, tenths%10
	if part == 0 {
		return fmt.Sprint(whole)
	}
	if tenths < 0 {
		return fmt.Sprintf("-%d.%d", -whole, -part)
	}
	return fmt.Sprintf("%d.%d", whole, part)
}

// escape makes text safe in XML; characters that XML has no place for become
// U+FFFD.
func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}

func (c *canvas) text(x, y int64, attributes, text string) {
	c.print("<text x=\"%s\" y=\"%s\" %s>%s</text>\n", px(x), px(y), attributes, escape(text))
}

func (c *canvas) rect(x, y, w, h int64, attributes string) {
	c.print("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s/>\n", px(x), px(y), px(w), px(h), attributes)
}

// columns is how many characters a line below the chart has at most.
const columns = 125

// wrap cuts a text into lines, at spaces where there are some.
func wrap(text string) []string {
	var lines []string
	rest := []rune(text)
	for len(rest) > columns {
		at := columns
		for at > columns/2 && rest[at] != ' ' {
			at--
		}
		if rest[at] != ' ' {
			at = columns
		}
		lines = append(lines, string(rest[:at]))
		rest = append([]rune("    "), []rune(strings.TrimLeft(string(rest[at:]), " "))...)
	}
	return append(lines, string(rest))
}

// clip keeps a heading within the drawing.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// verdictColour is of the Okabe-Ito palette, which the colour-blind can tell
// apart; each verdict is written out, too.
func verdictColour(verdict string) string {
	switch {
	case strings.HasPrefix(verdict, string(evaluation.Kept)):
		return "#009e73"
	case strings.HasPrefix(verdict, string(evaluation.Broken)):
		return "#d55e00"
	}
	return "#5f5f5f"
}

func (c *canvas) open(d Drawing, height int64) {
	c.print("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" role=\"img\" aria-labelledby=\"title desc\" font-family=\"sans-serif\" fill=\"#1a1a1a\">\n",
		px(width), px(height), px(width), px(height))
	c.print("<title id=\"title\">%s: %s</title>\n", escape(d.Title), escape(d.Verdict))
	c.print("<desc id=\"desc\">%s</desc>\n", escape(strings.Join(d.Numbers, ". ")))
	c.print("%s\n", `<defs><pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#f2f2f2"/><path d="M0 0V6" stroke="#8c8c8c" stroke-width="2"/></pattern></defs>`)
	c.rect(0, 0, width, height, `fill="#ffffff"`)
	c.text(left, 250, `font-size="16" font-weight="bold"`, clip(d.Title, 80))
	c.print("<circle cx=\"%s\" cy=\"%s\" r=\"5\" fill=\"%s\"/>\n", px(left+50), px(430), verdictColour(d.Verdict))
	c.text(left+150, 475, `font-size="14" font-weight="bold"`, clip(d.Verdict, 95))
}

func (c *canvas) frame() {
	c.rect(left, top, plotWidth, plotHeight, `fill="none" stroke="#595959"`)
}

// legend says what the shades mean, of those that there are.
func (c *canvas) legend(d Drawing) {
	const y = top + plotHeight + 380
	x := int64(left + plotWidth)
	if len(d.Gaps) > 0 {
		c.text(x, y+90, `font-size="11" text-anchor="end"`, "no readings")
		c.rect(x-850, y, 100, 100, `fill="url(#gap)"`)
		x -= 1050
	}
	if len(d.Excursions) > 0 {
		c.text(x, y+90, `font-size="11" text-anchor="end"`, "out of a range")
		c.rect(x-1000, y, 100, 100, `fill="#d55e00" fill-opacity="0.18"`)
	}
}

// shades marks gaps and excursions over the whole height.
func (c *canvas) shades(d Drawing, a axes) {
	for _, s := range a.columns(d.Gaps) {
		c.rect(s[0], top, s[1]-s[0], plotHeight, `fill="url(#gap)"`)
	}
	for _, s := range a.columns(d.Excursions) {
		c.rect(s[0], top, s[1]-s[0], plotHeight, `fill="#d55e00" fill-opacity="0.18"`)
	}
}

// dashes tell the bands' limits apart.
var dashes = [...]string{"none", "8 3", "3 3", "10 3 2 3"}

func (c *canvas) limits(limits []Limit, a axes, unit string) {
	bands := map[string]int{}
	var labels []label
	for _, l := range limits {
		if _, known := bands[l.Band]; !known {
			bands[l.Band] = len(bands)
		}
		y := a.y(l.Value)
		c.print("<path d=\"M%s %sH%s\" stroke=\"#0072b2\" stroke-width=\"1.2\" stroke-dasharray=\"%s\"/>\n",
			px(left), px(y), px(left+plotWidth), dashes[bands[l.Band]%len(dashes)])
		end := "from"
		if l.Upper {
			end = "to"
		}
		labels = append(labels, label{y, fmt.Sprintf("%s: %s %s %s", l.Band, end, l.Value, unit)})
	}
	for _, l := range spread(labels) {
		c.text(left+plotWidth+60, l.y+40, `font-size="11" fill="#0072b2"`, l.text)
	}
}
