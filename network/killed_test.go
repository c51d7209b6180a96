package network_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// ownerDir, in the environment, makes the test binary the owner of a network in
// that directory, until it is told to stop.
const ownerDir = "COUNTERSIGN_TEST_OWNER_DIR"

func TestMainOwner(t *testing.T) {
	dir := os.Getenv(ownerDir)
	if dir == "" {
		t.Skip("only as a child of TestNothingOutlivesItsOwner")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	n, err := network.Start(ctx, storeTopology(t), network.WithDir(dir))
	if err != nil {
		return
	}
	<-ctx.Done()
	require.NoError(t, n.Stop(context.Background()))
}

func TestNothingOutlivesItsOwnerHoweverAndWheneverItEnds(t *testing.T) {
	real(t)
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	for moment := range 10 {
		signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}[moment%2]
		owner := exec.Command(self, "-test.run=^TestMainOwner$")
		owner.Env = append(os.Environ(), ownerDir+"="+dir)
		require.NoError(t, owner.Start())
		time.Sleep(time.Duration(moment) * 150 * time.Millisecond)
		require.NoError(t, owner.Process.Signal(signal))
		_ = owner.Wait() // killed is what it should be

		require.Eventually(t, func() bool { return len(inhabitants(t, dir)) == 0 }, patience, 10*time.Millisecond,
			"moment %d, %s: %v", moment, signal, inhabitants(t, dir))
	}
	// What a killed owner left in its directory is no hindrance.
	n, err := network.Start(t.Context(), storeTopology(t), network.WithDir(dir))
	require.NoError(t, err)
	require.NoError(t, n.Stop(t.Context()))
}

// inhabitants are the processes that work in a directory, as all nodes do.
func inhabitants(t *testing.T, dir string) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	require.NoError(t, err)
	var found []string
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, dir) {
			found = append(found, link+" "+target)
		}
	}
	return found
}
