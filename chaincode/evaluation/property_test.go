package evaluation_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// tenths draws an amount in tenths of a degree.
func tenths(t *rapid.T, low, high int64, label string) *evaluation.Amount {
	a := evaluation.Amount(rapid.Int64Range(low, high).Draw(t, label) * 100_000_000)
	return &a
}

func drawBand(t *rapid.T, name string) evaluation.Band {
	b := evaluation.Band{Name: name}
	shape := rapid.IntRange(1, 7).Draw(t, "shape")
	if shape != 1 {
		b.Lower = tenths(t, 0, 45, "lower")
	}
	if shape != 2 {
		b.Upper = tenths(t, 45, 100, "upper")
	}
	if shape%2 == 0 {
		b.Hysteresis = tenths(t, 0, 40, "hysteresis")
		if b.Lower != nil && b.Upper != nil {
			*b.Hysteresis = min(*b.Hysteresis, *b.Upper-*b.Lower)
		}
	}
	rules := rapid.IntRange(0, 3).Draw(t, "rules")
	if rules != 0 {
		b.LongestExcursionMs = ms(rapid.SampledFrom([]int64{0, 1, 5 * minute, 20 * minute}).Draw(t, "longest"))
	}
	if rules != 1 {
		b.AllowanceMs = ms(rapid.Int64Range(0, 60*minute).Draw(t, "allowance"))
	}
	if rapid.Bool().Draw(t, "noise") {
		b.MinimumMs = rapid.Int64Range(0, 15*minute).Draw(t, "minimum")
	}
	return b
}

func drawTerms(t *rapid.T) evaluation.Terms {
	terms := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: rapid.Int64Range(1, 20*minute).Draw(t, "gap"),
		Between: rapid.SampledFrom([]string{evaluation.Linear, evaluation.Hold}).Draw(t, "between"),
	}
	if rapid.Bool().Draw(t, "kinetic") {
		terms.MKT = &evaluation.MKT{
			Upper: *tenths(t, 30, 80, "mkt"), BucketMs: max(terms.LargestGapMs, rapid.Int64Range(1, 90).Draw(t, "bucket")*minute),
			Buckets: rapid.IntRange(1, 6).Draw(t, "buckets"), ActivationEnergy: rapid.SampledFrom([]int64{40_000, 83_144, 250_000}).Draw(t, "energy"),
		}
	}
	least := 1
	if terms.MKT != nil {
		least = 0
	}
	for i := range rapid.IntRange(least, 3).Draw(t, "bands") {
		terms.Bands = append(terms.Bands, drawBand(t, fmt.Sprint("b", i)))
	}
	if rapid.Bool().Draw(t, "plausibility") {
		terms.Plausible = &evaluation.Plausible{
			Lowest: tenths(t, -5, 20, "plausible low"), Highest: tenths(t, 80, 105, "plausible high"),
			MostPerMinute: tenths(t, 1, 50, "rate"), StuckMs: ms(rapid.Int64Range(1, 30*minute).Draw(t, "stuck")),
		}
	}
	pointer, text := terms.Check()
	require.Empty(t, text, pointer)
	return terms
}

func drawRun(t *rapid.T) []telemetry.Reading {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	readings := make([]telemetry.Reading, n)
	at := rapid.Int64Range(0, 20*minute).Draw(t, "first")
	for i := range readings {
		readings[i] = telemetry.Reading{Time: at, Value: rapid.Int64Range(0, 100).Draw(t, "value")}
		step := int64(1)
		if rapid.IntRange(0, 9).Draw(t, "pace") > 0 {
			step = minute / 2
		}
		at += step * rapid.Int64Range(1, 24).Draw(t, "step")
		if rapid.IntRange(0, 20).Draw(t, "silence") == 0 {
			at += rapid.Int64Range(0, 500*minute).Draw(t, "silent for")
		}
	}
	return readings
}

func drawWindow(t *rapid.T) evaluation.Window {
	w := evaluation.Window{Start: evaluation.Moment(rapid.Int64Range(0, 60*minute).Draw(t, "start")), End: evaluation.Open}
	if rapid.Bool().Draw(t, "ended") {
		w.End = w.Start + evaluation.Moment(rapid.Int64Range(0, 500*minute).Draw(t, "length"))
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
		coarse, spanned := false, map[string]int64{}
		cut.Evaluate(terms, window, nil, -1)
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
			outcome := cut.Evaluate(terms, window, piece, scale)
			cutBreak = evaluation.Join(cutBreak, outcome.Break)
			coarse = coarse || outcome.Coarse
			for _, s := range outcome.Spans {
				spanned[s.Band] += int64(s.To - s.From)
			}
			if rapid.Bool().Draw(t, "stored") {
				cut = stored(t, cut)
			}
			rest = rest[n:]
		}
		require.Equal(t, whole, cut)
		require.Equal(t, wholeBreak, cutBreak)
		for i, b := range terms.Bands {
			require.True(t, coarse || len(readings) == 0 || spanned[b.Name] == whole.Bands[i].OutMs, "the spans of all runs are all excursions")
		}
		asOf := evaluation.Moment(rapid.Int64Range(0, 700*minute).Draw(t, "as of"))
		require.Equal(t, whole.Judge(terms, window, asOf), cut.Judge(terms, window, asOf))
	})
}

// stored writes a tally and reads it.
func stored(t require.TestingT, tally evaluation.Tally) evaluation.Tally {
	text, err := json.Marshal(tally)
	require.NoError(t, err)
	var again evaluation.Tally
	require.NoError(t, json.Unmarshal(text, &again))
	return again
}

func TestTalliesAndBreaksAgreeWithArbitraryPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requireModel(t, model{drawTerms(t), drawWindow(t), drawRun(t), -1})
	})
}

// Rows of a logger's file may stand in any order, be repeated, and say the time
// in any zone.
func TestTheOrderZonesAndRepetitionOfRowsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, run, window := drawTerms(t), drawRun(t), drawWindow(t)
		if len(run) == 0 {
			return
		}
		rows := make([]string, 0, len(run))
		for _, r := range run {
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "zone")*60)
				rows = append(rows, r.At().In(zone).Format("2006-01-02T15:04:05.000Z07:00")+","+telemetry.FormatDecimal(r.Value, -1))
			}
		}
		rows = rapid.Permutation(rows).Draw(t, "rows")
		table, err := readings.ReadCSV(strings.NewReader("time,value\n"+strings.Join(rows, "\n")), readings.CSV{})
		require.NoError(t, err)
		var direct, read evaluation.Tally
		require.Equal(t, direct.Evaluate(terms, window, run, -1), read.Evaluate(terms, window, table.Readings, table.Scale))
		require.Equal(t, direct, read)
	})
}

func TestAnotherUnitOfReadingsOrTermsChangesNoVerdict(t *testing.T) {
	slope := map[string]*big.Rat{"CEL": big.NewRat(1, 1), "KEL": big.NewRat(1, 1), "FAH": big.NewRat(9, 5)}
	shift := map[string]*big.Rat{"CEL": big.NewRat(0, 1), "KEL": big.NewRat(27315, 100), "FAH": big.NewRat(32, 1)}
	in := func(unit string, celsius *big.Rat, difference bool) *big.Rat {
		v := new(big.Rat).Mul(celsius, slope[unit])
		if !difference {
			v.Add(v, shift[unit])
		}
		return v
	}
	units := []string{"CEL", "KEL", "FAH"}
	rapid.Check(t, func(t *rapid.T) {
		terms, readings, window := drawTerms(t), drawRun(t), drawWindow(t)
		var plain evaluation.Tally
		plainOutcome := plain.Evaluate(terms, window, readings, -1)

		policyUnit, readingUnit := rapid.SampledFrom(units).Draw(t, "policy"), rapid.SampledFrom(units).Draw(t, "readings")
		written := rewritten(t, terms, func(a evaluation.Amount, difference bool) evaluation.Amount {
			v := in(policyUnit, big.NewRat(int64(a), 1_000_000_000), difference)
			require.True(t, v.Mul(v, whole(1_000_000_000)).IsInt())
			return evaluation.Amount(v.Num().Int64())
		})
		written.Unit = policyUnit
		measured := slices.Clone(readings)
		for i, r := range measured {
			v := in(readingUnit, big.NewRat(r.Value, 10), false)
			require.True(t, v.Mul(v, whole(100)).IsInt())
			measured[i].Value = v.Num().Int64()
		}
		aligned, conversion, err := evaluation.Align(written, readingUnit)
		require.NoError(t, err)
		converted, scale, err := conversion.Apply(measured, -2)
		require.NoError(t, err)
		var other evaluation.Tally
		otherOutcome := other.Evaluate(aligned, window, converted, scale)

		require.Equal(t, plainOutcome.Spans, otherOutcome.Spans)
		require.Equal(t, unitless(plain), unitless(other))
		asOf := evaluation.Moment(rapid.Int64Range(0, 700*minute).Draw(t, "as of"))
		require.Equal(t, plain.Judge(terms, window, asOf), other.Judge(aligned, window, asOf))
		if a, b := plainOutcome.Break, otherOutcome.Break; a != nil {
			require.Equal(t, []any{a.From, a.To, a.At, a.Rules, a.Implausible}, []any{b.From, b.To, b.At, b.Rules, b.Implausible})
		}
	})
}

// unitless returns a tally without its amounts.
func unitless(t evaluation.Tally) evaluation.Tally {
	t.Lowest, t.Highest, t.Last = nil, nil, nil
	t.Bands = slices.Clone(t.Bands)
	for i := range t.Bands {
		if x := t.Bands[i].Excursion; x != nil {
			bare := *x
			bare.Extreme = 0
			t.Bands[i].Excursion = &bare
		}
	}
	return t
}

// rewritten returns terms with every amount converted.
func rewritten(t require.TestingT, terms evaluation.Terms, convert func(evaluation.Amount, bool) evaluation.Amount) evaluation.Terms {
	text, err := json.Marshal(terms)
	require.NoError(t, err)
	var other evaluation.Terms
	require.NoError(t, json.Unmarshal(text, &other))
	change := func(a *evaluation.Amount, difference bool) {
		if a != nil {
			*a = convert(*a, difference)
		}
	}
	for i := range other.Bands {
		b := &other.Bands[i]
		change(b.Lower, false)
		change(b.Upper, false)
		change(b.Hysteresis, true)
	}
	if other.MKT != nil {
		change(&other.MKT.Upper, false)
	}
	if p := other.Plausible; p != nil {
		change(p.Lowest, false)
		change(p.Highest, false)
		change(p.MostPerMinute, true)
	}
	return other
}
