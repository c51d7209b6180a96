package evaluation

import "github.com/countersign-ledger/countersign/chaincode/telemetry"

// How values run between two readings that are no further apart than the
// largest gap.
const (
	// Linear: on a straight line.
	Linear = "linear"
	// Hold: each value stands until the next reading.
	Hold = "hold"
)

// The rules that readings can break.
const (
	// RuleLongest: one excursion lasted longer than allowed.
	RuleLongest = "longestExcursion"
	// RuleAllowance: the time out of range adds up to more than allowed.
	RuleAllowance = "allowance"
)

// Which side of the range a value is on.
const (
	Below = "below"
	Above = "above"
)

const year = 366 * 24 * 3600 * 1000 // ms

// Terms are what a policy demands of readings. Limits are inclusive: a value at
// a limit is in range.
type Terms struct {
	// Measurement is the type of measurement as in GS1's CBV, such as
	// Temperature.
	Measurement string `json:"measurement" jsonschema:"maxLength=40"`
	// Unit is the UN/ECE Recommendation 20 code of the limits, such as CEL.
	Unit string `json:"unit" jsonschema:"maxLength=3"`
	// Lower is the lowest value in range, a decimal number as a string; absent:
	// no lower limit. At least one limit is given.
	Lower *Amount `json:"lower,omitempty"`
	// Upper is the highest value in range, a decimal number as a string.
	Upper *Amount `json:"upper,omitempty"`
	// LongestExcursionMs is the longest single excursion allowed, in
	// milliseconds; 0 allows none at all, absent sets no bound. At least one of
	// it and AllowanceMs is given.
	LongestExcursionMs *int64 `json:"longestExcursionMs,omitempty"`
	// AllowanceMs is the time out of range allowed in all, in milliseconds; 0
	// allows none at all, absent sets no bound.
	AllowanceMs *int64 `json:"allowanceMs,omitempty"`
	// LargestGapMs is the longest time without a reading for which the values
	// between are taken as known, in milliseconds.
	LargestGapMs int64 `json:"largestGapMs"`
	// Between says how values run between readings.
	Between string `json:"between" jsonschema:"enum=linear,enum=hold"`
}

// Check returns what is wrong with the terms, as a JSON pointer and a text; both
// empty when nothing is.
func (t Terms) Check() (pointer, text string) {
	switch {
	case t.Measurement == "":
		return "/measurement", "name the type of measurement, such as Temperature"
	case t.Unit == "":
		return "/unit", "name the unit by its UN/ECE Rec 20 code, such as CEL"
	case t.Lower == nil && t.Upper == nil:
		return "/upper", "give a lower or an upper limit, or both"
	case t.Lower != nil && t.Upper != nil && *t.Lower > *t.Upper:
		return "/upper", "the upper limit is below the lower"
	case !t.bounded(t.Lower) || !t.bounded(t.Upper):
		return "/upper", "a limit is beyond 4000000000"
	case t.Between != Linear && t.Between != Hold:
		return "/between", "say whether values run linear or hold between readings"
	}
	return t.checkDurations()
}

func (t Terms) checkDurations() (pointer, text string) {
	within := func(d *int64) bool { return d == nil || *d >= 0 && *d <= year }
	switch {
	case t.LongestExcursionMs == nil && t.AllowanceMs == nil:
		return "/longestExcursionMs", "give the longest excursion or the allowance, or both: without them nothing breaks the policy"
	case !within(t.LongestExcursionMs):
		return "/longestExcursionMs", "the longest excursion is 0 ms to a year"
	case !within(t.AllowanceMs):
		return "/allowanceMs", "the allowance is 0 ms to a year"
	case t.LargestGapMs < 1 || t.LargestGapMs > year:
		return "/largestGapMs", "the largest gap is 1 ms to a year"
	}
	return "", ""
}

func (t Terms) bounded(limit *Amount) bool {
	const most = Amount(telemetry.MaxMagnitude * 1_000_000_000)
	return limit == nil || *limit >= -most && *limit <= most
}

// side returns the side of the range that a value is on, "" within.
func (t Terms) side(v Amount) string {
	switch {
	case t.Upper != nil && v > *t.Upper:
		return Above
	case t.Lower != nil && v < *t.Lower:
		return Below
	}
	return ""
}

// depth returns how far a value is out of range, in thousand-millionths of the
// unit: at most 8*10^18.
func (t Terms) depth(v Amount) uint64 {
	switch t.side(v) {
	case Above:
		return uint64(v) - uint64(*t.Upper)
	case Below:
		return uint64(*t.Lower) - uint64(v)
	}
	return 0
}
