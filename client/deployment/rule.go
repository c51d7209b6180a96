package deployment

import (
	"crypto/sha256"
	"errors"
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

// decodePrincipal reads a principal of one organisation. A unit or a person of it is
// named as such, and equals nothing that a consortium asks for. What is of nobody, or
// of several, cannot be told apart from a reader: "nominally anonymous" is anybody
// with a certificate.
func decodePrincipal(p *msp.MSPPrincipal) (principal, error) {
	var role msp.MSPRole
	var unit msp.OrganizationUnit
	var person msp.SerializedIdentity
	var err error
	var made principal
	switch kind := p.GetPrincipalClassification(); kind {
	case msp.MSPPrincipal_ROLE:
		err = proto.Unmarshal(p.GetPrincipal(), &role)
		made = principal{msp: role.GetMspIdentifier(), role: strings.ToLower(role.GetRole().String())}
	case msp.MSPPrincipal_ORGANIZATION_UNIT:
		err = proto.Unmarshal(p.GetPrincipal(), &unit)
		made = principal{msp: unit.GetMspIdentifier(), role: "unit " + unit.GetOrganizationalUnitIdentifier()}
	case msp.MSPPrincipal_IDENTITY:
		err = proto.Unmarshal(p.GetPrincipal(), &person)
		made = principal{msp: person.GetMspid(), role: fmt.Sprintf("person %x", sha256.Sum256(person.GetIdBytes()))}
	default:
		err = errors.New("it is neither a role nor a unit nor a person of an organisation")
	}
	if err != nil {
		return principal{}, fmt.Errorf("a principal of kind %s in a policy: %w", p.GetPrincipalClassification(), err)
	}
	return made, nil
}
