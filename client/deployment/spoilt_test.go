package deployment_test

import (
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/collections"
)

const (
	relation   = "relation-CarrierMSP-RetailerMSP"
	threefold  = "relation-CarrierMSP-ManufacturerMSP-RetailerMSP"
	disclosure = "disclosure-ManufacturerMSP-RegulatorMSP"

	// Not in the file of most tests.
	strangers   = "relation-CarrierMSP-ManufacturerMSP"
	undisclosed = "disclosure-CarrierMSP-ManufacturerMSP"
)

// spoilt are deployments of which one thing is wrong, and what must be found.
var spoilt = []struct {
	name     string
	spoil    func(*deployed)
	code     deployment.Code
	severity deployment.Severity
	where    string
}{
	{
		"a collection is missing", func(d *deployed) { d.undefine(disclosure) },
		deployment.CollectionMissing, deployment.Drift, disclosure,
	},
	{"nobody has described a collection", func(d *deployed) {
		d.define(&peer.StaticCollectionConfig{Name: "pair-A-B", MemberOrgsPolicy: membership("OR('A.member')"), RequiredPeerCount: 1, MemberOnlyRead: true, MemberOnlyWrite: true})
	}, deployment.CollectionSurplus, deployment.Drift, "pair-A-B"},
	{"an outsider is a member of a relation that the file does not have", func(d *deployed) {
		d.undescribed(strangers, "OR('CarrierMSP.member','ManufacturerMSP.member','RegulatorMSP.member')", "AND('CarrierMSP.peer','ManufacturerMSP.peer')")
	}, deployment.CollectionMembers, deployment.Weakness, strangers},
	{"one member alone writes into a relation that the file does not have", func(d *deployed) {
		d.undescribed(strangers, "OR('CarrierMSP.member','ManufacturerMSP.member')", "OR('CarrierMSP.peer','ManufacturerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, strangers},
	{"the recipient writes into a disclosure that the file does not have", func(d *deployed) {
		d.undescribed(undisclosed, "OR('CarrierMSP.member','ManufacturerMSP.member')", "OR('CarrierMSP.peer','ManufacturerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, undisclosed},
	{"an outsider is a member", func(d *deployed) {
		d.collection(relation).MemberOrgsPolicy = membership("OR('CarrierMSP.member','ManufacturerMSP.member','RetailerMSP.member')")
	}, deployment.CollectionMembers, deployment.Weakness, relation},
	{"a member is none", func(d *deployed) {
		d.collection(relation).MemberOrgsPolicy = membership("OR('CarrierMSP.member')")
	}, deployment.CollectionMembers, deployment.Drift, relation},
	{
		"a collection without members", func(d *deployed) { d.collection(relation).MemberOrgsPolicy = nil },
		deployment.CollectionMembers, deployment.Weakness, relation,
	},
	{
		"private data reaches nobody", func(d *deployed) { d.collection(relation).RequiredPeerCount = 0 },
		deployment.RequiredPeerCount, deployment.Weakness, relation,
	},
	{
		"private data must reach more", func(d *deployed) { d.collection(relation).RequiredPeerCount = 2 },
		deployment.RequiredPeerCount, deployment.Drift, relation,
	},
	{
		"private data is sent to fewer", func(d *deployed) { d.collection(threefold).MaximumPeerCount = 1 },
		deployment.MaxPeerCount, deployment.Drift, threefold,
	},
	{
		"outsiders read", func(d *deployed) { d.collection(disclosure).MemberOnlyRead = false },
		deployment.MemberOnlyRead, deployment.Weakness, disclosure,
	},
	{
		"outsiders write", func(d *deployed) { d.collection(collections.Readings).MemberOnlyWrite = false },
		deployment.MemberOnlyWrite, deployment.Weakness, collections.Readings,
	},
	{
		"private data is dropped", func(d *deployed) { d.collection(relation).BlockToLive = 7 },
		deployment.BlockToLive, deployment.Drift, relation,
	},
	{
		"private data is not dropped", func(d *deployed) { d.described.Retention.Disclosures = 7 },
		deployment.BlockToLive, deployment.Drift, disclosure,
	},
	{
		"a relation without a policy of its own", func(d *deployed) { d.collection(relation).EndorsementPolicy = nil },
		deployment.CollectionEndorsement, deployment.Weakness, relation,
	},
	{
		"a disclosure without a policy of its own", func(d *deployed) { d.collection(disclosure).EndorsementPolicy = nil },
		deployment.CollectionEndorsement, deployment.Weakness, disclosure,
	},
	{"one member alone writes", func(d *deployed) {
		d.collection(relation).EndorsementPolicy = signed("OR('CarrierMSP.peer','RetailerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, relation},
	{"two outsiders write", func(d *deployed) {
		d.collection(relation).EndorsementPolicy = signed("OutOf(2,'CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, relation},
	{"clients endorse", func(d *deployed) {
		d.collection(relation).EndorsementPolicy = signed("AND('CarrierMSP.member','RetailerMSP.member')")
	}, deployment.CollectionEndorsement, deployment.Weakness, relation},
	{"all of three must endorse", func(d *deployed) {
		d.collection(threefold).EndorsementPolicy = signed("AND('CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Drift, threefold},
	{"a collection by the channel's policy", func(d *deployed) {
		d.collection(disclosure).EndorsementPolicy = referred("/Channel/Application/Endorsement")
	}, deployment.CollectionEndorsement, deployment.Weakness, disclosure},
	{"a collection by the channel's policy, which happens to be the same", func(d *deployed) {
		d.collection(relation).EndorsementPolicy = referred("/Channel/Application/Pair")
		d.application().Policies["Pair"] = d.signature("AND('CarrierMSP.peer','RetailerMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, relation},
	{"recordings by another policy than the chaincode's", func(d *deployed) {
		d.collection(collections.Readings).EndorsementPolicy = signed("OR('CarrierMSP.peer')")
	}, deployment.CollectionEndorsement, deployment.Weakness, collections.Readings},
	{"a policy that names nobody", func(d *deployed) {
		d.collection(relation).EndorsementPolicy = &peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_SignaturePolicy{}}
	}, deployment.CollectionEndorsement, deployment.Weakness, relation},

	{"one organisation's endorsement is enough", func(d *deployed) {
		d.definition.ValidationParameter = d.bytes(signed("OR('CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')"))
	}, deployment.EndorsementPolicy, deployment.Weakness, "definition"},
	{"a reader's endorsement counts", func(d *deployed) {
		d.definition.ValidationParameter = d.bytes(signed("OutOf(2,'CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer','RegulatorMSP.peer')"))
	}, deployment.EndorsementPolicy, deployment.Weakness, "definition"},
	{"a reader can keep everything from being valid", func(d *deployed) {
		d.definition.ValidationParameter = d.bytes(signed("AND('RegulatorMSP.peer',OutOf(2,'CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer'))"))
	}, deployment.EndorsementPolicy, deployment.Weakness, "definition"},
	{"all must endorse", func(d *deployed) {
		d.definition.ValidationParameter = d.bytes(signed("AND('CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')"))
	}, deployment.EndorsementPolicy, deployment.Drift, "definition"},
	{
		"the chaincode's policy cannot be read", func(d *deployed) { d.definition.ValidationParameter = []byte{0xff} },
		deployment.EndorsementPolicy, deployment.Weakness, "definition",
	},
	{"the chaincode's policy is the channel's", func(d *deployed) {
		d.definition.ValidationParameter = d.bytes(referred("/Channel/Application/Endorsement"))
	}, deployment.EndorsementInferred, deployment.Weakness, "definition"},
	{
		"another program checks endorsements", func(d *deployed) { d.definition.ValidationPlugin = "lenient" },
		deployment.Plugin, deployment.Weakness, "validation plugin",
	},
	{
		"one has not approved", func(d *deployed) { delete(d.definition.Approvals, "RetailerMSP") },
		deployment.ApprovalMissing, deployment.Drift, "sequence 1",
	},

	{
		"an organisation is not on the channel", func(d *deployed) { delete(d.application().Groups, "RegulatorMSP") },
		deployment.OrganisationMissing, deployment.Drift, "/Channel/Application",
	},
	{
		"a stranger is on the channel", func(d *deployed) { d.application().Groups["x"] = d.organisation("StrangerMSP") },
		deployment.OrganisationSurplus, deployment.Drift, "/Channel/Application",
	},
	{"a reader writes", func(d *deployed) {
		d.application().Policies["Writers"] = d.signature(strings.Replace(d.described.Writers(), "OR(", "OR('RegulatorMSP.client',", 1))
	}, deployment.Writers, deployment.Weakness, "/Channel/Application/Writers"},
	{"all write, by Fabric's default", func(d *deployed) {
		d.application().Policies["Writers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Writers")
	}, deployment.Writers, deployment.Weakness, "/Channel/Application/Writers"},
	{
		"who trades cannot write", func(d *deployed) { d.application().Policies["Writers"] = d.signature("OR('CarrierMSP.client')") },
		deployment.Writers, deployment.Drift, "/Channel/Application/Writers",
	},
	{"orderers take from readers", func(d *deployed) {
		d.config.ChannelGroup.Policies["Writers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Readers")
		d.config.ChannelGroup.Groups["Orderer"].Policies["Readers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Readers")
	}, deployment.Writers, deployment.Weakness, "/Channel/Writers"},
	{
		"nobody says whom orderers take from", func(d *deployed) { delete(d.config.ChannelGroup.Policies, "Writers") },
		deployment.Writers, deployment.Weakness, "/Channel/Writers",
	},
	{"orderers take from whoever has a certificate", func(d *deployed) {
		d.config.ChannelGroup.Policies["Writers"] = d.principal(&msp.MSPPrincipal{
			PrincipalClassification: msp.MSPPrincipal_ANONYMITY, Principal: d.bytes(&msp.MSPIdentityAnonymity{AnonymityType: msp.MSPIdentityAnonymity_NOMINAL}),
		})
	}, deployment.Writers, deployment.Weakness, "/Channel/Writers"},
	{"orderers take from one person of a reader", func(d *deployed) {
		d.config.ChannelGroup.Policies["Writers"] = d.principal(&msp.MSPPrincipal{
			PrincipalClassification: msp.MSPPrincipal_IDENTITY, Principal: d.bytes(&msp.SerializedIdentity{Mspid: "RegulatorMSP", IdBytes: []byte("a certificate")}),
		})
	}, deployment.Writers, deployment.Weakness, "/Channel/Writers"},
	{"orderers take from a reader and somebody else together", func(d *deployed) {
		d.config.ChannelGroup.Policies["Writers"] = d.principal(&msp.MSPPrincipal{
			PrincipalClassification: msp.MSPPrincipal_COMBINED, Principal: d.bytes(&msp.CombinedPrincipal{}),
		})
	}, deployment.Writers, deployment.Weakness, "/Channel/Writers"},
	{"a reader changes who writes", func(d *deployed) {
		d.application().Policies["Writers"].ModPolicy = "Readers"
	}, deployment.Admins, deployment.Weakness, "/Channel/Application: policy Writers"},
	{"everybody changes the access rules", func(d *deployed) {
		d.application().Values["ACLs"].ModPolicy = "/Channel/Application/Writers"
	}, deployment.Admins, deployment.Weakness, "/Channel/Application: value ACLs"},
	{"one organisation admits others", func(d *deployed) {
		d.application().ModPolicy = "CarrierMSP/Admins"
	}, deployment.Admins, deployment.Weakness, "/Channel/Application: group"},
	{"others exchange an organisation's authorities", func(d *deployed) {
		d.application().Groups["CarrierMSP"].Values["MSP"].ModPolicy = "/Channel/Application/Readers"
	}, deployment.Admins, deployment.Weakness, "/Channel/Application/CarrierMSP: value MSP"},
	{"orderers change the channel alone", func(d *deployed) {
		root := d.config.GetChannelGroup()
		root.ModPolicy = "Admins"
		root.Policies["Admins"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Admins")
		root.Groups["Orderer"].Policies["Admins"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Admins")
	}, deployment.Admins, deployment.Weakness, "/Channel: group"},
	{"a change by what cannot be read", func(d *deployed) {
		d.application().Policies["Admins"].ModPolicy = "Writers"
		d.application().Policies["Writers"].Policy.Value = []byte{0xff}
	}, deployment.Admins, deployment.Weakness, "/Channel/Application: policy Admins"},
	{"a reader changes the channel", func(d *deployed) {
		d.application().Policies["Admins"] = d.implicit(common.ImplicitMetaPolicy_MAJORITY, "Admins")
	}, deployment.Admins, deployment.Weakness, "/Channel/Application/Admins"},
	{"one changes the channel alone", func(d *deployed) {
		d.application().Policies["Admins"] = d.signature("OR('CarrierMSP.admin')")
	}, deployment.Admins, deployment.Weakness, "/Channel/Application/Admins"},
	{"readers count in the channel's endorsement", func(d *deployed) {
		d.application().Policies["Endorsement"] = d.implicit(common.ImplicitMetaPolicy_MAJORITY, "Endorsement")
	}, deployment.ChannelEndorsement, deployment.Weakness, "/Channel/Application/Endorsement"},
	{"readers agree to definitions", func(d *deployed) {
		d.application().Policies["LifecycleEndorsement"] = d.implicit(common.ImplicitMetaPolicy_MAJORITY, "Endorsement")
	}, deployment.LifecycleEndorsement, deployment.Weakness, "/Channel/Application/LifecycleEndorsement"},
	{
		"the channel has no such policy", func(d *deployed) { delete(d.application().Policies, "LifecycleEndorsement") },
		deployment.LifecycleEndorsement, deployment.Weakness, "/Channel/Application/LifecycleEndorsement",
	},
	{"a reader cannot read", func(d *deployed) {
		d.application().Policies["Readers"] = d.signature("OR('CarrierMSP.member','ManufacturerMSP.member','RetailerMSP.member')")
	}, deployment.Readers, deployment.Drift, "/Channel/Application/Readers"},
	{
		"nobody can read", func(d *deployed) { delete(d.application().Policies, "Readers") },
		deployment.Readers, deployment.Drift, "/Channel/Application/Readers",
	},
	{"readers cannot query, by Fabric's default", func(d *deployed) {
		rules := deployment.PoliciesOf(d.described).ACLs
		delete(rules, "peer/Propose")
		d.access(rules)
	}, deployment.AccessRule, deployment.Drift, "peer/Propose"},
	{"readers cannot receive blocks", func(d *deployed) {
		rules := deployment.PoliciesOf(d.described).ACLs
		rules["event/Block"] = "Admins"
		d.access(rules)
	}, deployment.AccessRule, deployment.Drift, "event/Block"},
	{
		"access rules that cannot be read", func(d *deployed) { d.application().Values["ACLs"].Value = []byte{0xff} },
		deployment.AccessRule, deployment.Drift, "ACLs",
	},
	{
		"nothing can be purged", func(d *deployed) { d.capabilities("V2_0") },
		deployment.CapabilityMissing, deployment.Weakness, "Capabilities",
	},
	{
		"no capability", func(d *deployed) { delete(d.application().Values, "Capabilities") },
		deployment.CapabilityMissing, deployment.Weakness, "Capabilities",
	},
	{
		"the file lets one organisation write", func(d *deployed) { d.described.Endorse = 1 },
		deployment.OneOrganisation, deployment.Weakness, "the file's endorse",
	},
}
