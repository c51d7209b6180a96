package evaluation_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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
			require.Equal(t, independent(terms, c.window, c.readings, -1), times(tally))
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

// independent computes the time out of range and the longest excursion the slow
// way, with rational numbers.
func independent(terms evaluation.Terms, w evaluation.Window, readings []telemetry.Reading, scale int) [2]int64 {
	type stretch struct{ sign, from, to int64 }
	var all []stretch
	for i := 1; i < len(readings); i++ {
		a, b := readings[i-1], readings[i]
		if b.Time-a.Time > terms.LargestGapMs {
			continue
		}
		var found []stretch
		signs := []int64{1, -1} // the side that a reading leaves comes first
		if a.Value < b.Value {
			signs = []int64{-1, 1}
		}
		for _, sign := range signs {
			limit := terms.Bands[0].Upper
			if sign < 0 {
				limit = terms.Bands[0].Lower
			}
			if limit == nil {
				continue
			}
			if from, to, ok := stretchOut(a, b, scale, sign, int64(*limit), terms.Between == evaluation.Hold); ok {
				found = append(found, stretch{sign, from, to})
			}
		}
		for j := range found {
			if j > 0 {
				found[j].from = max(found[j].from, found[j-1].to)
			}
			found[j].from, found[j].to = max(found[j].from, int64(w.Start)), min(found[j].to, int64(w.End))
			if found[j].from < found[j].to {
				all = append(all, found[j])
			}
		}
	}
	var out, longest, length int64
	for i, s := range all {
		if i == 0 || all[i-1].to != s.from || all[i-1].sign != s.sign || broken(readings, scale, terms, s.from) {
			length = 0
		}
		length += s.to - s.from
		out += s.to - s.from
		longest = max(longest, length)
	}
	return [2]int64{out, longest}
}

// broken reports whether an excursion cannot go on at a moment: the reading there
// is in range.
func broken(readings []telemetry.Reading, scale int, terms evaluation.Terms, at int64) bool {
	for _, r := range readings {
		v := evaluation.Amount(r.Value * telemetry.Factor(scale))
		if r.Time == at && (terms.Bands[0].Upper == nil || v <= *terms.Bands[0].Upper) && (terms.Bands[0].Lower == nil || v >= *terms.Bands[0].Lower) {
			return true
		}
	}
	return false
}

// stretchOut returns the time between two readings beyond a limit, above it for
// sign 1 and below it for -1, rounded outward.
func stretchOut(a, b telemetry.Reading, scale int, sign, limit int64, hold bool) (begin, end int64, ok bool) {
	depth := func(v int64) *big.Int {
		d := new(big.Int).Mul(big.NewInt(v), big.NewInt(telemetry.Factor(scale)))
		return d.Mul(d.Sub(d, big.NewInt(limit)), big.NewInt(sign))
	}
	da, db := depth(a.Value), depth(b.Value)
	if hold {
		db = da
	}
	from, to := new(big.Rat).SetInt64(a.Time), new(big.Rat).SetInt64(b.Time)
	switch {
	case da.Sign() <= 0 && db.Sign() <= 0:
		return 0, 0, false
	case da.Sign() <= 0 || db.Sign() <= 0:
		// zero of the line through (a, da) and (b, db)
		zero := new(big.Rat).SetFrac(da, new(big.Int).Sub(da, db))
		zero.Mul(zero, new(big.Rat).SetInt64(b.Time-a.Time))
		zero.Add(zero, new(big.Rat).SetInt64(a.Time))
		if da.Sign() <= 0 {
			from = zero
		} else {
			to = zero
		}
	}
	begin = new(big.Int).Div(from.Num(), from.Denom()).Int64()
	end = new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(to.Num()), to.Denom())).Int64()
	return begin, end, true
}

func drawTerms(t *rapid.T) evaluation.Terms {
	terms := vaccine(t)
	terms.Between = rapid.SampledFrom([]string{evaluation.Linear, evaluation.Hold}).Draw(t, "between")
	terms.Bands[0].LongestExcursionMs = ms(rapid.Int64Range(0, 20*minute).Draw(t, "longest"))
	terms.Bands[0].AllowanceMs = ms(rapid.Int64Range(0, 40*minute).Draw(t, "allowance"))
	terms.LargestGapMs = rapid.Int64Range(1, 20*minute).Draw(t, "gap")
	switch rapid.IntRange(0, 3).Draw(t, "shape") {
	case 0:
		terms.Bands[0].Lower = nil
	case 1:
		terms.Bands[0].Upper = nil
	}
	return terms
}

func drawRun(t *rapid.T) []telemetry.Reading {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	readings := make([]telemetry.Reading, n)
	at := rapid.Int64Range(0, 20*minute).Draw(t, "first")
	for i := range readings {
		readings[i] = telemetry.Reading{Time: at, Value: rapid.Int64Range(0, 100).Draw(t, "value")}
		at += rapid.Int64Range(1, 12*minute).Draw(t, "step")
	}
	return readings
}

func drawWindow(t *rapid.T) evaluation.Window {
	w := evaluation.Window{Start: evaluation.Moment(rapid.Int64Range(0, 60*minute).Draw(t, "start")), End: evaluation.Open}
	if rapid.Bool().Draw(t, "ended") {
		w.End = w.Start + evaluation.Moment(rapid.Int64Range(0, 300*minute).Draw(t, "length"))
	}
	return w
}

func TestAnyCutOfTheSameReadingsGivesExactlyTheSameVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, readings, window := drawTerms(t), drawRun(t), drawWindow(t)
		var whole evaluation.Tally
		wholeBreak := whole.Evaluate(terms, window, readings, -1).Break

		var cut evaluation.Tally
		var cutBreak *evaluation.Break
		for rest := readings; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			piece, scale := rest[:n], -1
			if rapid.Bool().Draw(t, "finer") { // the same values, written finer
				scale = -4
				piece = nil
				for _, r := range rest[:n] {
					piece = append(piece, telemetry.Reading{Time: r.Time, Value: r.Value * 1000})
				}
			}
			cutBreak = evaluation.Join(cutBreak, cut.Evaluate(terms, window, piece, scale).Break)
			rest = rest[n:]
		}
		if len(readings) > 0 {
			require.Equal(t, whole, cut)
		}
		require.Equal(t, wholeBreak, cutBreak)
		asOf := evaluation.Moment(rapid.Int64Range(0, 400*minute).Draw(t, "as of"))
		require.Equal(t, whole.Judge(terms, window, asOf), cut.Judge(terms, window, asOf))
	})
}

func TestTimesAgreeWithArbitraryPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, readings, window := drawTerms(t), drawRun(t), drawWindow(t)
		var tally evaluation.Tally
		tally.Evaluate(terms, window, readings, -1)
		require.Equal(t, independent(terms, window, readings, -1), times(tally))
		count, lowest, highest := 0, int64(101), int64(-1)
		for _, r := range readings {
			if m := evaluation.Moment(r.Time); m >= window.Start && m <= window.End {
				count, lowest, highest = count+1, min(lowest, r.Value), max(highest, r.Value)
			}
		}
		require.Equal(t, uint64(count), tally.Readings)
		if count > 0 {
			require.Equal(t, []int64{lowest, highest}, []int64{int64(*tally.Lowest) / 1e8, int64(*tally.Highest) / 1e8})
		}
	})
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
	require.Equal(t, independent(terms, window, readings, -9), times(tally))
	require.Equal(t, int64(3), times(tally)[0], "two crossings rounded outward to 2 ms each, less where they would overlap")
	require.Nil(t, broke)

	terms.Bands[0].Lower, terms.Bands[0].Upper = nil, amount(t, "-4000000000")
	tally = evaluation.Tally{}
	broke = tally.Evaluate(terms, window, readings, -9).Break
	require.NotNil(t, broke)
	require.Equal(t, telemetry.MaxTime, times(tally)[0])
	require.Equal(t, "4000000000", furthest(*broke).String())
}
