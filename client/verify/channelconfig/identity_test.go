package channelconfig_test

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// The carrier has an authority below its root, which may give out identities; each of
// these signs beside the manufacturer's administrator.
func TestWhoIsNotValidUnderItsMSPSignsNothing(t *testing.T) {
	f := newFixture(t)
	ca := f.Members[carrier].CA
	below, err := ca.Below("below." + carrier)
	require.NoError(t, err)
	f.commit(define(carrier, func(d *msp.FabricMSPConfig) {
		d.IntermediateCerts = [][]byte{configtest.PEM(below.Certificate)}
		units := d.GetFabricNodeOus()
		units.AdminOuIdentifier.Certificate, units.ClientOuIdentifier.Certificate = nil, nil
		units.PeerOuIdentifier.Certificate = configtest.PEM(below.Certificate)
		units.OrdererOuIdentifier = nil
	}))
	pinned := f.pin()
	stranger, err := configtest.NewAuthority("ca." + carrier) // of the same name
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		by     *configtest.Authority
		units  []string
		reason string
	}{
		"one that is valid":                  {below, []string{"admin"}, ""},
		"with a unit that says nothing":      {below, []string{"logistics", "admin"}, ""},
		"an administrator and a client":      {below, []string{"admin", "client"}, "2 of its organisational units"},
		"an administrator twice":             {below, []string{"admin", "admin"}, "2 of its organisational units"},
		"in no unit":                         {below, nil, "0 of its organisational units"},
		"in another unit":                    {below, []string{"logistics"}, "0 of its organisational units"},
		"of a root that has others below it": {ca, []string{"admin"}, "authorities below it"},
		"of another authority":               {stranger, []string{"admin"}, "does not lead to a root"},
	} {
		t.Run(name, func(t *testing.T) {
			i, err := tt.by.IssueUnits(carrier, "somebody", tt.units...)
			require.NoError(t, err)
			_, err = pinned.Follow(f.block(f.propose(relax, f.admin(maker), i)))
			if tt.reason == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, channelconfig.ErrPolicy)
			var failed *channelconfig.Error
			require.ErrorAs(t, err, &failed)
			require.Len(t, failed.Ignored, 1)
			require.Contains(t, failed.Ignored[0].Reason, tt.reason)
		})
	}
	t.Run("an authority itself", func(t *testing.T) {
		_, err := pinned.Follow(f.block(f.propose(relax, f.admin(maker), below.Identity(carrier))))
		require.ErrorIs(t, err, channelconfig.ErrPolicy)
		require.ErrorContains(t, err, "an authority's")
	})
}
