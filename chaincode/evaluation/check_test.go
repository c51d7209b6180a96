package evaluation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// every is terms with all that there is.
func every(t require.TestingT) evaluation.Terms {
	terms := refrigerated(t)
	terms.MKT = &evaluation.MKT{Upper: *amount(t, "8"), BucketMs: 6 * hour, Buckets: 20, ActivationEnergy: 83_144}
	return terms
}

func TestTermsAreRefusedWithAPointerToWhatIsWrong(t *testing.T) {
	_, text := every(t).Check()
	require.Empty(t, text)
	beyond := evaluation.Amount(4_000_000_000_000_000_001)
	for pointer, cases := range map[string][]func(*evaluation.Terms){
		"/measurement": {
			func(p *evaluation.Terms) { p.Measurement = "" },
			func(p *evaluation.Terms) { p.Measurement = "Ångström" },
			func(p *evaluation.Terms) { p.Measurement = strings.Repeat("a", 41) },
		},
		"/unit": {
			func(p *evaluation.Terms) { p.Unit = "" },
			func(p *evaluation.Terms) { p.Unit = "cel" },
			func(p *evaluation.Terms) { p.Unit = "CELS" },
		},
		"/between":      {func(p *evaluation.Terms) { p.Between = "spline" }},
		"/largestGapMs": {func(p *evaluation.Terms) { p.LargestGapMs = 0 }, func(p *evaluation.Terms) { p.LargestGapMs = 367 * day }, func(p *evaluation.Terms) { p.LargestGapMs = 6*hour + 1 }},
		"/bands": {
			func(p *evaluation.Terms) { p.Bands, p.MKT = nil, nil },
			func(p *evaluation.Terms) {
				for i := range 7 {
					b := p.Bands[0]
					b.Name = fmt.Sprint(i)
					p.Bands = append(p.Bands, b)
				}
			},
		},
		"/bands/1/name": {
			func(p *evaluation.Terms) { p.Bands[1].Name = "device" },
			func(p *evaluation.Terms) { p.Bands[1].Name = "2-8" },
			func(p *evaluation.Terms) { p.Bands[1].Name = "" },
			func(p *evaluation.Terms) { p.Bands[1].Name = "two to eight" },
			func(p *evaluation.Terms) { p.Bands[1].Name = strings.Repeat("a", 33) },
		},
		"/bands/1/lower": {func(p *evaluation.Terms) { low := -beyond; p.Bands[1].Lower = &low }},
		"/bands/1/upper": {
			func(p *evaluation.Terms) { p.Bands[1].Lower, p.Bands[1].Upper = nil, nil },
			func(p *evaluation.Terms) { p.Bands[1].Upper = amount(t, "-0.000000001") },
			func(p *evaluation.Terms) { p.Bands[1].Upper = &beyond },
		},
		"/bands/1/longestExcursionMs": {
			func(p *evaluation.Terms) { p.Bands[1].LongestExcursionMs = nil },
			func(p *evaluation.Terms) { p.Bands[1].LongestExcursionMs = ms(-1) },
			func(p *evaluation.Terms) { p.Bands[1].LongestExcursionMs = ms(367 * day) },
		},
		"/bands/0/allowanceMs": {func(p *evaluation.Terms) { p.Bands[0].AllowanceMs = ms(-1) }, func(p *evaluation.Terms) { p.Bands[0].AllowanceMs = ms(1 << 62) }},
		"/bands/0/minimumMs":   {func(p *evaluation.Terms) { p.Bands[0].MinimumMs = -1 }, func(p *evaluation.Terms) { p.Bands[0].MinimumMs = 367 * day }},
		"/bands/0/hysteresis": {
			func(p *evaluation.Terms) { p.Bands[0].Hysteresis = amount(t, "-0.1") },
			func(p *evaluation.Terms) { p.Bands[0].Hysteresis = amount(t, "6.000000001") },
			func(p *evaluation.Terms) { p.Bands[0].Hysteresis = &beyond },
			func(p *evaluation.Terms) {
				p.Bands[0].Lower, p.Bands[0].Upper, p.Bands[0].Hysteresis = nil, amount(t, "-3999999999"), amount(t, "2")
			},
			func(p *evaluation.Terms) {
				p.Bands[0].Upper, p.Bands[0].Lower, p.Bands[0].Hysteresis = nil, amount(t, "3999999999"), amount(t, "2")
			},
		},
		"/mkt":                  {func(p *evaluation.Terms) { p.Unit = "P1" }},
		"/mkt/upper":            {func(p *evaluation.Terms) { p.MKT.Upper = *amount(t, "200.000000001") }, func(p *evaluation.Terms) { p.MKT.Upper = *amount(t, "-200.000000001") }},
		"/mkt/bucketMs":         {func(p *evaluation.Terms) { p.MKT.BucketMs = minute - 1 }, func(p *evaluation.Terms) { p.MKT.BucketMs = 31*day + 1 }},
		"/mkt/buckets":          {func(p *evaluation.Terms) { p.MKT.Buckets = 0 }, func(p *evaluation.Terms) { p.MKT.Buckets = 63 }},
		"/mkt/activationEnergy": {func(p *evaluation.Terms) { p.MKT.ActivationEnergy = 39_999 }, func(p *evaluation.Terms) { p.MKT.ActivationEnergy = 250_001 }},
		"/plausible":            {func(p *evaluation.Terms) { p.Plausible = &evaluation.Plausible{} }},
		"/plausible/lowest":     {func(p *evaluation.Terms) { low := -beyond; p.Plausible.Lowest = &low }},
		"/plausible/highest":    {func(p *evaluation.Terms) { p.Plausible.Highest = amount(t, "-41") }, func(p *evaluation.Terms) { p.Plausible.Highest = &beyond }},
		"/plausible/mostPerMinute": {
			func(p *evaluation.Terms) { p.Plausible.MostPerMinute = amount(t, "0") },
			func(p *evaluation.Terms) { p.Plausible.MostPerMinute = &beyond },
		},
		"/plausible/stuckMs": {func(p *evaluation.Terms) { p.Plausible.StuckMs = ms(0) }, func(p *evaluation.Terms) { p.Plausible.StuckMs = ms(367 * day) }},
	} {
		for i, spoil := range cases {
			t.Run(fmt.Sprint(pointer, " ", i), func(t *testing.T) {
				terms := every(t)
				spoil(&terms)
				found, text := terms.Check()
				require.Equal(t, pointer, found)
				require.NotEmpty(t, text)
			})
		}
	}
}
