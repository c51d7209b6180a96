package evaluation_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestAJudgementSaysWhy(t *testing.T) {
	plausible := func(terms *evaluation.Terms) {
		terms.Plausible = &evaluation.Plausible{Lowest: amount(t, "-30"), Highest: amount(t, "7"), MostPerMinute: amount(t, "0.5"), StuckMs: ms(20 * minute)}
	}
	noise := func(terms *evaluation.Terms) { terms.Bands[0].MinimumMs = 6 * minute }
	hysteresis := func(terms *evaluation.Terms) { terms.Bands[0].Hysteresis = amount(t, "1") }
	wider := func(terms *evaluation.Terms) {
		terms.Bands = append(terms.Bands, evaluation.Band{Name: "0-15", Upper: amount(t, "15"), LongestExcursionMs: ms(0)})
	}
	warm := func(terms *evaluation.Terms) {
		terms.Bands = nil
		terms.MKT = &evaluation.MKT{Upper: *amount(t, "5"), BucketMs: 10 * minute, Buckets: 2, ActivationEnergy: 83_144}
	}
	for name, c := range map[string]struct {
		terms    func(*evaluation.Terms)
		window   evaluation.Window
		asOf     evaluation.Moment // minutes
		readings []telemetry.Reading
		want     string
	}{
		"nothing read":                {nil, closed(0, 20), 20, nil, "undetermined [noReadings]"},
		"read before the window only": {nil, closed(30, 50), 50, at(0, 50, 10, 50), "undetermined [noReadings coverage]"},
		"a gap":                       {nil, closed(0, 40), 40, at(0, 50, 10, 50, 30, 50, 40, 50), "undetermined [gap]"},
		"silence":                     {nil, closed(0, 40), 40, at(0, 50, 10, 50), "undetermined [coverage]"},
		"silence when out of range":   {nil, closed(0, 40), 40, at(0, 50, 10, 90), "undetermined [coverage excursionUnderWay]"},
		"out of range at the last":    {nil, closed(0, 12), 12, at(0, 50, 10, 90), "undetermined [excursionUnderWay]"},
		"silence not asked about":     {nil, closed(0, 40), 12, at(0, 50, 10, 50), "kept []"},
		"broken, and more":            {nil, closed(0, 90), 90, at(0, 90, 10, 90, 20, 90, 40, 90), "broken [2-8:longestExcursion 2-8:allowance gap coverage excursionUnderWay]"},
		"two bands":                   {wider, closed(0, 20), 20, at(0, 90, 10, 151, 20, 90), "broken [2-8:longestExcursion 2-8:allowance 0-15:longestExcursion]"},
		"a band without any":          {wider, closed(0, 20), 20, at(0, 50, 10, 90, 20, 50), "kept []"},
		"noise":                       {noise, closed(0, 20), 20, at(0, 75, 5, 85, 10, 75, 15, 75, 20, 75), "kept []"},
		"noise under way":             {noise, closed(0, 20), 20, at(0, 75, 10, 75, 15, 85), "undetermined [excursionUnderWay]"},
		"no noise any more":           {noise, closed(0, 30), 30, at(0, 75, 5, 95, 10, 95, 15, 75, 20, 75, 30, 75), "broken [2-8:longestExcursion]"},
		"hysteresis":                  {hysteresis, closed(0, 30), 30, at(0, 75, 5, 85, 10, 79, 15, 85, 20, 60, 30, 50), "broken [2-8:longestExcursion 2-8:allowance]"},
		"no hysteresis":               {nil, closed(0, 30), 30, at(0, 75, 5, 85, 10, 79, 15, 85, 20, 60, 30, 50), "kept []"},
		"a value no sensor has":       {plausible, closed(0, 20), 20, at(0, 60, 10, 71, 20, 60), "undetermined [implausible]"},
		"too fast a change":           {plausible, closed(0, 20), 20, at(0, 10, 10, 61, 20, 60), "undetermined [implausible]"},
		"just as fast as can be":      {plausible, closed(0, 20), 20, at(0, 20, 10, 70, 20, 60), "kept []"},
		"the very same for too long":  {plausible, closed(0, 30), 30, at(0, 50, 10, 50, 20, 50, 30, 50), "undetermined [implausible]"},
		"the very same for a while":   {plausible, closed(0, 30), 30, at(0, 50, 10, 50, 20, 50, 30, 51), "kept []"},
		"the very same after a gap":   {plausible, closed(0, 40), 40, at(0, 50, 10, 50, 30, 50, 40, 50), "undetermined [gap]"},
		"broken by no sensor":         {plausible, closed(0, 20), 20, at(0, 60, 10, 200, 20, 200), "broken [2-8:longestExcursion 2-8:allowance implausible]"},
		"just as warm as allowed":     {warm, closed(0, 30), 30, at(0, 50, 10, 50, 20, 50, 30, 50), "kept []"},
		"too warm for a window":       {warm, closed(0, 30), 30, at(0, 50, 10, 51, 20, 50, 30, 10), "broken [mkt]"},
		"too warm for a bucket":       {warm, closed(0, 30), 30, at(0, 10, 5, 10, 10, 60, 15, 10, 20, 10, 30, 10), "kept []"},
		"too warm while not full":     {warm, closed(0, 90), 10, at(0, 90, 10, 90), "kept []"},
		"too warm for a short watch":  {warm, closed(0, 10), 10, at(0, 90, 10, 90), "broken [mkt]"},
		"warm after a long silence":   {warm, closed(0, 220), 220, at(0, 40, 10, 40, 200, 51, 210, 50, 220, 50), "broken [mkt gap]"},
		"cool after a long silence":   {warm, closed(0, 220), 220, at(0, 60, 10, 10, 205, 40, 210, 40, 220, 40), "undetermined [gap]"},
		"too warm, the end not read":  {warm, closed(0, 15), 15, at(0, 90, 10, 90), "undetermined [coverage]"},
		"cool, the end not read":      {warm, closed(0, 15), 15, at(0, 40, 10, 40), "kept []"},
	} {
		t.Run(name, func(t *testing.T) {
			terms := vaccine(t)
			if c.terms != nil {
				c.terms(&terms)
			}
			pointer, text := terms.Check()
			require.Empty(t, text, pointer)
			tally := requireModel(t, model{terms, c.window, c.readings, -1})
			j := tally.Judge(terms, c.window, c.asOf*minute)
			require.Equal(t, c.want, fmt.Sprint(j.Verdict, " ", j.Reasons))
		})
	}
}

func TestLanesFoldIntoOneJudgement(t *testing.T) {
	kept := evaluation.Judgement{Verdict: evaluation.Kept}
	gap := evaluation.Judgement{Verdict: evaluation.Undetermined, Reasons: []string{"gap"}}
	broken := evaluation.Judgement{Verdict: evaluation.Broken, Reasons: []string{"mkt", "gap"}}
	for _, c := range []struct {
		lanes []evaluation.Judgement
		want  evaluation.Judgement
	}{
		{nil, evaluation.Judgement{Verdict: evaluation.Undetermined, Reasons: []string{"noReadings"}}},
		{[]evaluation.Judgement{kept, kept}, kept},
		{[]evaluation.Judgement{kept, gap, kept}, gap},
		{[]evaluation.Judgement{gap, broken, kept}, evaluation.Judgement{Verdict: evaluation.Broken, Reasons: []string{"gap", "mkt"}}},
		{[]evaluation.Judgement{broken, gap}, broken},
	} {
		require.Equal(t, c.want, evaluation.Fold(c.lanes...))
	}
}

// A watch can be ended at its last reading when that has been evaluated: then no
// reading comes any more that would show the end.
func TestEndingAtTheLastReadingJudgesTheLastWindow(t *testing.T) {
	terms := vaccine(t)
	terms.Bands = nil
	terms.MKT = &evaluation.MKT{Upper: *amount(t, "5"), BucketMs: 10 * minute, Buckets: 5, ActivationEnergy: 83_144}
	for _, last := range []int64{20, 23} { // at the end of a bucket, and within one
		open, ended := closed(2, 0), closed(2, evaluation.Moment(last))
		open.End = evaluation.Open
		readings := at(0, 60, 10, 60, 20, 60)
		if last > 20 {
			readings = append(readings, at(last, 60)...)
		}
		var later, known evaluation.Tally
		require.Nil(t, later.Evaluate(terms, open, readings, -1).Break)
		require.Equal(t, evaluation.Kept, later.Judge(terms, open, ended.End).Verdict)
		require.Equal(t, evaluation.Judgement{Verdict: evaluation.Broken, Reasons: []string{"mkt"}}, later.Judge(terms, ended, ended.End))
		found := later.Evaluate(terms, ended, nil, -1).Break
		require.NotNil(t, found)
		require.Equal(t, ended, evaluation.Window{Start: found.From, End: found.To})
		require.Equal(t, "6", found.MKT.String())
		require.Equal(t, found, known.Evaluate(terms, ended, readings, -1).Break)
		require.Equal(t, known, later)
		require.Nil(t, later.Evaluate(terms, ended, nil, -1).Break, "it is judged once")
	}
}

func TestTheLargestTallyAndOutcomeStayBelowTheirBounds(t *testing.T) {
	terms := every(t)
	terms.LargestGapMs, terms.Bands = 31*day, nil
	for i := range evaluation.MaxBands {
		lower, upper := evaluation.Amount(-3_999_999_999_999_999_998+i), evaluation.Amount(3_999_999_999_999_999_998-i)
		terms.Bands = append(terms.Bands, evaluation.Band{Name: fmt.Sprintf("%032d", i), Lower: &lower, Upper: &upper, LongestExcursionMs: ms(0)})
	}
	terms.MKT = &evaluation.MKT{Upper: *amount(t, "-199"), BucketMs: 31 * day, Buckets: evaluation.MaxBuckets, ActivationEnergy: 250_000}
	pointer, text := terms.Check()
	require.Empty(t, text, pointer)
	var readings []telemetry.Reading
	const last = telemetry.MaxTime / (31 * day) * (31 * day)
	for i := range int64(20_000) {
		readings = append(readings, telemetry.Reading{Time: last - (20_000-i)*15*day, Value: 4_000_000_000_000_000_000 * (1 - i%2*2)})
	}
	window := evaluation.Window{Start: evaluation.Moment(readings[0].Time), End: evaluation.Open}
	var tally evaluation.Tally
	outcome := tally.Evaluate(terms, window, readings, -9)
	encoded, err := json.Marshal(tally)
	require.NoError(t, err)
	t.Log(len(encoded), "bytes of tally")
	require.Less(t, len(encoded), 8192)
	require.Equal(t, tally, stored(t, tally))
	require.True(t, outcome.Coarse)
	require.LessOrEqual(t, len(outcome.Spans), evaluation.MaxSpans)
	encoded, err = json.Marshal(outcome)
	require.NoError(t, err)
	t.Log(len(encoded), "bytes of outcome")
	require.Less(t, len(encoded), 4096)
}

func TestSpansNearestToEachOtherAreJoined(t *testing.T) {
	terms := vaccine(t)
	terms.Between, terms.LargestGapMs = evaluation.Hold, 60*minute
	var readings []telemetry.Reading
	for i := range int64(18) { // eighteen excursions of a minute, the fifth and sixth, and the ninth and tenth, nearer than others
		start := i * 30
		switch i {
		case 5:
			start -= 20
		case 9:
			start -= 10
		}
		readings = append(readings, at(start, 90, start+1, 50)...)
	}
	var tally evaluation.Tally
	outcome := tally.Evaluate(terms, evaluation.Window{End: evaluation.Open}, readings, -1)
	require.True(t, outcome.Coarse)
	require.Len(t, outcome.Spans, evaluation.MaxSpans)
	require.Equal(t, evaluation.Span{Band: "2-8", From: 120 * minute, To: 131 * minute}, outcome.Spans[4])
	require.Equal(t, evaluation.Span{Band: "2-8", From: 240 * minute, To: 261 * minute}, outcome.Spans[7])
}
