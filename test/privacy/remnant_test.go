package privacy_test

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// What Fabric v3.1.1 keeps of private writes that did not become valid, at members
// only, in plain text:
//
//   - An invalid transaction's, in pvtdataStore, for good: no query finds it, and
//     block-and-private-data events deliver it. A purge of its key removes it, though
//     the state never had the key.
//   - What was endorsed and never submitted, in the transient store, until
//     transientstoreMaxBlockRetention (1,000) blocks have passed. A purge of its key
//     does not reach it.
func TestAPurgeReachesWhatAnInvalidTransactionLeftAndNoTransientStore(t *testing.T) {
	w, c := start(t), newCanaries()
	pair, both := collections.Relation(manufacturerMSP, carrierMSP), []string{manufacturerMSP, carrierMSP}
	write := func(name string) deed.Private {
		return deed.Private{Collection: pair, Key: randomText(t), Value: []byte(c.new(t, name))}
	}
	submit := func(want peer.TxValidationCode, d deed.Deeds, endorsers ...string) {
		settled, err := w.submit(t, call{organisation: manufacturer, function: metadata, deeds: &d, endorsers: endorsers})
		require.NoError(t, err)
		require.Equal(t, want, settled.Code)
	}
	valid, invalid, endorsed := write("valid"), write("invalid"), write("endorsed only")
	submit(peer.TxValidationCode_VALID, deed.Deeds{Write: []deed.Private{valid}}, both...)
	submit(peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, deed.Deeds{Write: []deed.Private{invalid}}, manufacturerMSP)
	submit(peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, deed.Deeds{Write: []deed.Private{write("invalid, not purged")}}, manufacturerMSP)
	_, err := w.proposal(t, call{
		organisation: manufacturer, function: metadata, deeds: &deed.Deeds{Write: []deed.Private{endorsed}}, endorsers: both,
	}).EndorseWithContext(t.Context())
	require.NoError(t, err)
	submit(peer.TxValidationCode_VALID, deed.Deeds{Purge: []deed.Private{valid}}, both...)
	submit(peer.TxValidationCode_VALID, deed.Deeds{Purge: []deed.Private{invalid}}, both...)
	submit(peer.TxValidationCode_VALID, deed.Deeds{Purge: []deed.Private{endorsed}}, both...)
	w.advance(t, purgeInterval+1)

	entries := w.look(t, c.secrets...).Where(func(f search.Finding) bool { return f.Kind == search.Entry })
	members := []string{"entry carrier", "entry manufacturer"}
	require.Empty(t, entries.Of("valid"))
	require.Empty(t, entries.Of("invalid"))
	require.Equal(t, members, entries.Of("invalid, not purged").Places())
	require.Equal(t, []string{"pvtdataStore"}, entries.Of("invalid, not purged").Stores())
	require.Equal(t, members, entries.Of("endorsed only").Places())
	require.Equal(t, []string{"transientstore"}, entries.Of("endorsed only").Stores())
}
