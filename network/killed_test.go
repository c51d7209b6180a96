package network_test

import (
	"bytes"
	"context"
	"fmt"
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

// In the environment these make the test binary the owner of a network in a
// directory, with a chaincode, until it is told to stop.
const (
	ownerDir       = "COUNTERSIGN_TEST_OWNER_DIR"
	ownerChaincode = "COUNTERSIGN_TEST_OWNER_CHAINCODE"
)

// own runs a network as a program would that knows SIGTERM, and tells each step.
func own(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	topology := network.Default()
	topology.Chaincode = network.Chaincode{Name: "store", Version: "1", Binary: os.Getenv(ownerChaincode)}
	n, err := network.Start(ctx, topology, network.WithDir(dir), network.WithProgress(func(e network.Event) { fmt.Println(e.Step) }))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	<-ctx.Done()
	if n.Stop(context.Background()) != nil {
		return 1
	}
	return 0
}

func TestNothingOutlivesItsOwnerHoweverAndWheneverItEnds(t *testing.T) {
	real(t)
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	for moment := range 10 {
		signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}[moment%2]
		owner := exec.Command(self)
		owner.Env = append(os.Environ(), ownerDir+"="+dir, ownerChaincode+"="+storecc)
		var steps bytes.Buffer
		owner.Stdout = &steps
		require.NoError(t, owner.Start())
		time.Sleep(time.Duration(moment) * 250 * time.Millisecond)
		require.NoError(t, owner.Process.Signal(signal))
		_ = owner.Wait() // killed is what it should be
		t.Logf("%s after %s", signal, strings.Join(strings.Fields(steps.String()), " "))

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
