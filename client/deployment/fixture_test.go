package deployment_test

import (
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/collections"
)

// described is what the tests deploy: three that trade, and a reader.
func described() collections.Consortium {
	return collections.Consortium{
		Channel: "supplychain", Chaincode: "countersign", Endorse: 2, Lifecycle: 2,
		Organisations: []collections.Organisation{{MSP: "CarrierMSP"}, {MSP: "ManufacturerMSP"}, {MSP: "RetailerMSP"}, {MSP: "RegulatorMSP", Reader: true}},
		Relations:     [][]string{{"CarrierMSP", "ManufacturerMSP", "RetailerMSP"}, {"CarrierMSP", "RetailerMSP"}},
		Disclosures:   []collections.Flow{{From: "ManufacturerMSP", To: "RegulatorMSP"}},
	}
}

// deployed is a deployment that a test can spoil.
type deployed struct {
	t          testing.TB
	definition *lifecycle.QueryChaincodeDefinitionResult
	config     *common.Config
	described  collections.Consortium
}

// deploy makes the definition and the configuration that the consortium's file
// describes, as Fabric has them.
func deploy(t testing.TB) *deployed {
	t.Helper()
	c := described()
	d := &deployed{t: t, described: c, config: &common.Config{ChannelGroup: group()}}
	d.definition = &lifecycle.QueryChaincodeDefinitionResult{
		Sequence: 1, Version: "2.0", EndorsementPlugin: "escc", ValidationPlugin: "vscc",
		ValidationParameter: d.bytes(signed(c.EndorsementPolicy())),
		Collections:         &peer.CollectionConfigPackage{},
		Approvals:           map[string]bool{"CarrierMSP": true, "ManufacturerMSP": true, "RetailerMSP": true, "RegulatorMSP": false},
	}
	for _, one := range c.Definitions() {
		config := &peer.StaticCollectionConfig{
			Name:              one.Name,
			MemberOrgsPolicy:  membership(one.Policy),
			RequiredPeerCount: int32(one.RequiredPeerCount), MaximumPeerCount: int32(one.MaxPeerCount),
			BlockToLive: one.BlockToLive, MemberOnlyRead: one.MemberOnlyRead, MemberOnlyWrite: one.MemberOnlyWrite,
		}
		if one.EndorsementPolicy != nil {
			config.EndorsementPolicy = signed(one.EndorsementPolicy.SignaturePolicy)
		}
		d.define(config)
	}
	d.configure()
	return d
}

func (d *deployed) configure() {
	application := group()
	for name, p := range deployment.PoliciesOf(d.described).Application {
		if p.Type == "Signature" {
			application.Policies[name] = d.signature(p.Rule)
		} else {
			application.Policies[name] = d.implicit(common.ImplicitMetaPolicy_ANY, "Readers")
		}
	}
	for _, o := range d.described.Organisations {
		application.Groups[o.MSP] = d.organisation(o.MSP)
	}
	d.config.ChannelGroup.Groups["Application"] = application
	d.access(deployment.PoliciesOf(d.described).ACLs)
	d.capabilities("V2_5")
	orderers := group()
	orderers.Policies["Writers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Writers")
	orderers.Groups["OrdererMSP"] = d.organisation("OrdererMSP")
	d.config.ChannelGroup.Groups["Orderer"] = orderers
	d.config.ChannelGroup.Policies["Writers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Writers")
}

func group() *common.ConfigGroup {
	return &common.ConfigGroup{Groups: map[string]*common.ConfigGroup{}, Values: map[string]*common.ConfigValue{}, Policies: map[string]*common.ConfigPolicy{}}
}

// organisation is a member's group, with the policies that Fabric's samples have.
func (d *deployed) organisation(mspID string) *common.ConfigGroup {
	g := group()
	for name, rule := range map[string]string{
		"Readers": "OR('" + mspID + ".admin','" + mspID + ".peer','" + mspID + ".client')", "Writers": "OR('" + mspID + ".admin','" + mspID + ".client')",
		"Admins": "OR('" + mspID + ".admin')", "Endorsement": "OR('" + mspID + ".peer')",
	} {
		g.Policies[name] = d.signature(rule)
	}
	config := d.bytes(&msp.FabricMSPConfig{Name: mspID})
	g.Values["MSP"] = &common.ConfigValue{Value: d.bytes(&msp.MSPConfig{Config: config})}
	return g
}

func (d *deployed) bytes(m proto.Message) []byte {
	d.t.Helper()
	text, err := proto.Marshal(m)
	require.NoError(d.t, err)
	return text
}

func (d *deployed) signature(rule string) *common.ConfigPolicy {
	return &common.ConfigPolicy{Policy: &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: d.bytes(deployment.Envelope(rule))}}
}

func (d *deployed) implicit(rule common.ImplicitMetaPolicy_Rule, below string) *common.ConfigPolicy {
	return &common.ConfigPolicy{Policy: &common.Policy{
		Type: int32(common.Policy_IMPLICIT_META), Value: d.bytes(&common.ImplicitMetaPolicy{Rule: rule, SubPolicy: below}),
	}}
}

// principal is a policy that one principal satisfies.
func (d *deployed) principal(who *msp.MSPPrincipal) *common.ConfigPolicy {
	envelope := &common.SignaturePolicyEnvelope{
		Identities: []*msp.MSPPrincipal{who},
		Rule:       &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: 0}},
	}
	return &common.ConfigPolicy{Policy: &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: d.bytes(envelope)}}
}

func signed(rule string) *peer.ApplicationPolicy {
	return &peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_SignaturePolicy{SignaturePolicy: deployment.Envelope(rule)}}
}

func referred(path string) *peer.ApplicationPolicy {
	return &peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_ChannelConfigPolicyReference{ChannelConfigPolicyReference: path}}
}

func membership(rule string) *peer.CollectionPolicyConfig {
	return &peer.CollectionPolicyConfig{Payload: &peer.CollectionPolicyConfig_SignaturePolicy{SignaturePolicy: deployment.Envelope(rule)}}
}

func (d *deployed) define(config *peer.StaticCollectionConfig) {
	d.definition.Collections.Config = append(d.definition.Collections.Config, &peer.CollectionConfig{
		Payload: &peer.CollectionConfig_StaticCollectionConfig{StaticCollectionConfig: config},
	})
}

// collection returns a deployed collection by its name.
func (d *deployed) collection(name string) *peer.StaticCollectionConfig {
	d.t.Helper()
	for _, c := range d.definition.GetCollections().GetConfig() {
		if one := c.GetStaticCollectionConfig(); one.GetName() == name {
			return one
		}
	}
	d.t.Fatalf("there is no collection %s", name)
	return nil
}

func (d *deployed) undefine(name string) {
	all := &d.definition.Collections.Config
	*all = slices.DeleteFunc(*all, func(c *peer.CollectionConfig) bool { return c.GetStaticCollectionConfig().GetName() == name })
}

// undescribed deploys a collection that is guarded as all are.
func (d *deployed) undescribed(name, members, endorsers string) {
	d.undefine(name)
	d.define(&peer.StaticCollectionConfig{
		Name: name, MemberOrgsPolicy: membership(members), EndorsementPolicy: signed(endorsers),
		RequiredPeerCount: 1, MaximumPeerCount: 3, MemberOnlyRead: true, MemberOnlyWrite: true,
	})
}

func (d *deployed) application() *common.ConfigGroup {
	return d.config.GetChannelGroup().GetGroups()["Application"]
}

func (d *deployed) access(rules map[string]string) {
	all := &peer.ACLs{Acls: map[string]*peer.APIResource{}}
	for resource, policy := range rules {
		all.Acls[resource] = &peer.APIResource{PolicyRef: policy}
	}
	d.application().Values["ACLs"] = &common.ConfigValue{Value: d.bytes(all)}
}

func (d *deployed) capabilities(names ...string) {
	all := &common.Capabilities{Capabilities: map[string]*common.Capability{}}
	for _, name := range names {
		all.Capabilities[name] = &common.Capability{}
	}
	d.application().Values["Capabilities"] = &common.ConfigValue{Value: d.bytes(all)}
}

func (d *deployed) check() []deployment.Finding {
	return deployment.Check(d.definition, d.config, d.described)
}
