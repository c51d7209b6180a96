package channelconfig

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// policies are those of a group, and the groups below it.
type policies struct {
	path  string // such as "Channel/Application"
	rules map[string]*rule
	below map[string]*policies
}

// rule is a policy made ready: by signatures, or by policies of the groups below.
type rule struct {
	signatures gate

	implicit bool
	sub      string
	required int
	of       []*rule // nil where a group has no such policy
}

// policiesOf reads the policies of a group and all below it (Fabric,
// common/policies/policy.go).
func policiesOf(path string, group *common.ConfigGroup) (*policies, error) {
	made := &policies{path: path, rules: map[string]*rule{}, below: map[string]*policies{}}
	for _, name := range slices.Sorted(maps.Keys(group.GetGroups())) {
		below, err := policiesOf(path+"/"+name, group.GetGroups()[name])
		if err != nil {
			return nil, err
		}
		made.below[name] = below
	}
	for _, name := range slices.Sorted(maps.Keys(group.GetPolicies())) {
		rule, err := made.compile(group.GetPolicies()[name].GetPolicy())
		if err != nil {
			var own *Error
			if errors.As(err, &own) {
				own.Element = kindPolicy + " /" + path + "/" + name
				return nil, own
			}
			return nil, &Error{Rule: ErrForm, Element: kindPolicy + " /" + path + "/" + name, cause: err}
		}
		made.rules[name] = rule
	}
	return made, nil
}

func (p *policies) compile(policy *common.Policy) (*rule, error) {
	switch common.Policy_PolicyType(policy.GetType()) {
	case common.Policy_SIGNATURE:
		var envelope common.SignaturePolicyEnvelope
		if err := unmarshal(policy.GetValue(), &envelope); err != nil {
			return nil, err
		}
		if envelope.GetVersion() != 0 {
			return nil, fmt.Errorf("version %d of signature policies is not known", envelope.GetVersion())
		}
		made, err := compileSignatures(&envelope)
		return &rule{signatures: made}, err
	case common.Policy_IMPLICIT_META:
		var meta common.ImplicitMetaPolicy
		if err := unmarshal(policy.GetValue(), &meta); err != nil {
			return nil, err
		}
		return p.meta(&meta)
	}
	return nil, fmt.Errorf("policies of type %d are not known", policy.GetType())
}

// meta counts the policies of one name in the groups below. As in Fabric, a group that
// has none counts among those that could be satisfied, and where there are no groups
// nothing is asked for.
func (p *policies) meta(policy *common.ImplicitMetaPolicy) (*rule, error) {
	made := &rule{implicit: true, sub: policy.GetSubPolicy()}
	for _, name := range slices.Sorted(maps.Keys(p.below)) {
		made.of = append(made.of, p.below[name].find(policy.GetSubPolicy()))
	}
	switch policy.GetRule() {
	case common.ImplicitMetaPolicy_ANY:
		made.required = min(1, len(made.of))
	case common.ImplicitMetaPolicy_ALL:
		made.required = len(made.of)
	case common.ImplicitMetaPolicy_MAJORITY:
		made.required = len(made.of)/2 + 1
		if len(made.of) == 0 {
			made.required = 0
		}
	default:
		return nil, fmt.Errorf("%d is none of ANY, ALL and MAJORITY", policy.GetRule())
	}
	return made, nil
}

// find finds a policy by its path, absolute or from this group; nil if there is none.
// An absolute path leads out of a group nowhere.
func (p *policies) find(id string) *rule {
	path := id
	if strings.HasPrefix(id, "/") {
		inner, ok := strings.CutPrefix(id, "/"+p.path+"/")
		if !ok {
			return nil
		}
		path = inner
	}
	parts := strings.Split(path, "/")
	at := p
	for _, name := range parts[:len(parts)-1] {
		if at = at.below[name]; at == nil {
			return nil
		}
	}
	return at.rules[parts[len(parts)-1]]
}

// governing finds the policy that governs changes of an element, and its path for
// people. A relative mod_policy begins at the element's group; a group's, at itself
// (Fabric, common/configtx/update.go, policyForItem).
func (p *policies) governing(e element) (string, *rule) {
	id := e.modPolicy()
	if id == "" {
		return "", nil
	}
	if strings.HasPrefix(id, "/") || len(e.above) == 0 {
		if !strings.HasPrefix(id, "/") {
			return "/" + root + "/" + id, p.find(id)
		}
		return id, p.find(id)
	}
	path := e.above
	if e.group != nil {
		path = append(append([]string{}, path...), e.name)
	}
	at := p
	for _, name := range path[1:] {
		if at = at.below[name]; at == nil {
			return "/" + strings.Join(path, "/") + "/" + id, nil
		}
	}
	return "/" + at.path + "/" + id, at.find(id)
}

// evaluate tells why signers do not satisfy the policy; nil if they do.
func (r *rule) evaluate(s *signers) error {
	if !r.implicit {
		if !r.signatures.satisfied(s.valid, make([]bool, len(s.valid))) {
			return fmt.Errorf("signatures that count: %s", names(s.valid))
		}
		return nil
	}
	satisfied := 0
	for _, sub := range r.of {
		if sub != nil && s.satisfy(sub) == nil {
			satisfied++
		}
	}
	if satisfied < r.required {
		return fmt.Errorf("%d of the %d policies %s below are satisfied and %d must be; signatures that count: %s", satisfied, len(r.of), r.sub, r.required, names(s.valid))
	}
	return nil
}

func names(list []*identity) string {
	if len(list) == 0 {
		return "none"
	}
	var all []string
	for _, i := range list {
		all = append(all, fmt.Sprintf("%q of %q", i.certificate.Subject.CommonName, i.msp.name))
	}
	return strings.Join(all, ", ")
}

// gate is a signature policy made ready (Fabric, common/cauthdsl): a principal that
// one signer must have, or so many of other gates.
type gate struct {
	principal *msp.MSPPrincipal // nil for gates
	required  int32
	of        []gate
}

func compileSignatures(envelope *common.SignaturePolicyEnvelope) (gate, error) {
	budget := maxRules
	return compileGate(envelope.GetRule(), envelope.GetIdentities(), &budget)
}

func compileGate(policy *common.SignaturePolicy, principals []*msp.MSPPrincipal, budget *int) (made gate, err error) {
	if *budget--; *budget < 0 {
		return made, failure(ErrLimit, "", "more than %d rules in one policy", maxRules)
	}
	switch t := policy.GetType().(type) {
	case *common.SignaturePolicy_SignedBy:
		if t.SignedBy < 0 || int(t.SignedBy) >= len(principals) {
			return made, fmt.Errorf("it names principal %d of %d", t.SignedBy, len(principals))
		}
		if made.principal = principals[t.SignedBy]; len(made.principal.GetPrincipal()) > maxPrincipal {
			return made, failure(ErrLimit, "", "a principal of %d bytes; at most %d are read", len(made.principal.GetPrincipal()), maxPrincipal)
		}
		return made, nil
	case *common.SignaturePolicy_NOutOf_:
		made.required = t.NOutOf.GetN()
		for _, below := range t.NOutOf.GetRules() {
			inner, err := compileGate(below, principals, budget)
			if err != nil {
				return made, err
			}
			made.of = append(made.of, inner)
		}
		return made, nil
	}
	return made, errors.New("an empty rule")
}

// satisfied uses each signer once. The order of rules and signers counts, and nothing
// is tried anew, as in Fabric: a policy that other orders would satisfy may fail.
func (g gate) satisfied(signers []*identity, used []bool) bool {
	if g.principal != nil {
		for i, s := range signers {
			if !used[i] && s.has(g.principal) {
				used[i] = true
				return true
			}
		}
		return false
	}
	var satisfied int32
	trial := make([]bool, len(used))
	for _, below := range g.of {
		copy(trial, used)
		if below.satisfied(signers, trial) {
			satisfied++
			copy(used, trial)
		}
	}
	return satisfied >= g.required
}
