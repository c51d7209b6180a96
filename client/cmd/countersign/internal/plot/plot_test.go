package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/plot"
)

const minute = 60_000

func day() plot.Drawing {
	start := evaluation.Moment(1_772_323_200_000) // 2026-03-01
	d := plot.Drawing{
		Title: "A <logger> & its day", Verdict: "broken: range (longest excursion)",
		Numbers:  []string{"1,440 readings, lowest 4.6 °C, highest 9.4 °C", "range: 1 excursion, longest 2 h"},
		Quantity: "Temperature", Unit: "°C", Window: evaluation.Window{Start: start, End: start + 24*60*minute},
		Scale: -1, LargestGapMs: 30 * minute,
		Limits: []plot.Limit{
			{Band: "range", Value: 2_000_000_000},
			{Band: "range", Upper: true, Value: 8_000_000_000},
			{Band: "frost", Value: 0},
			{Band: "heat", Upper: true, Value: 8_200_000_000},
		},
		Excursions: []plot.Shade{{From: start + 600*minute, To: start + 720*minute}},
		Gaps:       []plot.Shade{{From: start + 1000*minute, To: start + 1100*minute}},
	}
	for i := range int64(1441) {
		value := 50 + i%5
		if i > 600 && i < 720 {
			value = 94 - i%7
		}
		if i <= 1000 || i >= 1100 {
			d.Readings = append(d.Readings, telemetry.Reading{Time: int64(start) + i*minute, Value: value})
		}
	}
	return d
}

func draw(t require.TestingT, d plot.Drawing) []byte {
	var out bytes.Buffer
	require.NoError(t, plot.Write(&out, d))
	return out.Bytes()
}

// wellFormed reads the drawing as XML and returns its elements' names.
func wellFormed(t require.TestingT, svg []byte) map[string]int {
	names := map[string]int{}
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok {
			names[start.Name.Local]++
		}
	}
}

func TestADrawingIsAsItWas(t *testing.T) {
	got := draw(t, day())
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile("testdata/day.svg", got, 0o600))
	}
	want, err := os.ReadFile("testdata/day.svg")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run with UPDATE_GOLDEN=1 and look at it if the change is meant")
}

func TestADrawingStandsAlone(t *testing.T) {
	svg := draw(t, day())
	names := wellFormed(t, svg)
	require.Equal(t, 1, names["title"])
	require.Equal(t, 1, names["desc"])
	for _, foreign := range []string{"script", "style", "image", "use", "a", "foreignObject"} {
		require.Zero(t, names[foreign], foreign)
	}
	text := strings.ReplaceAll(string(svg), `xmlns="http://www.w3.org/2000/svg"`, "")
	require.NotContains(t, text, "http")
	require.Contains(t, text, "A &lt;logger&gt; &amp; its day")
}

func TestAMillionReadingsMakeASmallDrawing(t *testing.T) {
	d := day()
	d.Readings = nil
	span := int64(d.Window.End - d.Window.Start)
	const n = 1_000_000
	for i := range int64(n) {
		d.Readings = append(d.Readings, telemetry.Reading{Time: int64(d.Window.Start) + i*span/n, Value: 50 + i*i%37})
		if i%10 == 0 {
			at := d.Window.Start + evaluation.Moment(i*span/n)
			d.Excursions = append(d.Excursions, plot.Shade{From: at, To: at + 1})
		}
	}
	svg := draw(t, d)
	wellFormed(t, svg)
	require.Less(t, len(svg), 100_000)
}

func TestTheExtremesOfAColumnAreDrawn(t *testing.T) {
	d := day()
	d.Readings[300].Value = 20
	low := string(draw(t, d))
	d.Readings[300].Value = 50
	require.NotEqual(t, low, string(draw(t, d)))
}

func TestLongTextsStayWithinTheDrawing(t *testing.T) {
	d := day()
	d.Title = strings.Repeat("long ", 100)
	d.Numbers = append(d.Numbers, strings.Repeat("many words ", 60), strings.Repeat("x", 500))
	svg := string(draw(t, d))
	for line := range strings.Lines(svg) {
		if strings.HasPrefix(line, "<text") {
			require.Less(t, len(line), 300, line)
		}
	}
	require.Contains(t, svg, "<title id=\"title\">"+d.Title, "who cannot see it is told all")
}

func TestAnythingCanBeDrawn(t *testing.T) {
	const most = telemetry.MaxMagnitude * 1_000_000_000
	rapid.Check(t, func(t *rapid.T) {
		d := plot.Drawing{
			Title: rapid.String().Draw(t, "title"), Verdict: rapid.String().Draw(t, "verdict"), Unit: "x", Scale: -9,
			Hold: rapid.Bool().Draw(t, "hold"), LargestGapMs: rapid.Int64Range(1, telemetry.MaxTime).Draw(t, "gap"),
		}
		at := rapid.Int64Range(0, telemetry.MaxTime/2).Draw(t, "start")
		d.Window = evaluation.Window{Start: evaluation.Moment(at), End: evaluation.Moment(rapid.Int64Range(at, telemetry.MaxTime).Draw(t, "end"))}
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			d.Readings = append(d.Readings, telemetry.Reading{Time: at, Value: rapid.Int64Range(-most, most).Draw(t, "value")})
			at += rapid.Int64Range(1, telemetry.MaxTime/100).Draw(t, "step")
		}
		for range rapid.IntRange(0, 5).Draw(t, "limits") {
			d.Limits = append(d.Limits, plot.Limit{Band: "b", Value: evaluation.Amount(rapid.Int64Range(-most, most).Draw(t, "limit"))})
			from := rapid.Int64Range(0, math.MaxInt64/2).Draw(t, "from")
			d.Gaps = append(d.Gaps, plot.Shade{From: evaluation.Moment(from), To: evaluation.Moment(from + 1)})
		}
		svg := draw(t, d)
		wellFormed(t, svg)
		require.Less(t, len(svg), 100_000)
		require.Equal(t, svg, draw(t, d))
	})
}
