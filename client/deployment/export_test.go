package deployment

import (
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// Rule is a policy, for tests of how policies are compared.
type Rule = rule

// Role names a principal.
func Role(msp, role string) Principal { return principal{msp: msp, role: role} }

// Principal is a role of an organisation.
type Principal = principal

// What [Compare] says.
const (
	Same, Stricter, Weaker = same, stricter, weaker
)

var (
	Parse   = parse
	Decode  = decode
	Compare = compare
)

// Met tells whether signatures of the principals satisfy a rule.
func Met(r rule, by []principal) bool { return r.met(by) }

// Codes are all that have an explanation.
func Codes() []Code { return slices.Sorted(maps.Keys(explanations)) }

// Envelope writes a policy as the ledger has it.
func Envelope(text string) *common.SignaturePolicyEnvelope {
	r, err := parse(text)
	if err != nil {
		panic(err)
	}
	envelope := &common.SignaturePolicyEnvelope{}
	envelope.Rule = encode(r, envelope)
	return envelope
}

func encode(r rule, into *common.SignaturePolicyEnvelope) *common.SignaturePolicy {
	if !r.leaf() {
		gate := &common.SignaturePolicy_NOutOf{N: int32(r.required)}
		for _, b := range r.of {
			gate.Rules = append(gate.Rules, encode(b, into))
		}
		return &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: gate}}
	}
	role, err := proto.Marshal(&msp.MSPRole{
		MspIdentifier: r.who.msp, Role: msp.MSPRole_MSPRoleType(msp.MSPRole_MSPRoleType_value[strings.ToUpper(r.who.role)]),
	})
	if err != nil {
		panic(err)
	}
	into.Identities = append(into.Identities, &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_ROLE, Principal: role})
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(len(into.Identities) - 1)}}
}
