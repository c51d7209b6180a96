package channelconfig_test

import (
	"crypto/sha256"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

func content(t *testing.T, m proto.Message) []byte {
	t.Helper()
	text, err := proto.Marshal(m)
	require.NoError(t, err)
	return text
}

func by(i int32) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: i}}
}

func outOf(n int32, rules ...*common.SignaturePolicy) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: &common.SignaturePolicy_NOutOf{N: n, Rules: rules}}}
}

func policy(t *testing.T, rule *common.SignaturePolicy, principals ...*msp.MSPPrincipal) *common.ConfigPolicy {
	t.Helper()
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{
		Type: int32(common.Policy_SIGNATURE), Value: content(t, &common.SignaturePolicyEnvelope{Rule: rule, Identities: principals}),
	}}
}

// The policy of administrators is replaced by each of these in turn, and then some
// sign.
func TestPoliciesAreSatisfiedAsInFabric(t *testing.T) {
	admin := func(id string) *msp.MSPPrincipal { return configtest.Role(id, msp.MSPRole_ADMIN) }
	member := func(id string) *msp.MSPPrincipal { return configtest.Role(id, msp.MSPRole_MEMBER) }
	type signers = []*configtest.Identity
	for name, tt := range map[string]struct {
		policy func(f *fixture) *common.ConfigPolicy
		good   func(f *fixture) []signers
		bad    func(f *fixture) []signers
	}{
		"gates within gates": {
			func(f *fixture) *common.ConfigPolicy {
				return policy(f.t, outOf(2, by(0), outOf(1, by(1), by(2))), admin(maker), admin(carrier), admin(retailer))
			},
			func(f *fixture) []signers {
				return []signers{{f.admin(maker), f.admin(carrier)}, {f.admin(retailer), f.admin(maker)}}
			},
			func(f *fixture) []signers { return []signers{{f.admin(carrier), f.admin(retailer)}, {f.admin(maker)}} },
		},
		"two of one organisation are two": {
			func(f *fixture) *common.ConfigPolicy {
				return policy(f.t, outOf(2, by(0), by(0)), member(maker))
			},
			func(f *fixture) []signers { return []signers{{f.admin(maker), f.issue(maker, "client")}} },
			func(f *fixture) []signers { return []signers{{f.admin(maker), f.admin(maker)}, {f.admin(maker)}} },
		},
		"roles": {
			func(f *fixture) *common.ConfigPolicy {
				return policy(f.t, outOf(3, by(0), by(1), by(2)), configtest.Role(maker, msp.MSPRole_CLIENT), configtest.Role(carrier, msp.MSPRole_PEER), configtest.Role(retailer, msp.MSPRole_ORDERER))
			},
			func(f *fixture) []signers {
				return []signers{{f.issue(maker, "client"), f.issue(carrier, "peer"), f.issue(retailer, "orderer")}}
			},
			func(f *fixture) []signers {
				return []signers{{f.admin(maker), f.issue(carrier, "peer"), f.issue(retailer, "orderer")}, {f.issue(maker, "client"), f.issue(carrier, "client"), f.issue(retailer, "client")}}
			},
		},
		"an identity": {
			func(f *fixture) *common.ConfigPolicy {
				one, err := f.admin(maker).Serialized()
				require.NoError(f.t, err)
				return policy(f.t, by(0), &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_IDENTITY, Principal: one})
			},
			func(f *fixture) []signers { return []signers{{f.admin(maker)}} },
			func(f *fixture) []signers { return []signers{{f.issue(maker, "admin")}, {f.admin(carrier)}} },
		},
		"an organisational unit and who gave it out": {
			func(f *fixture) *common.ConfigPolicy {
				sum := sha256.Sum256(f.Members[maker].CA.Certificate.Raw)
				return policy(f.t, by(0), &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_ORGANIZATION_UNIT, Principal: content(f.t, &msp.OrganizationUnit{
					MspIdentifier: maker, OrganizationalUnitIdentifier: "admin", CertifiersIdentifier: sum[:],
				})})
			},
			func(f *fixture) []signers { return []signers{{f.admin(maker)}} },
			func(f *fixture) []signers { return []signers{{f.issue(maker, "client")}, {f.admin(carrier)}} },
		},
		"all of several": {
			func(f *fixture) *common.ConfigPolicy {
				return policy(f.t, by(0), &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_COMBINED, Principal: content(f.t, &msp.CombinedPrincipal{
					Principals: []*msp.MSPPrincipal{member(maker), admin(maker)},
				})})
			},
			func(f *fixture) []signers { return []signers{{f.admin(maker)}} },
			func(f *fixture) []signers { return []signers{{f.issue(maker, "client")}} },
		},
		"none of several": {
			func(f *fixture) *common.ConfigPolicy {
				return policy(f.t, by(0), &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_COMBINED})
			},
			func(*fixture) []signers { return nil },
			func(f *fixture) []signers { return []signers{{f.admin(maker)}} },
		},
		"all of the organisations": {
			func(*fixture) *common.ConfigPolicy {
				return configtest.Implicit(common.ImplicitMetaPolicy_ALL, "Admins")
			},
			func(f *fixture) []signers { return []signers{{f.admin(maker), f.admin(carrier), f.admin(retailer)}} },
			func(f *fixture) []signers { return []signers{{f.admin(maker), f.admin(carrier)}} },
		},
		"any of them": {
			func(*fixture) *common.ConfigPolicy {
				return configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Admins")
			},
			func(f *fixture) []signers { return []signers{{f.admin(retailer)}} },
			func(f *fixture) []signers { return []signers{{f.Orderer.Admin}, {f.issue(maker, "client")}, nil} },
		},
		"a policy that the organisations do not have": {
			func(*fixture) *common.ConfigPolicy {
				return configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Nobody")
			},
			func(*fixture) []signers { return nil },
			func(f *fixture) []signers { return []signers{{f.admin(maker), f.admin(carrier), f.admin(retailer)}} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			application(f.Config.GetChannelGroup()).Policies["Admins"] = tt.policy(f)
			pinned := f.pin()
			for _, s := range tt.good(f) {
				_, err := pinned.Follow(f.block(f.propose(relax, s...)))
				require.NoError(t, err)
			}
			for _, s := range tt.bad(f) {
				_, err := pinned.Follow(f.block(f.propose(relax, s...)))
				require.ErrorIs(t, err, channelconfig.ErrPolicy)
			}
		})
	}
}

func TestPoliciesThatCannotBeReadAreRefused(t *testing.T) {
	deep := by(0)
	for range 200 {
		deep = outOf(1, deep)
	}
	wide := outOf(1)
	for range 5000 {
		wide.GetNOutOf().Rules = append(wide.GetNOutOf().Rules, by(0))
	}
	role := configtest.Role(maker, msp.MSPRole_ADMIN)
	for name, tt := range map[string]struct {
		policy *common.ConfigPolicy
		want   error
	}{
		"a principal that is not there": {policy(t, by(1), role), channelconfig.ErrForm},
		"a negative one":                {policy(t, by(-1), role), channelconfig.ErrForm},
		"an empty rule":                 {policy(t, &common.SignaturePolicy{}, role), channelconfig.ErrForm},
		"no rule":                       {policy(t, nil), channelconfig.ErrForm},
		"nested beyond all need":        {policy(t, deep, role), channelconfig.ErrForm},
		"more rules than anybody needs": {policy(t, wide, role), channelconfig.ErrLimit},
		"a type that is not known":      {&common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{Type: 2}}, channelconfig.ErrForm},
		"no policy":                     {&common.ConfigPolicy{ModPolicy: "Admins"}, channelconfig.ErrForm},
		"a majority of nothing known":   {configtest.Implicit(7, "Admins"), channelconfig.ErrForm},
		"no protobuf":                   {&common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{Type: 1, Value: []byte{0xff}}}, channelconfig.ErrForm},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			_, err := f.pinned.Follow(f.block(f.propose(func(c *common.ConfigGroup) {
				application(c).Policies["Readers"] = tt.policy
			}, f.admin(maker), f.admin(carrier))))
			require.ErrorIs(t, err, tt.want)
			var failed *channelconfig.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, "policy /Channel/Application/Readers", failed.Element)
		})
	}
}
