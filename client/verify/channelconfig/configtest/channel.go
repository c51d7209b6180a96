package configtest

import (
	"math"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	ab "github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"google.golang.org/protobuf/proto"
)

// OrdererMSP is the ordering organisation of every channel.
const OrdererMSP = "OrdererMSP"

// Organisation is a member of a channel.
type Organisation struct {
	MSP   string
	CA    *Authority
	Admin *Identity
}

// NewOrganisation makes an organisation with an authority and an administrator.
func NewOrganisation(mspID string) (*Organisation, error) {
	ca, err := NewAuthority("ca." + mspID)
	if err != nil {
		return nil, err
	}
	admin, err := ca.Issue(mspID, "admin@"+mspID, "admin")
	return &Organisation{MSP: mspID, CA: ca, Admin: admin}, err
}

// Definition is the organisation's MSP, with NodeOUs.
func (o *Organisation) Definition() *msp.FabricMSPConfig {
	unit := func(name string) *msp.FabricOUIdentifier {
		return &msp.FabricOUIdentifier{Certificate: PEM(o.CA.Certificate), OrganizationalUnitIdentifier: name}
	}
	return &msp.FabricMSPConfig{
		Name: o.MSP, RootCerts: [][]byte{PEM(o.CA.Certificate)},
		FabricNodeOus: &msp.FabricNodeOUs{
			Enable: true, ClientOuIdentifier: unit("client"), PeerOuIdentifier: unit("peer"),
			AdminOuIdentifier: unit("admin"), OrdererOuIdentifier: unit("orderer"),
		},
	}
}

// Channel is a channel, its organisations and its configuration as it is.
type Channel struct {
	Name    string
	Members map[string]*Organisation
	Orderer *Organisation
	Node    *Identity // of the ordering organisation
	Config  *common.Config
	// Now is when the next block is made; Number is that of the last one.
	Now    time.Time
	Number uint64
}

// New makes a channel of organisations, of which a majority changes the application,
// each its own definition, and the ordering organisation its own part.
func New(name string, msps ...string) (*Channel, error) {
	c := &Channel{Name: name, Members: map[string]*Organisation{}, Now: Start.AddDate(0, 1, 0)}
	var err error
	if c.Orderer, err = NewOrganisation(OrdererMSP); err != nil {
		return nil, err
	}
	if c.Node, err = c.Orderer.CA.Issue(OrdererMSP, "orderer0", "orderer"); err != nil {
		return nil, err
	}
	application := Group("Admins")
	application.Policies = map[string]*common.ConfigPolicy{
		"Readers": Implicit(common.ImplicitMetaPolicy_ANY, "Readers"), "Writers": Implicit(common.ImplicitMetaPolicy_ANY, "Writers"),
		"Admins": Implicit(common.ImplicitMetaPolicy_MAJORITY, "Admins"), "Endorsement": Implicit(common.ImplicitMetaPolicy_MAJORITY, "Endorsement"),
	}
	application.Values["Capabilities"] = Value(&common.Capabilities{Capabilities: map[string]*common.Capability{"V2_5": {}}})
	for _, id := range msps {
		if c.Members[id], err = NewOrganisation(id); err != nil {
			return nil, err
		}
		application.Groups[id] = c.Members[id].Group()
	}
	orderer := Group("Admins")
	orderer.Policies = map[string]*common.ConfigPolicy{
		"Readers": Implicit(common.ImplicitMetaPolicy_ANY, "Readers"), "Writers": Implicit(common.ImplicitMetaPolicy_ANY, "Writers"),
		"Admins": Implicit(common.ImplicitMetaPolicy_MAJORITY, "Admins"), "BlockValidation": Implicit(common.ImplicitMetaPolicy_ANY, "Writers"),
	}
	orderer.Values["Capabilities"] = Value(&common.Capabilities{Capabilities: map[string]*common.Capability{"V2_0": {}}})
	orderer.Values["ConsensusType"] = Value(&ab.ConsensusType{Type: "etcdraft"})
	orderer.Values["BatchSize"] = Value(&ab.BatchSize{MaxMessageCount: 10, AbsoluteMaxBytes: 1 << 20, PreferredMaxBytes: 1 << 20})
	orderer.Values["BatchTimeout"] = Value(&ab.BatchTimeout{Timeout: "1s"})
	orderer.Groups[OrdererMSP] = c.Orderer.Group()
	orderer.Groups[OrdererMSP].Values["Endpoints"] = Value(&common.OrdererAddresses{Addresses: []string{"orderer.example:7050"}})
	channel := Group("Admins")
	channel.Groups["Application"], channel.Groups["Orderer"] = application, orderer
	channel.Policies = map[string]*common.ConfigPolicy{
		"Readers": Implicit(common.ImplicitMetaPolicy_ANY, "Readers"), "Writers": Implicit(common.ImplicitMetaPolicy_ANY, "Writers"),
		"Admins": Implicit(common.ImplicitMetaPolicy_MAJORITY, "Admins"),
	}
	channel.Values["HashingAlgorithm"] = Value(&common.HashingAlgorithm{Name: "SHA256"})
	channel.Values["BlockDataHashingStructure"] = Value(&common.BlockDataHashingStructure{Width: math.MaxUint32})
	channel.Values["Capabilities"] = Value(&common.Capabilities{Capabilities: map[string]*common.Capability{"V3_0": {}}})
	c.Config = &common.Config{ChannelGroup: channel}
	return c, nil
}

// Group is the organisation's part of a configuration.
func (o *Organisation) Group() *common.ConfigGroup {
	made := Group("Admins")
	made.Values["MSP"] = Value(Typed(o.Definition()))
	made.Policies = map[string]*common.ConfigPolicy{
		"Readers":     Signatures(1, Role(o.MSP, msp.MSPRole_MEMBER)),
		"Writers":     Signatures(1, Role(o.MSP, msp.MSPRole_ADMIN), Role(o.MSP, msp.MSPRole_CLIENT), Role(o.MSP, msp.MSPRole_ORDERER)),
		"Admins":      Signatures(1, Role(o.MSP, msp.MSPRole_ADMIN)),
		"Endorsement": Signatures(1, Role(o.MSP, msp.MSPRole_PEER)),
	}
	return made
}

// Group is an empty one that a policy governs.
func Group(modPolicy string) *common.ConfigGroup {
	return &common.ConfigGroup{
		ModPolicy: modPolicy, Groups: map[string]*common.ConfigGroup{},
		Values: map[string]*common.ConfigValue{}, Policies: map[string]*common.ConfigPolicy{},
	}
}

// Value is a value that Admins govern.
func Value(content proto.Message) *common.ConfigValue {
	return &common.ConfigValue{ModPolicy: "Admins", Value: marshal(content)}
}

// Typed wraps the definition of an MSP.
func Typed(definition *msp.FabricMSPConfig) *msp.MSPConfig {
	return &msp.MSPConfig{Config: marshal(definition)}
}

// Implicit is a policy over those of the groups below.
func Implicit(rule common.ImplicitMetaPolicy_Rule, sub string) *common.ConfigPolicy {
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{
		Type: int32(common.Policy_IMPLICIT_META), Value: marshal(&common.ImplicitMetaPolicy{Rule: rule, SubPolicy: sub}),
	}}
}

// Signatures is a policy that asks for signatures of so many of principals.
func Signatures(n int32, principals ...*msp.MSPPrincipal) *common.ConfigPolicy {
	var rules []*common.SignaturePolicy
	for i := range principals {
		rules = append(rules, &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(i)}})
	}
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{
		Type: int32(common.Policy_SIGNATURE), Value: marshal(&common.SignaturePolicyEnvelope{
			Rule:       &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: &common.SignaturePolicy_NOutOf{N: n, Rules: rules}}},
			Identities: principals,
		}),
	}}
}

// Role is somebody of an organisation in a role.
func Role(mspID string, role msp.MSPRole_MSPRoleType) *msp.MSPPrincipal {
	return &msp.MSPPrincipal{
		PrincipalClassification: msp.MSPPrincipal_ROLE, Principal: marshal(&msp.MSPRole{MspIdentifier: mspID, Role: role}),
	}
}

// marshal writes a message that this package has made. One that cannot be written is a
// mistake here, and shows as a configuration that nobody can read.
func marshal(m proto.Message) []byte {
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return []byte(err.Error())
	}
	return text
}
