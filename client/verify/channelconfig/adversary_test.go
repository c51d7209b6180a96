package channelconfig_test

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// Each adversary makes one update. It must fail at its rule, and at its element.
func TestNoAdversaryLeadsAFollowerAstray(t *testing.T) {
	grower := func(f *fixture) *configtest.Organisation { return f.organisation("GrowerMSP") }
	for name, tt := range map[string]struct {
		make    func(f *fixture) *configtest.Update
		want    error
		element string
	}{
		"signed by a minority": {
			func(f *fixture) *configtest.Update { return f.propose(admit(grower(f)), f.admin(maker)) },
			channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"signed by nobody": {
			func(f *fixture) *configtest.Update { return f.propose(admit(grower(f))) },
			channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"signed by clients instead of administrators": {
			func(f *fixture) *configtest.Update {
				return f.propose(admit(grower(f)), f.issue(maker, "client"), f.issue(carrier, "client"), f.issue(retailer, "client"))
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"signed by peers": {
			func(f *fixture) *configtest.Update {
				return f.propose(admit(grower(f)), f.issue(maker, "peer"), f.issue(carrier, "peer"))
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"signed by those whom it brings in": {
			func(f *fixture) *configtest.Update {
				o := grower(f)
				return f.propose(admit(o), f.admin(maker), o.Admin)
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"signed with the authority that it brings in": {
			func(f *fixture) *configtest.Update {
				ca, err := configtest.NewAuthority("ca2")
				require.NoError(f.t, err)
				admin, err := ca.Issue(carrier, "admin", "admin")
				require.NoError(f.t, err)
				o := configtest.Organisation{MSP: carrier, CA: ca}
				return f.propose(define(carrier, func(d *msp.FabricMSPConfig) { proto.Reset(d); proto.Merge(d, o.Definition()) }), admin)
			}, channelconfig.ErrPolicy, "value /Channel/Application/CarrierMSP/MSP",
		},
		"another's definition changed by others": {
			func(f *fixture) *configtest.Update {
				return f.propose(define(carrier, func(d *msp.FabricMSPConfig) { d.RootCerts = f.Members[maker].Definition().GetRootCerts() }), f.admin(maker), f.admin(retailer))
			}, channelconfig.ErrPolicy, "value /Channel/Application/CarrierMSP/MSP",
		},
		"a signer counted twice": {
			func(f *fixture) *configtest.Update {
				return f.propose(admit(grower(f)), f.admin(maker), f.admin(maker), f.admin(maker))
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"a signature in the form with the higher S": {
			func(f *fixture) *configtest.Update {
				u, err := f.propose(admit(grower(f)), f.admin(maker)).SignHigh(f.admin(carrier))
				require.NoError(f.t, err)
				return u
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"a signature of another update": {
			func(f *fixture) *configtest.Update {
				u := f.propose(admit(grower(f)), f.admin(maker))
				u.Signatures = append(u.Signatures, f.propose(relax, f.admin(carrier)).Signatures...)
				return u
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"changed after it was signed": {
			func(f *fixture) *configtest.Update {
				signed := f.propose(relax, f.admin(maker), f.admin(carrier))
				u := f.Propose(admit(grower(f)))
				u.Signatures = signed.Signatures
				return u
			}, channelconfig.ErrPolicy, "group /Channel/Application",
		},
		"for another channel": {
			func(f *fixture) *configtest.Update {
				u := f.Propose(relax)
				u.Change.ChannelId = "other"
				return f.signed(u, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrChannel, "",
		},
		"an element goes up by two versions": {
			func(f *fixture) *configtest.Update {
				u := f.Propose(relax)
				application(u.Change.GetWriteSet()).GetPolicies()["Endorsement"].Version = 2
				application(u.Claimed.GetChannelGroup()).GetPolicies()["Endorsement"].Version = 2
				return f.signed(u, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrWriteSet, "policy /Channel/Application/Endorsement",
		},
		"read at another version": {
			func(f *fixture) *configtest.Update {
				u := f.Propose(relax)
				application(u.Change.GetReadSet()).Version = 5
				return f.signed(u, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrReadSet, "group /Channel/Application",
		},
		"read what does not exist": {
			func(f *fixture) *configtest.Update {
				u := f.Propose(relax)
				application(u.Change.GetReadSet()).Values["Nothing"] = &common.ConfigValue{}
				return f.signed(u, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrReadSet, "value /Channel/Application/Nothing",
		},
		"an organisation sneaked in beside a harmless change": {
			func(f *fixture) *configtest.Update {
				// An anchor of the carrier's own is the carrier's to change. The group of
				// organisations is left at its version, so nobody else is asked.
				u := f.Propose(func(c *common.ConfigGroup) {
					define(carrier, func(d *msp.FabricMSPConfig) { d.OrganizationalUnitIdentifiers = nil; d.Admins = nil })(c)
					application(c).Groups[carrier].Policies["Extra"] = configtest.Implicit(0, "x")
				})
				o := grower(f)
				application(u.Change.GetWriteSet()).Groups[o.MSP] = o.Group()
				application(u.Claimed.GetChannelGroup()).Groups[o.MSP] = o.Group()
				return f.signed(u, f.admin(carrier))
			}, channelconfig.ErrResult, "group /Channel/Application/GrowerMSP",
		},
		"an organisation in the configuration that is shown, and not in the update": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				application(u.Claimed.GetChannelGroup()).Groups["GrowerMSP"] = grower(f).Group()
				return u
			}, channelconfig.ErrResult, "group /Channel/Application/GrowerMSP",
		},
		"an authority swapped in the configuration that is shown": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				define(carrier, func(d *msp.FabricMSPConfig) { d.RootCerts = grower(f).Definition().GetRootCerts() })(u.Claimed.GetChannelGroup())
				return u
			}, channelconfig.ErrResult, "value /Channel/Application/CarrierMSP/MSP",
		},
		"an organisation left out of the configuration that is shown": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				remove(retailer)(u.Claimed.GetChannelGroup())
				return u
			}, channelconfig.ErrResult, "group /Channel/Application/RetailerMSP",
		},
		"a policy loosened in the configuration that is shown": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				application(u.Claimed.GetChannelGroup()).Policies["Admins"] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Admins")
				return u
			}, channelconfig.ErrResult, "policy /Channel/Application/Admins",
		},
		"a version that is shown otherwise": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				application(u.Claimed.GetChannelGroup()).Version = 9
				return u
			}, channelconfig.ErrResult, "group /Channel/Application",
		},
		"a policy of another group changed along": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) {
					relax(c)
					c.Groups["Orderer"].Policies["BlockValidation"] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Readers")
				}, f.admin(maker), f.admin(carrier), f.admin(retailer))
			}, channelconfig.ErrPolicy, "policy /Channel/Orderer/BlockValidation",
		},
		"the channel's own policy changed by the application alone": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) {
					c.Policies["Admins"] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Admins")
				}, f.admin(maker), f.admin(carrier), f.admin(retailer))
			}, channelconfig.ErrPolicy, "policy /Channel/Admins",
		},
		"mod_policy emptied": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) { application(c).GetPolicies()["Endorsement"].ModPolicy = "" }, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrModPolicy, "policy /Channel/Application/Endorsement",
		},
		"mod_policy that is no path": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) { application(c).GetPolicies()["Endorsement"].ModPolicy = "//" }, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrModPolicy, "policy /Channel/Application/Endorsement",
		},
		"nothing is changed": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(*common.ConfigGroup) {}, f.admin(maker), f.admin(carrier), f.Orderer.Admin)
			}, channelconfig.ErrWriteSet, "",
		},
		"an organisation takes another's name": {
			func(f *fixture) *configtest.Update {
				return f.propose(define(carrier, func(d *msp.FabricMSPConfig) { d.Name = "HaulierMSP" }), f.admin(carrier))
			}, channelconfig.ErrTransition, "group /Channel/Application/CarrierMSP",
		},
		"the application is removed": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) { delete(c.Groups, "Application") }, f.admin(maker), f.admin(carrier), f.Orderer.Admin)
			}, channelconfig.ErrForm, "",
		},
		"the ordering service is removed": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) { delete(c.Groups, "Orderer") }, f.admin(maker), f.admin(carrier), f.Orderer.Admin)
			}, channelconfig.ErrTransition, "group /Channel/Orderer",
		},
		"an organisation that nobody can belong to": {
			func(f *fixture) *configtest.Update {
				return f.propose(define(carrier, func(d *msp.FabricMSPConfig) { d.RootCerts = nil }), f.admin(carrier))
			}, channelconfig.ErrMSP, "value /Channel/Application/CarrierMSP/MSP",
		},
		"one organisation defined in two ways": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) {
					o := configtest.Organisation{MSP: carrier, CA: grower(f).CA}
					application(c).Groups["Again"] = o.Group()
				}, f.admin(maker), f.admin(carrier))
			}, channelconfig.ErrMSP, "",
		},
		"taken up by nobody": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				u.Taken = nil
				return u
			}, channelconfig.ErrOrderer, "",
		},
		"taken up by a peer": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				u.Taken = f.issue(maker, "peer")
				return u
			}, channelconfig.ErrOrderer, "",
		},
		"taken up by a client of who orders": {
			func(f *fixture) *configtest.Update {
				u := f.propose(relax, f.admin(maker), f.admin(carrier))
				client, err := f.Orderer.CA.Issue(configtest.OrdererMSP, "clerk", "client")
				require.NoError(f.t, err)
				u.Taken = client
				return u
			}, channelconfig.ErrOrderer, "",
		},
		"capabilities of the future": {
			func(f *fixture) *configtest.Update {
				return f.propose(func(c *common.ConfigGroup) {
					c.Values["Capabilities"] = configtest.Value(&common.Capabilities{Capabilities: map[string]*common.Capability{"V9_0": {}}})
				}, f.admin(maker), f.admin(carrier), f.Orderer.Admin)
			}, channelconfig.ErrUnsupported, "value /Channel/Capabilities",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			_, err := f.pinned.Follow(f.block(tt.make(f)))
			require.ErrorIs(t, err, tt.want)
			var failed *channelconfig.Error
			require.ErrorAs(t, err, &failed)
			if tt.element != "" {
				require.Equal(t, tt.element, failed.Element)
			}
		})
	}
}

func (f *fixture) issue(msp, unit string) *configtest.Identity {
	f.t.Helper()
	i, err := f.Members[msp].CA.Issue(msp, unit+"@"+msp, unit)
	require.NoError(f.t, err)
	return i
}

func (f *fixture) signed(u *configtest.Update, by ...*configtest.Identity) *configtest.Update {
	f.t.Helper()
	_, err := u.Sign(by...)
	require.NoError(f.t, err)
	return u
}

func TestAnUpdateIsGoodOnce(t *testing.T) {
	f := newFixture(t)
	u := f.propose(relax, f.admin(maker), f.admin(carrier))
	first, err := f.pinned.Follow(f.block(u))
	require.NoError(t, err)
	u.Claimed.Sequence++
	_, err = first.Follow(f.block(u))
	require.ErrorIs(t, err, channelconfig.ErrReadSet)
}

func TestARemovedOrganisationSignsNothing(t *testing.T) {
	f := newFixture(t)
	gone := f.admin(retailer)
	after, err := f.pinned.Follow(f.commit(remove(retailer)))
	require.NoError(t, err)
	_, err = after.Follow(f.block(f.propose(relax, f.admin(maker), gone)))
	require.ErrorIs(t, err, channelconfig.ErrPolicy)
	var failed *channelconfig.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "no organisation of the configuration before", failed.Ignored[0].Reason)
}

func TestARevokedAdministratorSignsNothing(t *testing.T) {
	f := newFixture(t)
	o := f.Members[carrier]
	list, err := o.CA.Revoke(o.Admin.Certificate)
	require.NoError(t, err)
	after, err := f.pinned.Follow(f.commit(define(carrier, func(d *msp.FabricMSPConfig) { d.RevocationList = [][]byte{list} })))
	require.NoError(t, err)
	u := f.propose(relax, f.admin(maker), o.Admin)
	_, err = after.Follow(f.block(u))
	require.ErrorIs(t, err, channelconfig.ErrPolicy)
	require.ErrorContains(t, err, "revoked")

	// Even one whom the organisation lists by certificate.
	f.Config = proto.CloneOf(f.Config)
	define(carrier, func(d *msp.FabricMSPConfig) { d.Admins = [][]byte{configtest.PEM(o.Admin.Certificate)} })(f.Config.GetChannelGroup())
	_, err = f.pin().Follow(f.block(f.signed(f.Propose(relax), f.admin(maker), o.Admin)))
	require.ErrorIs(t, err, channelconfig.ErrPolicy)
}

func TestWhatAMinorityMayDoItDoes(t *testing.T) {
	f := newFixture(t)
	// Its own group, by its own administrator, through a relative mod_policy.
	_, err := f.pinned.Follow(f.block(f.propose(func(c *common.ConfigGroup) {
		application(c).Groups[carrier].Policies["Readers"] = configtest.Signatures(1, configtest.Role(carrier, msp.MSPRole_PEER))
	}, f.admin(carrier))))
	require.NoError(t, err)
	// Through an absolute one, by whom it names.
	f.Config = proto.CloneOf(f.Config)
	application(f.Config.GetChannelGroup()).Policies["Endorsement"].ModPolicy = "/Channel/Application/RetailerMSP/Admins"
	pinned := f.pin()
	_, err = pinned.Follow(f.block(f.propose(relax, f.admin(maker), f.admin(carrier))))
	require.ErrorIs(t, err, channelconfig.ErrPolicy)
	_, err = pinned.Follow(f.block(f.propose(relax, f.admin(retailer))))
	require.NoError(t, err)
}
