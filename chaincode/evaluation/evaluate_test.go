package evaluation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

const minute = 60_000

func amount(t require.TestingT, text string) *evaluation.Amount {
	var a evaluation.Amount
	require.NoError(t, a.UnmarshalText([]byte(text)))
	return &a
}

func ms(n int64) *int64 { return &n }

// vaccine is 2 to 8 degrees, excursions of up to 10 minutes, 15 in all.
func vaccine(t require.TestingT) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 10 * minute, Between: evaluation.Linear,
		Bands: []evaluation.Band{{
			Name: "2-8", Lower: amount(t, "2"), Upper: amount(t, "8"), LongestExcursionMs: ms(10 * minute), AllowanceMs: ms(15 * minute),
		}},
	}
}

// at takes minute and tenth of a degree, in turn.
func at(pairs ...int64) []telemetry.Reading {
	var readings []telemetry.Reading
	for i := 0; i < len(pairs); i += 2 {
		readings = append(readings, telemetry.Reading{Time: pairs[i] * minute, Value: pairs[i+1]})
	}
	return readings
}

func TestAVerdictFollowsFromReadings(t *testing.T) {
	none := func(terms *evaluation.Terms) {}
	hold := func(terms *evaluation.Terms) { terms.Between = evaluation.Hold }
	nothing := func(terms *evaluation.Terms) {
		terms.Bands[0].LongestExcursionMs, terms.Bands[0].AllowanceMs = ms(0), nil
	}
	for name, c := range map[string]struct {
		terms    func(*evaluation.Terms)
		window   evaluation.Window
		readings []telemetry.Reading
		want     evaluation.Verdict
		outMs    int64
		broke    string
	}{
		"all in range":                     {none, closed(0, 20), at(0, 50, 10, 60, 20, 50), evaluation.Kept, 0, ""},
		"at the limits":                    {nothing, closed(0, 20), at(0, 20, 10, 80, 20, 20), evaluation.Kept, 0, ""},
		"no reading at all":                {none, closed(0, 20), nil, evaluation.Undetermined, 0, ""},
		"a gap":                            {none, closed(0, 30), at(0, 50, 11, 50, 20, 50, 30, 50), evaluation.Undetermined, 0, ""},
		"a gap before the first":           {none, closed(0, 20), at(11, 50, 20, 50), evaluation.Undetermined, 0, ""},
		"a tolerated start and end":        {none, closed(0, 30), at(10, 50, 20, 50), evaluation.Kept, 0, ""},
		"a gap after the last":             {none, closed(0, 31), at(10, 50, 20, 50), evaluation.Undetermined, 0, ""},
		"a short excursion":                {none, closed(0, 20), at(0, 70, 5, 80, 10, 90, 15, 80, 20, 70), evaluation.Kept, 10 * minute, ""},
		"a millisecond too long":           {none, closed(0, 20), append(at(0, 80, 5, 90), telemetry.Reading{Time: 10*minute + 1, Value: 80}), evaluation.Broken, 10*minute + 1, "0:00 to 10:00.001 from 10:00 at 9 longestExcursion"},
		"adding up":                        {none, closed(0, 40), at(0, 80, 5, 90, 10, 80, 20, 80, 25, 90, 30, 80, 40, 80), evaluation.Broken, 20 * minute, "20:00 to 30:00 from 25:00 at 9 allowance"},
		"an excursion under way":           {none, closed(0, 20), at(0, 70, 10, 70, 15, 90), evaluation.Undetermined, 0, ""},
		"an excursion to the end":          {none, closed(0, 15), at(0, 80, 10, 80, 15, 90), evaluation.Kept, 5 * minute, ""},
		"nothing allowed":                  {nothing, closed(0, 10), at(0, 50, 10, 81), evaluation.Broken, 0, ""},
		"nothing allowed, last of all":     {func(p *evaluation.Terms) { nothing(p); hold(p) }, closed(0, 10), at(0, 50, 10, 81), evaluation.Broken, 0, "10:00 to 10:00 from 10:00 at 8.1 longestExcursion"},
		"holding is longer":                {hold, closed(0, 20), at(0, 70, 5, 90, 15, 70, 20, 70), evaluation.Kept, 10 * minute, ""},
		"holding too long":                 {hold, closed(0, 30), at(0, 70, 5, 90, 14, 81, 20, 70, 30, 70), evaluation.Broken, 15 * minute, "5:00 to 20:00 from 15:00 at 9 longestExcursion"},
		"breaks both rules":                {hold, closed(0, 30), at(0, 70, 5, 90, 14, 85, 21, 70, 30, 70), evaluation.Broken, 16 * minute, "5:00 to 21:00 from 15:00 at 9 allowance,longestExcursion"},
		"broken is broken despite a gap":   {none, closed(0, 60), at(0, 90, 10, 90, 11, 90, 60, 50), evaluation.Broken, 11 * minute, "0:00 to 11:00 from 10:00 at 9 longestExcursion"},
		"out across a gap is not counted":  {none, closed(0, 60), at(0, 50, 1, 90, 60, 90), evaluation.Undetermined, 15_000, ""},
		"out until readings cease":         {none, closed(0, 20), at(0, 70, 10, 70, 15, 90, 40, 70), evaluation.Undetermined, 0, ""},
		"before the window is not counted": {hold, closed(10, 20), at(0, 90, 10, 50, 20, 50), evaluation.Kept, 0, ""},
		"after the window is not counted":  {hold, closed(0, 10), at(0, 50, 10, 50, 20, 90, 30, 90, 40, 90), evaluation.Kept, 0, ""},
		"cut at the start of the window":   {hold, closed(8, 20), at(0, 90, 10, 50, 20, 50), evaluation.Kept, 2 * minute, ""},
		"cut at the end of the window":     {none, closed(0, 8), at(0, 80, 10, 90), evaluation.Kept, 0, ""},
		"below and above in one step":      {none, closed(0, 10), at(0, 10, 10, 90), evaluation.Kept, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			terms := vaccine(t)
			c.terms(&terms)
			var tally evaluation.Tally
			broke := tally.Evaluate(terms, c.window, c.readings, -1).Break
			require.Equal(t, c.want, tally.Judge(terms, c.window, c.window.End).Verdict)
			require.Equal(t, broke != nil, tally.Broken)
			if c.outMs > 0 {
				require.Equal(t, c.outMs, times(tally)[0])
			}
			if c.broke != "" {
				require.NotNil(t, broke)
				require.Equal(t, c.broke, show(*broke))
			}
			requireModel(t, model{terms, c.window, c.readings, -1})
		})
	}
}

func times(t evaluation.Tally) [2]int64 {
	if len(t.Bands) == 0 {
		return [2]int64{}
	}
	return [2]int64{t.Bands[0].OutMs, t.Bands[0].LongestMs}
}

// furthest returns the value furthest out.
func furthest(b evaluation.Break) evaluation.Amount {
	if b.Highest != nil {
		return *b.Highest
	}
	return *b.Lowest
}

func closed(from, to evaluation.Moment) evaluation.Window {
	return evaluation.Window{Start: from * minute, End: to * minute}
}

func show(b evaluation.Break) string {
	clock := func(m evaluation.Moment) string {
		text := fmt.Sprintf("%d:%02d", m/minute, m%minute/1000)
		if rest := m % 1000; rest != 0 {
			text += fmt.Sprintf(".%03d", rest)
		}
		return text
	}
	rules := ""
	for i, rule := range b.Rules {
		if i > 0 {
			rules += ","
		}
		rules += strings.TrimPrefix(rule, "2-8:")
	}
	return fmt.Sprintf("%s to %s from %s at %s %s", clock(b.From), clock(b.To), clock(b.At), furthest(b), rules)
}

func TestAnExtremeAtTheWindowsEdgeIsRoundedOutward(t *testing.T) {
	zero := amount(t, "0")
	for name, c := range map[string]struct {
		upper, lower *evaluation.Amount
		from, to     int64
		window       evaluation.Window
		want         evaluation.Amount
	}{
		"above, falling": {zero, nil, 10, 0, evaluation.Window{Start: 1, End: 3}, 7},
		"above, rising":  {zero, nil, 0, 10, evaluation.Window{Start: 0, End: 2}, 7},
		"below, rising":  {nil, zero, -10, 0, evaluation.Window{Start: 1, End: 3}, -7},
		"below, falling": {nil, zero, 0, -10, evaluation.Window{Start: 0, End: 2}, -7},
	} {
		t.Run(name, func(t *testing.T) {
			terms := vaccine(t)
			terms.Bands[0].Upper, terms.Bands[0].Lower, terms.Bands[0].AllowanceMs = c.upper, c.lower, ms(0)
			var tally evaluation.Tally
			broke := tally.Evaluate(terms, c.window, []telemetry.Reading{{Time: 0, Value: c.from}, {Time: 3, Value: c.to}}, -9).Break
			require.NotNil(t, broke)
			require.Equal(t, c.want, furthest(*broke))
		})
	}
}

func TestNothingOverflowsAtTheLimits(t *testing.T) {
	most := telemetry.MaxMagnitude * 1_000_000_000
	terms := vaccine(t)
	terms.LargestGapMs = telemetry.MaxTime
	terms.Bands[0].Lower, terms.Bands[0].Upper = amount(t, "-3999999999.999999999"), amount(t, "3999999999.999999999")
	window := evaluation.Window{End: evaluation.Open}
	readings := []telemetry.Reading{{Time: 0, Value: -most}, {Time: telemetry.MaxTime - 1, Value: most}, {Time: telemetry.MaxTime, Value: -most}}
	var tally evaluation.Tally
	broke := tally.Evaluate(terms, window, readings, -9).Break
	requireModel(t, model{terms, window, readings, -9})
	require.Equal(t, int64(3), times(tally)[0], "two crossings rounded outward to 2 ms each, less where they would overlap")
	require.Nil(t, broke)

	terms.Bands[0].Lower, terms.Bands[0].Upper = nil, amount(t, "-4000000000")
	tally = evaluation.Tally{}
	broke = tally.Evaluate(terms, window, readings, -9).Break
	require.NotNil(t, broke)
	require.Equal(t, telemetry.MaxTime, times(tally)[0])
	require.Equal(t, "4000000000", furthest(*broke).String())
}
