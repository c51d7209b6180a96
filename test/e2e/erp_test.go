package e2e_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/countersign-ledger/countersign/client/examples/erp/story"
)

// The ten tasks of an ERP's developer, each organisation at its own peer; one peer is
// killed while documents go through it.
func TestTheTenTasksOverARealNetwork(t *testing.T) {
	w := start(t)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "erp.db")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	killed := false
	t.Cleanup(func() {
		if killed {
			require.NoError(t, w.network.StartPeer(context.Background(), carrier))
		}
	})
	story.Tell(t, story.World{
		Profile: w.network.Profile, MSP: w.network.MSPDir, Roots: w.roots(t), Partner: "peer0.manufacturer.example", DB: db, Run: "1",
		Kill: func() {
			killed = true
			require.NoError(t, w.network.KillPeer(t.Context(), carrier))
		},
	})
}
