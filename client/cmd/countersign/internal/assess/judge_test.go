package assess_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
)

const minute = 60_000

// terms draws a policy of one to three bands, with or without a mean kinetic
// temperature.
func terms(t *rapid.T) evaluation.Terms {
	duration := func(name string) *int64 {
		if rapid.Bool().Draw(t, name+" given") {
			d := rapid.Int64Range(0, 60).Draw(t, name) * minute
			return &d
		}
		return nil
	}
	amount := func(name string, least, most int64) *evaluation.Amount {
		a := evaluation.Amount(rapid.Int64Range(least, most).Draw(t, name) * 100_000_000)
		return &a
	}
	drawn := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: rapid.Int64Range(1, 30).Draw(t, "gap") * minute,
		Between: rapid.SampledFrom([]string{evaluation.Linear, evaluation.Hold}).Draw(t, "between"),
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "bands") {
		b := evaluation.Band{Name: string(rune('a' + i)), LongestExcursionMs: duration("longest"), AllowanceMs: duration("allowance")}
		if b.LongestExcursionMs == nil && b.AllowanceMs == nil {
			b.AllowanceMs = new(int64)
		}
		b.Lower, b.Upper = amount("lower", 0, 50), amount("upper", 50, 100)
		if rapid.Bool().Draw(t, "one limit") {
			b.Lower = nil
		}
		if rapid.Bool().Draw(t, "minimum") {
			b.MinimumMs = rapid.Int64Range(0, 20).Draw(t, "minimumMs") * minute
		}
		if rapid.Bool().Draw(t, "hysteresis") && b.Lower == nil {
			b.Hysteresis = amount("back", 0, 10)
		}
		drawn.Bands = append(drawn.Bands, b)
	}
	if rapid.Bool().Draw(t, "mkt") {
		drawn.MKT = &evaluation.MKT{
			Upper: *amount("mkt", 30, 80), BucketMs: rapid.Int64Range(30, 90).Draw(t, "bucket") * minute,
			Buckets: rapid.IntRange(1, 5).Draw(t, "buckets"), ActivationEnergy: 83_144,
		}
	}
	return drawn
}

func series(t *rapid.T) assess.Series {
	s := assess.Series{Unit: "CEL", Scale: -1, Files: []string{"f"}}
	at := int64(1_772_323_200_000)
	value := rapid.Int64Range(0, 100).Draw(t, "start")
	for range rapid.IntRange(1, 200).Draw(t, "n") {
		s.Readings = append(s.Readings, telemetry.Reading{Time: at, Value: value})
		at += rapid.Int64Range(1, 12*minute).Draw(t, "step")
		if rapid.IntRange(0, 3).Draw(t, "move") == 0 {
			value = rapid.Int64Range(0, 100).Draw(t, "value")
		}
	}
	return s
}

func TestWhatIsListedIsWhatTheTallyCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy, s := terms(t), series(t)
		question := assess.Question{Policy: assess.Policy{Terms: policy}, Listed: 1000}
		if rapid.Bool().Draw(t, "window") {
			from := evaluation.Moment(s.Readings[0].Time) + evaluation.Moment(rapid.Int64Range(-40, 40).Draw(t, "from")*minute)
			to := from + evaluation.Moment(rapid.Int64Range(0, 1000).Draw(t, "long")*minute)
			question.From, question.To = &from, &to
		}
		report, err := assess.Judge(question, []assess.Series{s})
		require.NoError(t, err)
		d := report.Devices[0]

		window := evaluation.Window{Start: report.Window.From, End: report.Window.To}
		var tally evaluation.Tally
		first := tally.Evaluate(policy, window, s.Readings, s.Scale)
		after := tally.Evaluate(policy, window, nil, s.Scale)
		require.Equal(t, tally.Judge(policy, window, window.End), d.Judgement, "the verdict is the ledger's")

		for i, b := range d.Bands {
			require.Equal(t, tally.Bands[i].Excursions, uint64(len(b.List)))
			var out, longest int64
			for j, x := range b.List {
				require.Equal(t, int64(x.To-x.From), x.Ms)
				require.GreaterOrEqual(t, x.Ms, int64(0))
				for _, r := range s.Readings {
					if value := evaluation.Amount(r.Value * telemetry.Factor(s.Scale)); r.Time >= int64(x.From) && r.Time < int64(x.To) {
						require.True(t, x.Side == evaluation.Below && value >= x.Extreme || x.Side == evaluation.Above && value <= x.Extreme)
					}
				}
				if x.Side == evaluation.Below {
					require.Less(t, x.Extreme, *b.Lower)
				} else {
					require.Equal(t, evaluation.Above, x.Side)
					require.Greater(t, x.Extreme, *b.Upper)
				}
				if j > 0 {
					require.GreaterOrEqual(t, x.From, b.List[j-1].To)
				}
				out, longest = out+x.Ms, max(longest, x.Ms)
			}
			require.Equal(t, []int64{tally.Bands[i].OutMs, tally.Bands[i].LongestMs}, []int64{out, longest})
		}
		var missing int64
		for _, g := range d.Gaps.List {
			missing += g.Ms
		}
		require.Len(t, d.Gaps.List, int(tally.Gaps))
		require.Equal(t, tally.MissingMs, missing)

		if broke := evaluation.Join(first.Break, after.Break); broke != nil {
			var rules []string
			earliest := d.Broken[0].At
			for _, b := range d.Broken {
				rules, earliest = append(rules, b.Rule), min(earliest, b.At)
			}
			require.ElementsMatch(t, broke.Rules, rules)
			require.True(t, slices.IsSortedFunc(d.Broken, func(x, y assess.Broken) int { return cmp.Compare(x.At, y.At) }), "in order of time: %v", d.Broken)
			require.Equal(t, broke.At, earliest)
		} else {
			require.Empty(t, d.Broken)
		}
		kinetic(t, policy, tally, d.MKT)
	})
}

// An excursion can begin with the window, on the line from a reading before it, and
// end within the very same millisecond.
func TestAnExcursionOfOneMillisecondIsListedWhole(t *testing.T) {
	limit, none := evaluation.Amount(8_000_000_000), int64(0)
	terms := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: minute, Between: evaluation.Linear,
		Bands: []evaluation.Band{{Name: "b", Upper: &limit, LongestExcursionMs: &none}},
	}
	s := assess.Series{Unit: "CEL", Files: []string{"f"}, Readings: []telemetry.Reading{{Time: 1000, Value: 9}, {Time: 1003, Value: 7}}}
	from, to := evaluation.Moment(1001), evaluation.Moment(1003)
	report, err := assess.Judge(assess.Question{Policy: assess.Policy{Terms: terms}, From: &from, To: &to, Listed: 1}, []assess.Series{s})
	require.NoError(t, err)
	require.Equal(t, []assess.Excursion{{Side: evaluation.Above, From: 1001, To: 1002, Ms: 1, Extreme: 8_333_333_334}}, report.Devices[0].Bands[0].List)
}

// kinetic checks that the windows listed have the tally's worst as their highest.
func kinetic(t *rapid.T, policy evaluation.Terms, tally evaluation.Tally, m *assess.MKT) {
	if policy.MKT == nil {
		require.Nil(t, m)
		return
	}
	_, worst := tally.MeanKinetic(policy)
	if worst == nil {
		return
	}
	require.Equal(t, *worst, m.Highest.MKT)
	highest := m.Windows[0].MKT
	for _, w := range m.Windows {
		highest = max(highest, w.MKT)
	}
	require.Equal(t, *worst, highest)
}

// One window over everything is everything: the report cannot say two numbers for
// the same time.
func TestTheOnlyWindowIsTheMeanOfAllThatIsKnown(t *testing.T) {
	const hour, gap = 60 * minute, 400 * 24 * 60 * minute
	for name, policy := range map[string]evaluation.MKT{
		"an hour":  {BucketMs: hour, Buckets: 62},
		"a day":    {BucketMs: 24 * hour, Buckets: 30},
		"31 days":  {BucketMs: 31 * 24 * hour, Buckets: 1},
		"a minute": {BucketMs: minute, Buckets: 1}, // too many windows to list, most of them in gaps
	} {
		policy.Upper, policy.ActivationEnergy = 8_000_000_000, 83_144
		terms := evaluation.Terms{Measurement: "Temperature", Unit: "CEL", MKT: &policy, LargestGapMs: min(50*minute, policy.BucketMs), Between: evaluation.Linear}
		s := assess.Series{Unit: "CEL", Scale: -1, Files: []string{"f"}}
		at := int64(1_772_323_200_000) + 7*minute
		for i := range int64(60) {
			s.Readings = append(s.Readings, telemetry.Reading{Time: at, Value: 30 + i*i*7919%300})
			if policy.BucketMs == minute {
				at += 50_000 + i%7*gap
			} else {
				at += 41*minute + i*1000%7000
			}
		}
		report, err := assess.Judge(assess.Question{Policy: assess.Policy{Terms: terms}}, []assess.Series{s})
		require.NoError(t, err, name)
		m := report.Devices[0].MKT
		if policy.BucketMs == minute {
			require.Empty(t, m.Windows, name)
			require.NotNil(t, m.Overall, name)
			continue
		}
		require.Len(t, m.Windows, 1, name)
		require.Equal(t, m.Windows[0].MKT, *m.Overall, name)
	}
}

func TestAReportListsNoMoreThanAsked(t *testing.T) {
	limit := evaluation.Amount(5_000_000_000)
	none := int64(0)
	policy := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 10 * minute, Between: evaluation.Linear,
		Bands: []evaluation.Band{{Name: "b", Upper: &limit, LongestExcursionMs: &none}},
	}
	s := assess.Series{Unit: "CEL", Scale: 0, Files: []string{"f"}}
	for i := range int64(1000) {
		s.Readings = append(s.Readings, telemetry.Reading{Time: i * minute, Value: 4 + i%2*2})
	}
	report, err := assess.Judge(assess.Question{Policy: assess.Policy{Terms: policy}, Listed: 3}, []assess.Series{s})
	require.NoError(t, err)
	b := report.Devices[0].Bands[0]
	require.Equal(t, uint64(500), b.Excursions)
	require.Len(t, b.List, 3)
	require.Equal(t, evaluation.Moment(30_000), b.List[0].From)
	require.Contains(t, report.String(), "and 497 more")
	_, err = json.Marshal(report)
	require.NoError(t, err)
}
