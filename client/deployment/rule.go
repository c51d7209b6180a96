package deployment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// rule is a signature policy as a tree: so many of the rules below it, or, at a
// leaf, the signature of a principal such as "CarrierMSP.peer". A leaf without a
// principal is never met.
type rule struct {
	required int
	of       []rule
	who      principal
}

// principal is a role of an organisation: admin, client, peer, orderer, or member,
// which any of them is.
type principal struct{ msp, role string }

func (p principal) String() string { return p.msp + "." + p.role }

func (r rule) leaf() bool { return r.of == nil }

// String writes the rule in Fabric's language.
func (r rule) String() string {
	if r.leaf() {
		if r.who == (principal{}) {
			return "nobody"
		}
		return "'" + r.who.String() + "'"
	}
	below := make([]string, len(r.of))
	for i, b := range r.of {
		below[i] = b.String()
	}
	list := strings.Join(below, ",")
	switch {
	case r.required == 1:
		return "OR(" + list + ")"
	case r.required == len(r.of):
		return "AND(" + list + ")"
	}
	return fmt.Sprintf("OutOf(%d,%s)", r.required, list)
}

// names tells whether one of the organisations stands in the rule.
func (r rule) names(msps ...string) bool {
	if r.leaf() {
		return slices.Contains(msps, r.who.msp)
	}
	return slices.ContainsFunc(r.of, func(b rule) bool { return b.names(msps...) })
}

// met tells whether signatures of the principals are enough.
func (r rule) met(by []principal) bool {
	if r.leaf() {
		return slices.ContainsFunc(by, func(p principal) bool {
			return p == r.who || p.msp == r.who.msp && r.who.role == memberRole
		})
	}
	found := 0
	for _, b := range r.of {
		if b.met(by) {
			found++
		}
	}
	return found >= r.required
}

const memberRole = "member"

// maxDepth and maxNodes bound a policy: those of a channel come from others.
const (
	maxDepth = 16
	maxNodes = 4096
)

// decode reads a policy as the ledger has it.
func decode(envelope *common.SignaturePolicyEnvelope) (rule, error) {
	identities := make([]principal, len(envelope.GetIdentities()))
	for i, id := range envelope.GetIdentities() {
		var err error
		if identities[i], err = decodePrincipal(id); err != nil {
			return rule{}, err
		}
	}
	nodes := 0
	return decodeRule(envelope.GetRule(), identities, 0, &nodes)
}

func decodeRule(policy *common.SignaturePolicy, identities []principal, depth int, nodes *int) (rule, error) {
	if *nodes++; depth > maxDepth || *nodes > maxNodes {
		return rule{}, fmt.Errorf("a policy of more than %d rules, or more than %d deep", maxNodes, maxDepth)
	}
	switch p := policy.GetType().(type) {
	case *common.SignaturePolicy_SignedBy:
		if p.SignedBy < 0 || int(p.SignedBy) >= len(identities) {
			return rule{}, fmt.Errorf("a policy that names an identity %d, of %d", p.SignedBy, len(identities))
		}
		return rule{who: identities[p.SignedBy]}, nil
	case *common.SignaturePolicy_NOutOf_:
		made := rule{required: max(0, int(p.NOutOf.GetN())), of: []rule{}}
		for _, below := range p.NOutOf.GetRules() {
			b, err := decodeRule(below, identities, depth+1, nodes)
			if err != nil {
				return rule{}, err
			}
			made.of = append(made.of, b)
		}
		return made, nil
	}
	return rule{}, fmt.Errorf("a policy of an unknown kind, %T", policy.GetType())
}

// decodePrincipal reads a role. What is none, such as an organisational unit, is
// named by its bytes: it equals nothing that a consortium asks for.
func decodePrincipal(p *msp.MSPPrincipal) (principal, error) {
	switch p.GetPrincipalClassification() {
	case msp.MSPPrincipal_ROLE:
		var role msp.MSPRole
		if err := proto.Unmarshal(p.GetPrincipal(), &role); err != nil {
			return principal{}, fmt.Errorf("a role in a policy: %w", err)
		}
		return principal{msp: role.GetMspIdentifier(), role: strings.ToLower(role.GetRole().String())}, nil
	case msp.MSPPrincipal_ORGANIZATION_UNIT:
		var unit msp.OrganizationUnit
		if err := proto.Unmarshal(p.GetPrincipal(), &unit); err != nil {
			return principal{}, fmt.Errorf("a unit in a policy: %w", err)
		}
		return principal{msp: unit.GetMspIdentifier(), role: "unit " + unit.GetOrganizationalUnitIdentifier()}, nil
	default:
		return principal{role: fmt.Sprintf("%s %x", p.GetPrincipalClassification(), p.GetPrincipal())}, nil
	}
}
