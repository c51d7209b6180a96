package channelconfig_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

func msps(t *testing.T, c *channelconfig.Configuration) []string {
	t.Helper()
	list, err := c.Organisations()
	require.NoError(t, err)
	var names []string
	for _, o := range list {
		names = append(names, o.MSP)
	}
	return names
}

func TestConfigurationsAreFollowedThroughUpdatesThatVerify(t *testing.T) {
	f := newFixture(t)
	require.Equal(t, []string{carrier, maker, retailer}, msps(t, f.pinned))

	admitted, err := f.pinned.Follow(f.commit(admit(f.organisation("GrowerMSP"))))
	require.NoError(t, err)
	require.Equal(t, uint64(1), admitted.Sequence())
	require.Equal(t, "supplychain", admitted.Channel())
	require.Equal(t, []string{carrier, "GrowerMSP", maker, retailer}, msps(t, admitted))
	require.Equal(t, f.Now, admitted.Time())
	number, known := admitted.Block()
	require.True(t, known)
	require.Equal(t, f.Number, number)
	require.True(t, proto.Equal(f.Config, admitted.Config()))

	removed, err := admitted.Follow(f.commit(remove("GrowerMSP")))
	require.NoError(t, err)
	require.Equal(t, []string{carrier, maker, retailer}, msps(t, removed))
	require.Equal(t, []string{carrier, "GrowerMSP", maker, retailer}, msps(t, admitted), "what was followed does not change")
}

func TestARotatedAuthorityIsFollowed(t *testing.T) {
	f := newFixture(t)
	next, err := configtest.NewAuthority("ca2." + carrier)
	require.NoError(t, err)
	rotated := configtest.Organisation{MSP: carrier, CA: next}
	// The organisation changes its own definition; nobody else needs to agree.
	u := f.propose(define(carrier, func(d *msp.FabricMSPConfig) { proto.Reset(d); proto.Merge(d, rotated.Definition()) }), f.admin(carrier))
	after, err := f.pinned.Follow(f.block(u))
	require.NoError(t, err)
	list, err := after.Organisations()
	require.NoError(t, err)
	require.Equal(t, carrier, list[0].MSP)
	require.Equal(t, []*x509.Certificate{next.Certificate}, list[0].Roots)
	require.Equal(t, "peer", list[0].PeerUnit)
	require.Equal(t, []string{"client", "admin", "orderer"}, list[0].OtherUnits)
	require.Equal(t, next.Certificate, list[0].PeerIssuer)

	f.Config = u.Claimed
	f.Pass()
	_, err = after.Follow(f.block(f.propose(relax, f.admin(maker), f.admin(carrier))))
	require.ErrorIs(t, err, channelconfig.ErrPolicy, "administrators of the authority before are nobody now")
}

func TestAnEnvelopeIsEnoughAndSaysNoTime(t *testing.T) {
	f := newFixture(t)
	u := f.propose(relax, f.admin(maker), f.admin(carrier))
	after, err := f.pinned.FollowEnvelope(f.Envelope(u))
	require.NoError(t, err)
	require.Equal(t, f.pinned.Time(), after.Time())
	_, known := after.Block()
	require.False(t, known)
	_, known = after.Hash()
	require.False(t, known)
}

func TestAPinnedHashIsTheBlocksOwn(t *testing.T) {
	f := newFixture(t)
	text, err := f.Genesis()
	require.NoError(t, err)
	var block common.Block
	require.NoError(t, proto.Unmarshal(text, &block))
	hash, err := configtest.HashOf(&block)
	require.NoError(t, err)
	pinned, err := channelconfig.PinByHash(text, hash)
	require.NoError(t, err)
	got, known := pinned.Hash()
	require.True(t, known)
	require.Equal(t, hash, got)

	hash[3] ^= 1
	_, err = channelconfig.PinByHash(text, hash)
	require.ErrorIs(t, err, channelconfig.ErrHash)

	block.Header.DataHash[0] ^= 1
	text, err = proto.Marshal(&block)
	require.NoError(t, err)
	_, err = channelconfig.Pin(text)
	require.ErrorIs(t, err, channelconfig.ErrHash)
}

func TestWhatWasFollowedIsNotTakenBack(t *testing.T) {
	f := newFixture(t)
	genesis, err := f.Genesis()
	require.NoError(t, err)
	other := f.block(f.propose(admit(f.organisation("OtherMSP")), f.admin(maker), f.admin(carrier)))
	first := f.commit(relax)
	second := f.commit(admit(f.organisation("GrowerMSP")))
	one, err := f.pinned.Follow(first)
	require.NoError(t, err)
	two, err := one.Follow(second)
	require.NoError(t, err)

	for name, tt := range map[string]struct {
		from  *channelconfig.Configuration
		block []byte
		want  error
	}{
		"an older one is shown as new":             {two, first, channelconfig.ErrRollBack},
		"the first one is shown as new":            {two, genesis, channelconfig.ErrRollBack},
		"the same again":                           {two, second, channelconfig.ErrKnown},
		"one is left out":                          {f.pinned, second, channelconfig.ErrSkipped},
		"another with its number, that was signed": {one, other, channelconfig.ErrFork},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tt.from.Follow(tt.block)
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func TestSignersOfThePastDoNotMakeTheFuture(t *testing.T) {
	f := newFixture(t)
	expiring, err := f.Members[carrier].CA.IssueFor(carrier, "temp", "admin", configtest.Start, f.Now.Add(time.Hour))
	require.NoError(t, err)
	u := f.propose(relax, f.admin(maker), expiring)
	_, err = f.pinned.Follow(f.block(u))
	require.NoError(t, err, "valid when the update was taken up")

	block := f.commit(admit(f.organisation("GrowerMSP"))) // a month later
	after, err := f.pinned.Follow(block)
	require.NoError(t, err)
	dated := f.Now
	u = f.propose(relax, f.admin(maker), f.admin(retailer), expiring)
	for _, now := range []time.Time{dated.AddDate(0, 1, 0), dated.AddDate(0, -2, 0)} {
		f.Now = now // and dating it back does not help
		_, err = after.Follow(f.block(u))
		require.ErrorIs(t, err, channelconfig.ErrPolicy)
		var failed *channelconfig.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, "temp", failed.Ignored[0].Subject)
		require.Contains(t, failed.Ignored[0].Reason, "valid from")
	}
}

func TestErrorsNameElementAndPolicy(t *testing.T) {
	f := newFixture(t)
	_, err := f.pinned.Follow(f.block(f.propose(relax, f.admin(maker))))
	var failed *channelconfig.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "policy /Channel/Application/Endorsement", failed.Element)
	require.Equal(t, "/Channel/Application/Admins", failed.Policy)
	require.Equal(t, `channel configuration: the update is not signed as the policy asks for: policy /Channel/Application/Endorsement (policy /Channel/Application/Admins): 1 of the 3 policies Admins below are satisfied and 2 must be; signatures that count: "admin@ManufacturerMSP" of "ManufacturerMSP"`, err.Error())
	require.True(t, errors.Is(err, channelconfig.ErrPolicy))
}
