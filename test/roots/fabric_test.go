package roots_test

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// people are those who may sign: administrators, and others of each kind.
func people(t *testing.T, c *configtest.Channel) []*configtest.Identity {
	t.Helper()
	list := []*configtest.Identity{c.Orderer.Admin, c.Node}
	for _, id := range []string{"AMSP", "BMSP", "CMSP"} {
		o := c.Members[id]
		list = append(list, o.Admin)
		for _, unit := range []string{"admin", "client", "peer", "orderer", "nobody"} {
			i, err := o.CA.Issue(id, unit, unit)
			require.NoError(t, err)
			list = append(list, i)
		}
	}
	stranger, err := configtest.NewOrganisation("AMSP") // of another authority
	require.NoError(t, err)
	return append(list, stranger.Admin)
}

// variants gives the organisations MSPs of different kinds, and returns who may or may
// not sign for them then: BMSP has an authority below its root, and a listed unit;
// CMSP no NodeOUs, but administrators by their certificates; AMSP has revoked one.
func variants(t *testing.T, c *configtest.Channel) []*configtest.Identity {
	t.Helper()
	issue := func(ca *configtest.Authority, id, unit string) *configtest.Identity {
		made, err := ca.Issue(id, unit+" of variants", unit)
		require.NoError(t, err)
		return made
	}
	set := func(id string, d *msp.FabricMSPConfig) {
		c.Config.GetChannelGroup().GetGroups()["Application"].GetGroups()[id].Values["MSP"] = configtest.Value(configtest.Typed(d))
	}
	a, b, plain := c.Members["AMSP"], c.Members["BMSP"], c.Members["CMSP"]

	revoked := issue(a.CA, "AMSP", "admin")
	list, err := a.CA.Revoke(revoked.Certificate)
	require.NoError(t, err)
	d := a.Definition()
	d.RevocationList = [][]byte{list}
	set("AMSP", d)

	below, err := b.CA.Below("below.BMSP")
	require.NoError(t, err)
	d = b.Definition()
	d.IntermediateCerts = [][]byte{configtest.PEM(below.Certificate)}
	for _, u := range []*msp.FabricOUIdentifier{d.FabricNodeOus.ClientOuIdentifier, d.FabricNodeOus.PeerOuIdentifier, d.FabricNodeOus.AdminOuIdentifier} {
		u.Certificate = configtest.PEM(below.Certificate)
	}
	d.FabricNodeOus.OrdererOuIdentifier = nil
	d.OrganizationalUnitIdentifiers = []*msp.FabricOUIdentifier{
		{Certificate: configtest.PEM(below.Certificate), OrganizationalUnitIdentifier: "admin"},
		{Certificate: configtest.PEM(below.Certificate), OrganizationalUnitIdentifier: "client"},
	}
	set("BMSP", d)

	d = plain.Definition()
	d.FabricNodeOus = nil
	d.Admins = [][]byte{configtest.PEM(plain.Admin.Certificate)}
	set("CMSP", d)
	return []*configtest.Identity{
		revoked, issue(below, "BMSP", "admin"), issue(below, "BMSP", "client"), issue(below, "BMSP", "peer"), issue(below, "BMSP", "orderer"),
		issue(plain.CA, "CMSP", "admin"), issue(below, "CMSP", "admin"),
	}
}

// rules draws policies of all kinds.
func rules(t *rapid.T) *common.ConfigPolicy {
	if rapid.Bool().Draw(t, "implicit") {
		return configtest.Implicit(
			common.ImplicitMetaPolicy_Rule(rapid.IntRange(0, 2).Draw(t, "rule")),
			rapid.SampledFrom([]string{"Admins", "Writers", "Readers", "Endorsement", "Nothing", "AMSP/Admins", "/Channel/Application/AMSP/Admins"}).Draw(t, "sub"),
		)
	}
	var principals []*msp.MSPPrincipal
	for range rapid.IntRange(1, 4).Draw(t, "principals") {
		principals = append(principals, principal(t))
	}
	content, err := proto.Marshal(&common.SignaturePolicyEnvelope{Rule: gate(t, len(principals), 3), Identities: principals})
	require.NoError(t, err)
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: content}}
}

func principal(t *rapid.T) *msp.MSPPrincipal {
	of := rapid.SampledFrom([]string{"AMSP", "BMSP", "CMSP", configtest.OrdererMSP}).Draw(t, "of")
	var content proto.Message
	kind := msp.MSPPrincipal_Classification(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 3, 4, 5}).Draw(t, "kind"))
	switch kind {
	case msp.MSPPrincipal_ORGANIZATION_UNIT:
		content = &msp.OrganizationUnit{MspIdentifier: of, OrganizationalUnitIdentifier: "admin"}
	case msp.MSPPrincipal_ANONYMITY:
		// Not NOMINAL: Fabric takes it of who is not even valid, and we do not.
		content = &msp.MSPIdentityAnonymity{AnonymityType: msp.MSPIdentityAnonymity_ANONYMOUS}
	case msp.MSPPrincipal_COMBINED:
		made := &msp.CombinedPrincipal{}
		for range rapid.IntRange(0, 2).Draw(t, "combined") {
			made.Principals = append(made.Principals, configtest.Role(of, msp.MSPRole_MSPRoleType(rapid.IntRange(0, 4).Draw(t, "role"))))
		}
		content = made
	default:
		return configtest.Role(of, msp.MSPRole_MSPRoleType(rapid.IntRange(0, 4).Draw(t, "role")))
	}
	text, err := proto.Marshal(content)
	require.NoError(t, err)
	return &msp.MSPPrincipal{PrincipalClassification: kind, Principal: text}
}

func gate(t *rapid.T, principals, depth int) *common.SignaturePolicy {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(rapid.IntRange(0, principals-1).Draw(t, "by"))}}
	}
	n := rapid.IntRange(0, 3).Draw(t, "n")
	made := &common.SignaturePolicy_NOutOf{N: int32(n)}
	for range rapid.IntRange(n, 4).Draw(t, "rules") {
		made.Rules = append(made.Rules, gate(t, principals, depth-1))
	}
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: made}}
}

var modPolicies = []string{
	"Admins", "Writers", "AMSP/Admins", "/Channel/Application/Admins", "/Channel/Orderer/Admins", "/Channel/Application/BMSP/Writers",
	"/Channel/Admins", "/Other/Admins", "Nothing", "", "/", "a//b", "Orderer/Admins", "Application/CMSP/Admins",
}

// groups are the groups of a configuration, in an order.
func groups(c *common.ConfigGroup) []*common.ConfigGroup {
	application := c.GetGroups()["Application"]
	return []*common.ConfigGroup{
		c, application, c.GetGroups()["Orderer"], application.GetGroups()["AMSP"], application.GetGroups()["BMSP"],
		c.GetGroups()["Orderer"].GetGroups()[configtest.OrdererMSP],
	}
}

// change makes some changes.
func change(t *rapid.T, channel *common.ConfigGroup) {
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		of := rapid.SampledFrom(groups(channel)).Draw(t, "group")
		name := rapid.SampledFrom([]string{"Admins", "Writers", "Readers", "Endorsement", "New"}).Draw(t, "policy")
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			of.Policies[name] = rules(t)
		case 1:
			delete(of.Policies, name)
		case 2:
			of.ModPolicy = rapid.SampledFrom(modPolicies).Draw(t, "mod")
		case 3:
			if p, ok := of.Policies[name]; ok {
				p.ModPolicy = rapid.SampledFrom(modPolicies).Draw(t, "mod")
			}
		case 4:
			delete(channel.GetGroups()["Application"].GetGroups(), "CMSP")
		case 5:
			if v, ok := of.Values["MSP"]; ok {
				v.ModPolicy = rapid.SampledFrom(modPolicies).Draw(t, "mod")
			}
		}
	}
}

// spoil changes something in an update that a sender of lies would.
func spoil(t *rapid.T, u *configtest.Update) {
	set := rapid.SampledFrom([]*common.ConfigGroup{u.Change.GetReadSet(), u.Change.GetWriteSet(), u.Claimed.GetChannelGroup()}).Draw(t, "set")
	switch rapid.IntRange(0, 7).Draw(t, "spoil") {
	case 0:
		set.GetGroups()["Application"].Version += uint64(rapid.IntRange(1, 2).Draw(t, "by"))
	case 1:
		if p := set.GetGroups()["Application"].GetPolicies()["Admins"]; p != nil {
			p.Version++
		}
	case 2:
		set.GetGroups()["Application"].Groups["New"] = configtest.Group("Admins")
	case 3:
		delete(set.GetGroups(), "Orderer")
	case 4:
		delete(set.GetGroups()["Application"].GetGroups(), "BMSP")
	case 5:
		if p := set.GetGroups()["Application"].GetPolicies()["Endorsement"]; p != nil {
			p.Policy.Value = []byte{}
		}
	case 6:
		u.Claimed.Sequence++
	case 7:
		set.GetGroups()["Application"].Values = nil
	}
}

// What is followed here is what Fabric's own code takes over, and nothing else.
func TestTheSameDecisionsAsFabrics(t *testing.T) {
	fabric := newOracle(t)
	c, err := configtest.New("supplychain", "AMSP", "BMSP", "CMSP")
	require.NoError(t, err)
	all := append(people(t, c), variants(t, c)...)
	first := c.Config
	taken, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c.Config = proto.CloneOf(first)
		for _, g := range groups(c.Config.GetChannelGroup()) {
			if rapid.IntRange(0, 3).Draw(t, "other rules") == 0 {
				g.Policies["Admins"] = rules(t)
			}
			if rapid.IntRange(0, 5).Draw(t, "other mod_policy") == 0 {
				g.Policies["Endorsement"] = rules(t)
				g.Policies["Endorsement"].ModPolicy = rapid.SampledFrom(modPolicies).Draw(t, "mod")
			}
		}
		genesis, err := c.Genesis()
		require.NoError(t, err)
		pinned, err := channelconfig.Pin(genesis)
		require.NoError(t, err)
		u := c.Propose(func(channel *common.ConfigGroup) { change(t, channel) })
		early := rapid.IntRange(0, 9).Draw(t, "spoilt before it is signed") == 0
		if early {
			spoil(t, u)
		}
		_, err = u.Sign(rapid.SliceOfN(rapid.SampledFrom(all), 0, 8).Draw(t, "signers")...)
		require.NoError(t, err)
		if !early && rapid.IntRange(0, 9).Draw(t, "spoilt after") == 0 {
			spoil(t, u)
		}
		want, why := fabric.takes(t, c, u)
		_, err = pinned.FollowEnvelope(c.Envelope(u))
		require.Equal(t, want, err == nil, "Fabric: %s; here: %v", why, err)
		if want {
			taken++
		} else {
			refused++
		}
	})
	t.Logf("%d were taken over and %d refused", taken, refused)
	require.Positive(t, taken)
	require.Positive(t, refused)
}
