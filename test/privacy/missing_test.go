package privacy_test

import (
	"context"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// A member's peer is down while the other two write a record, and comes back while
// theirs are down: it gets the block from the orderer and the values from nobody.
// Its answer is that they are not here, which is neither that there are none nor an
// earlier one. When the others are back it fetches them by itself.
//
// Fabric v3.1.1 holds the commit of such a block, and of one with a purge, back for
// peer.gossip.pvtData.pullRetryThreshold (10 s in our configuration) while it asks
// for the values, then commits the block without them, and asks again every
// reconcileSleepInterval. What was purged meanwhile never reaches it, not even into
// its store of private data.
func TestWhatDidNotArriveIsSaidToBeMissingAndIsFetchedLater(t *testing.T) {
	w, c := start(t), newCanaries()
	w.together(t)
	three, two := []string{manufacturer, carrier, retailer}, []string{manufacturerMSP, carrierMSP} // two of three suffice
	s := stored{draft: draft(t, "terms", map[string]string{"/price": "12.5"}), owner: manufacturer, members: three}
	gone := stored{draft: draft(t, "terms", map[string]string{"/notes": c.new(t, "purged meanwhile")}), owner: manufacturer, members: three}
	require.NoError(t, w.network.StopPeer(t.Context(), retailer))
	w.atOnce(t, two, w.writing(t, gone), w.writing(t, s))
	purge := w.purging(t, gone)
	purge.endorsers = two
	_, block := w.must(t, purge)
	for _, member := range []string{manufacturer, carrier} {
		w.read(t, s, member)
		require.NoError(t, w.network.StopPeer(t.Context(), member))
	}

	require.NoError(t, w.network.StartPeer(t.Context(), retailer))
	w.reaches(t, retailer, block+1)
	_, err := w.evaluate(t, w.reading(t, s, retailer))
	requireRefused(t, err, fault.NotHere)
	_, err = w.evaluate(t, w.reading(t, gone, retailer))
	requireRefused(t, err, fault.NotFound)

	for _, member := range []string{manufacturer, carrier} {
		require.NoError(t, w.network.StartPeer(t.Context(), member))
	}
	eventually(t, func(ctx context.Context) error {
		_, err := w.evaluate(t, w.reading(t, s, retailer))
		return err
	})
	w.read(t, s, retailer)
	w.together(t)
	w.advance(t, purgeInterval+1)
	found := w.settled(t, w.look(t, c.secrets...))
	require.Empty(t, found.Where(func(f search.Finding) bool { return f.Kind != search.Remnant }))
}

// atOnce has several calls endorsed, and then committed at the same time, most likely
// in one block: a peer that lacks their values is held up once.
func (w *world) atOnce(t *testing.T, endorsers []string, calls ...call) {
	t.Helper()
	var sent []*gateway.Commit
	var endorsed []*gateway.Transaction
	for _, c := range calls {
		c.endorsers = endorsers
		var transaction *gateway.Transaction
		soon(t, func(context.Context) (err error) {
			transaction, err = w.endorse(t, c)
			return err
		})
		endorsed = append(endorsed, transaction)
	}
	for _, transaction := range endorsed {
		commit, err := transaction.SubmitWithContext(t.Context())
		require.NoError(t, err)
		sent = append(sent, commit)
	}
	for _, commit := range sent {
		status, err := commit.StatusWithContext(t.Context())
		require.NoError(t, err)
		require.True(t, status.Successful, status.Code)
	}
}
