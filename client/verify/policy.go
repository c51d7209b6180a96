package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Policy says which endorsements are enough: Required of the organisations
// named in Of. An organisation counts once, however many of its peers signed.
// The zero Policy is refused: what is enough is the verifier's own decision.
type Policy struct {
	Required int      `json:"required"`
	Of       []string `json:"of"`
}

// PolicyError says why a policy cannot be used.
type PolicyError struct{ Reason string }

// Error implements error.
func (e *PolicyError) Error() string { return "policy: " + e.Reason }

// ParsePolicy reads a policy as [Policy.String] writes it, such as
// "2 of ManufacturerMSP,CarrierMSP,RetailerMSP". It fails with [PolicyError].
func ParsePolicy(text string) (Policy, error) {
	count, names, ok := strings.Cut(text, " of ")
	required, err := strconv.Atoi(strings.TrimSpace(count))
	if !ok || err != nil {
		return Policy{}, &PolicyError{Reason: fmt.Sprintf("%q is not of the form \"2 of OneMSP,TwoMSP,ThreeMSP\"", text)}
	}
	p := Policy{Required: required}
	for name := range strings.SplitSeq(names, ",") {
		p.Of = append(p.Of, strings.TrimSpace(name))
	}
	return p, p.validate()
}

// String writes the policy as [ParsePolicy] reads it.
func (p Policy) String() string { return fmt.Sprintf("%d of %s", p.Required, strings.Join(p.Of, ",")) }

func (p Policy) validate() error {
	switch {
	case len(p.Of) == 0:
		return &PolicyError{Reason: "it names no organisation; say which ones you trust, and how many must agree"}
	case p.Required < 1 || p.Required > len(p.Of):
		return &PolicyError{Reason: fmt.Sprintf("%d of %d organisations cannot be asked for", p.Required, len(p.Of))}
	}
	names := slices.Sorted(slices.Values(p.Of))
	if len(slices.Compact(names)) != len(p.Of) || names[0] == "" {
		return &PolicyError{Reason: "it names an organisation twice, or none between two commas"}
	}
	return nil
}
