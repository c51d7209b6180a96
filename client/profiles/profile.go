package profiles

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// Profile is a ready-made policy. Each call of [All] and [Find] makes its own: it
// may be changed.
type Profile struct {
	// Name names it: lower-case letters, digits and '-'.
	Name string `json:"name"`
	// Family groups it: medicines, food, handling.
	Family string `json:"family"`
	// Title says what it is for, on one line.
	Title string `json:"title"`
	// Terms are what readings must be.
	Terms evaluation.Terms `json:"terms"`
	// Consequences are what is asked of devices and what a breach does.
	Consequences condition.Consequences `json:"consequences"`
	// Sources are where the numbers come from.
	Sources []Source `json:"sources"`
	// Confirm lists what no source gives: our defaults, to be confirmed or
	// replaced by who knows the product.
	Confirm []string `json:"confirm"`
	// Limits says what the source demands and these terms do not check.
	Limits []string `json:"limits,omitempty"`
}

// Source is a published text, and what of it the profile uses.
type Source struct {
	// Title names the text, with its year.
	Title string `json:"title"`
	// Says is what it says, in our words.
	Says string `json:"says"`
}

// All returns every profile, in order of family and name.
func All() []Profile {
	return slices.Concat(medicines(), vaccines(), food(), handling())
}

// Find returns the profile of that name.
func Find(name string) (profile Profile, found bool) {
	all := All()
	at := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if at < 0 {
		return Profile{}, false
	}
	return all[at], true
}

// Names returns the names of all profiles.
func Names() []string {
	all := All()
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	return names
}

// Policy returns the request that puts the profile on record as version 1 of a
// policy of that name. Its description names the sources.
func (p Profile) Policy(name string) condition.DefinePolicyRequest {
	cited := make([]string, len(p.Sources))
	for i, s := range p.Sources {
		cited[i] = s.Title
	}
	return condition.DefinePolicyRequest{
		Name: name, Version: 1, Terms: p.Terms, Consequences: p.Consequences,
		Description: p.Title + ". Sources: " + strings.Join(cited, "; ") + ". From the profile " + p.Name + ": confirm its defaults.",
	}
}

const (
	minute = int64(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

// usualActivation is USP's default heat of activation, 83.144 kJ/mol: with the
// gas constant 8.3144 J/(mol K), 10,000 K.
const usualActivation = 83_144

func ms(n int64) *int64 { return &n }

// units returns a whole number of units as an amount.
func units(n int64) *evaluation.Amount { return thousandths(1000 * n) }

// thousandths returns a number of thousandths of a unit as an amount.
func thousandths(n int64) *evaluation.Amount {
	a := evaluation.Amount(n * 1_000_000)
	return &a
}

// never is a band out of which not one reading may be.
func never(name string, lower, upper *evaluation.Amount) evaluation.Band {
	return evaluation.Band{Name: name, Lower: lower, Upper: upper, LongestExcursionMs: ms(0)}
}

// allowing is a band with a longest excursion and an allowance in all.
func allowing(name string, lower, upper *evaluation.Amount, longest, allowance int64) evaluation.Band {
	return evaluation.Band{Name: name, Lower: lower, Upper: upper, LongestExcursionMs: ms(longest), AllowanceMs: ms(allowance)}
}

// temperature is linear between readings at most gap apart, in degrees Celsius.
func temperature(gap int64, mkt *evaluation.MKT, bands ...evaluation.Band) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", Bands: bands, MKT: mkt,
		LargestGapMs: gap, Between: evaluation.Linear,
	}
}

// holding are the consequences for goods that must not move on before somebody has
// decided: hold at suspicion, refuse at gates, dispute within 30 days.
func holding(devices *condition.DeviceTerms) condition.Consequences {
	return condition.Consequences{
		Hold: condition.HoldAtSuspicion, Gate: condition.GateRefuses, DisputeMs: 30 * day, Devices: devices,
	}
}

// recording are the consequences where a breach is a matter of the claim, not of
// safety: nothing is held, gates record.
func recording(devices *condition.DeviceTerms) condition.Consequences {
	return condition.Consequences{
		Hold: condition.HoldNever, Gate: condition.GateRecords, DisputeMs: 30 * day, Devices: devices,
	}
}
