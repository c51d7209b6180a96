package readings

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// The fleets.
const (
	plain   = "plain"
	four    = "four"
	sixteen = "sixteen"
	strict  = "strict"
	kept    = "kept"
)

// kind is how many watches each device of a fleet feeds, and what the policy of
// these asks for.
type kind struct {
	name    string
	watches int
	policy  func(*condition.DefinePolicyRequest)
}

var kinds = []kind{
	{name: plain, watches: 1},
	{name: four, watches: 4},
	{name: sixteen, watches: 16},
	{name: strict, watches: 1, policy: func(p *condition.DefinePolicyRequest) { p.Terms = strictTerms() }},
	{name: kept, watches: 1, policy: func(p *condition.DefinePolicyRequest) { p.Archive = true }},
}

const (
	minuteMs = int64(60_000)
	hourMs   = 60 * minuteMs
	dayMs    = 24 * hourMs
)

// terms are those of a cool box: 2 to 8 °C, an hour outside at a time, 30 days in
// all, and a reading every ten minutes at least.
func terms() evaluation.Terms {
	return evaluation.Terms{
		Measurement: measurement, Unit: unit, LargestGapMs: 10 * minuteMs, Between: evaluation.Linear,
		Bands: []evaluation.Band{{
			Name: "cool", Lower: amount(2), Upper: amount(8), LongestExcursionMs: number(hourMs), AllowanceMs: number(30 * dayMs),
		}},
	}
}

// strictTerms ask for all that terms can ask for.
func strictTerms() evaluation.Terms {
	t := terms()
	t.Bands[0].MinimumMs, t.Bands[0].Hysteresis = minuteMs/2, amount(1)
	t.Bands = append(t.Bands, evaluation.Band{Name: "never", Lower: amount(0), Upper: amount(15), LongestExcursionMs: number(0)})
	t.MKT = &evaluation.MKT{Upper: *amount(8), BucketMs: dayMs, Buckets: 30, ActivationEnergy: 83144}
	t.Plausible = &evaluation.Plausible{Lowest: amount(-40), Highest: amount(70), MostPerMinute: amount(60), StuckMs: number(hourMs)}
	return t
}

func number(n int64) *int64 { return &n }

func amount(degrees int64) *evaluation.Amount {
	a := evaluation.Amount(degrees * 1e9)
	return &a
}
