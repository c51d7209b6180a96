package network_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

func TestStopEndsAChangeThatIsUnderWayAndLeavesNothing(t *testing.T) {
	real(t)
	for _, moment := range []time.Duration{0, 300 * time.Millisecond, 700 * time.Millisecond} {
		n, err := network.Start(t.Context(), storeTopology(t))
		require.NoError(t, err)
		changed := make(chan error, 1)
		go func() { changed <- n.Admit(t.Context(), network.Trader("grower"), network.Definition{}) }()
		time.Sleep(moment) // wherever it is by then
		nodes := n.Status()
		require.NoError(t, n.Stop(t.Context()))
		if err := <-changed; !errors.Is(err, network.ErrNotRunning) {
			require.NoError(t, err, "it was done before")
		}
		gone(t, nodes)
		require.NoDirExists(t, n.Dir())
		require.NoError(t, n.Err())
	}
}
