package evaluation_test

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// requireModel checks an evaluation against the model.
func requireModel(t require.TestingT, m model) evaluation.Tally {
	var tally evaluation.Tally
	outcome := tally.Evaluate(m.terms, m.window, m.readings, m.scale)
	want := requireBands(t, m, tally, outcome)
	var lowest, highest *evaluation.Amount
	count := uint64(0)
	for _, r := range m.readings {
		if v := evaluation.Amount(r.Value * telemetry.Factor(m.scale)); m.inside(r.Time) {
			count++
			if lowest == nil || v < *lowest {
				lowest = &v
			}
			if highest == nil || v > *highest {
				highest = &v
			}
		}
	}
	require.Equal(t, count, tally.Readings)
	require.Equal(t, lowest, tally.Lowest)
	require.Equal(t, highest, tally.Highest)
	gaps, missing := m.missing()
	require.Equal(t, gaps, tally.Gaps)
	require.Equal(t, missing, tally.MissingMs)
	implausible := m.implausible()
	require.Equal(t, uint64(len(implausible)), tally.Implausible)
	if len(implausible) > 0 {
		require.Equal(t, evaluation.Moment(implausible[0]), *tally.ImplausibleAt)
	}
	if m.terms.MKT != nil {
		want = evaluation.Join(want, requireKinetic(t, m, tally, outcome))
	}
	found := outcome.Break
	require.Equal(t, want != nil, tally.Broken)
	require.Equal(t, want == nil, found == nil)
	if want != nil {
		if found.MKT != nil && len(implausible) > 0 { // it counts whether one came before
			want.Implausible = want.Implausible || found.Implausible
		}
		want.MKT = found.MKT
		require.Equal(t, want, found)
	}
	return tally
}

// requireBands checks the bands and spans, and returns the break of the bands.
func requireBands(t require.TestingT, m model, tally evaluation.Tally, outcome evaluation.Outcome) *evaluation.Break {
	var broke *evaluation.Break
	spans, implausible := map[string]int64{}, m.implausible()
	for _, s := range outcome.Spans {
		spans[s.Band] += int64(s.To - s.From)
	}
	require.LessOrEqual(t, len(outcome.Spans), evaluation.MaxSpans)
	require.True(t, slices.IsSortedFunc(outcome.Spans, func(a, b evaluation.Span) int { return int(a.From - b.From) }))
	for i, b := range m.terms.Bands {
		want, found := m.band(b), tally.Bands[i]
		require.Equal(t, want.excursions, found.Excursions)
		require.Equal(t, want.out, found.OutMs)
		require.Equal(t, want.longest, found.LongestMs)
		require.Equal(t, m.underWay(want.allSeen), found.Excursion != nil)
		require.Equal(t, want.long || want.sum, found.Broken)
		if outcome.Coarse {
			require.GreaterOrEqual(t, spans[b.Name], want.out)
		} else {
			require.Equal(t, want.out, spans[b.Name])
		}
		for _, x := range want.counted {
			require.True(t, slices.ContainsFunc(outcome.Spans, func(s evaluation.Span) bool {
				return s.Band == b.Name && int64(s.From) <= x.from && int64(s.To) >= x.to
			}))
		}
		for j, x := range want.broken {
			value := outward(x)
			one := &evaluation.Break{Unit: m.terms.Unit, From: evaluation.Moment(x.from), To: evaluation.Moment(x.to), At: evaluation.Moment(want.at[j]), Implausible: x.doubted(implausible)}
			if x.sign < 0 {
				one.Lowest = &value
			} else {
				one.Highest = &value
			}
			broke = evaluation.Join(broke, one)
		}
		if want.long {
			broke.Rules = append(broke.Rules, b.Name+":longestExcursion")
		}
		if want.sum {
			broke.Rules = append(broke.Rules, b.Name+":allowance")
		}
	}
	if broke != nil {
		slices.Sort(broke.Rules)
	}
	return broke
}

// outward rounds the extreme of an excursion away from the range.
func outward(x excursion) evaluation.Amount {
	if x.sign > 0 {
		return evaluation.Amount(ceil(x.extreme))
	}
	return evaluation.Amount(floor(x.extreme))
}

// requireKinetic checks the mean kinetic temperature, and returns its break.
func requireKinetic(t require.TestingT, m model, tally evaluation.Tally, outcome evaluation.Outcome) *evaluation.Break {
	want, policy := m.mkt(), m.terms.MKT
	if tally.MKT == nil {
		require.Zero(t, want.judged)
		return nil
	}
	if want.close {
		return nil
	}
	require.Equal(t, want.broken > 0, tally.MKT.Broken)
	require.Equal(t, want.judged > 0, tally.MKT.Worst != nil)
	if want.judged > 0 {
		_, worst := tally.MeanKinetic(m.terms)
		requireMean(t, m.terms.Unit, policy.Upper, policy.ActivationEnergy, want.worst, worst)
	}
	if want.broken == 0 {
		return nil
	}
	requireMean(t, m.terms.Unit, policy.Upper, policy.ActivationEnergy, want.worstBroken, outcome.Break.MKT)
	return &evaluation.Break{
		Unit: m.terms.Unit, From: evaluation.Moment(want.from), To: evaluation.Moment(want.to), At: evaluation.Moment(want.at), Rules: []string{evaluation.RuleMKT},
	}
}
