package network_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

func TestOneOrganisationMayRunAnotherChaincodeThanTheRest(t *testing.T) {
	real(t)
	altered := filepath.Join(t.TempDir(), "altered")
	content, err := os.ReadFile(storecc)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(altered, content, 0o755))
	topology := storeTopology(t)
	topology.Organisations[1].ChaincodeBinary = altered
	topology.PrivateData = network.PrivateData{PurgeInterval: 3, ReconcileInterval: 700 * time.Millisecond}
	n, err := network.Start(t.Context(), topology, network.WithChaincodeBinary(storecc))
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()

	served := map[string]string{}
	for _, s := range n.Status() {
		if s.Kind == network.KindChaincode {
			served[s.Organisation], err = os.Readlink("/proc/" + strconv.Itoa(s.PID) + "/exe")
			require.NoError(t, err)
		}
	}
	require.Equal(t, map[string]string{"manufacturer": storecc, "carrier": altered, "retailer": storecc}, served)

	// Whether these intervals are kept is Fabric's affair; that its peers are told of them is ours.
	configuration, err := os.ReadFile(filepath.Join(n.Dir(), "organisations", "retailer", "peers", "peer0", "core.yaml"))
	require.NoError(t, err)
	for _, set := range []string{"purgeInterval: 3,", "reconcileSleepInterval: 700ms\n", "deprioritizedDataReconcilerInterval: 2.1s,"} {
		require.Contains(t, string(configuration), set)
	}
}
