package privacy_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// A member's peer is down while the other two write a record, and comes back while
// theirs are down: it gets the block from the orderer and the values from nobody.
// Its answer is that they are not here, which is neither that there are none nor an
// earlier one. When the others are back it fetches them by itself.
//
// Fabric v3.1.1 holds the commit of such a block back for
// peer.gossip.pvtData.pullRetryThreshold (10 s in our configuration) while it asks
// for the values, then commits the block without them, and asks again every
// reconcileSleepInterval.
func TestWhatDidNotArriveIsSaidToBeMissingAndIsFetchedLater(t *testing.T) {
	w := start(t)
	w.together(t)
	s := stored{draft: draft(t, "terms", map[string]string{"/price": "12.5"}), owner: manufacturer, members: []string{manufacturer, carrier, retailer}}
	require.NoError(t, w.network.StopPeer(t.Context(), retailer))
	writing := w.writing(t, s)
	writing.endorsers = []string{manufacturerMSP, carrierMSP} // two of three suffice
	_, block := w.must(t, writing)
	for _, member := range []string{manufacturer, carrier} {
		w.read(t, s, member)
		require.NoError(t, w.network.StopPeer(t.Context(), member))
	}

	require.NoError(t, w.network.StartPeer(t.Context(), retailer))
	w.reaches(t, retailer, block+1)
	_, err := w.evaluate(t, w.reading(t, s, retailer))
	requireRefused(t, err, fault.NotHere)

	for _, member := range []string{manufacturer, carrier} {
		require.NoError(t, w.network.StartPeer(t.Context(), member))
	}
	eventually(t, func(ctx context.Context) error {
		_, err := w.evaluate(t, w.reading(t, s, retailer))
		return err
	})
	w.read(t, s, retailer)
	w.together(t)
}
