package network_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

// storecc is the path of the tests' chaincode, and the only thing that TestMain
// prepares: the network itself is started by the first test that needs it.
var storecc string

// shared is the one network of this package's tests.
var shared struct {
	once    sync.Once
	network *network.Network
	err     error
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if dir := os.Getenv(ownerDir); dir != "" {
		return own(dir)
	}
	if os.Getenv(silent) != "" {
		return playSilent()
	}
	if testing.Short() {
		fmt.Println("SHORT: tests and examples on a real network are left out")
		if err := flag.Set("test.skip", "^Example"); err != nil {
			fmt.Println(err)
			return 1
		}
		return m.Run()
	}
	// Swept by the next run if this one is killed.
	dir, release, err := process.TempDir("countersign-storecc-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = release() }()
	storecc = filepath.Join(dir, "storecc")
	build := exec.Command("go", "build", "-o", storecc, "./testdata/storecc")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Printf("%v: %s\n", err, output)
		return 1
	}
	code := m.Run()
	if shared.network != nil {
		if err := shared.network.Stop(context.Background()); err != nil {
			fmt.Println("FAIL: stop:", err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil {
		fmt.Println("FAIL:", err)
		code = 1
	}
	return code
}

// real leaves a test out of short runs, and says so.
func real(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
}

// watchedCollection has the regulator as a member: it is disclosed to it.
const watchedCollection = "disclosed-to-regulator"

// storeTopology runs the tests' chaincode, with a collection for each pair of
// traders and one that the regulator is a member of.
func storeTopology(t testing.TB) network.Topology {
	topology := network.Default()
	topology.Chaincode = network.Chaincode{Name: "store", Version: "1", Binary: storecc}
	definitions := append(topology.Consortium().Definitions(), collections.Definition{
		Name: watchedCollection, Policy: "OR('ManufacturerMSP.member', 'RegulatorMSP.member')",
		RequiredPeerCount: 1, MaxPeerCount: 2, MemberOnlyRead: true, MemberOnlyWrite: true,
		EndorsementPolicy: &collections.EndorsementPolicy{SignaturePolicy: "OR('ManufacturerMSP.peer')"},
	})
	document, err := collections.JSON(definitions)
	require.NoError(t, err)
	topology.Chaincode.Collections = document
	return topology
}

// running gives the package's network, starting it if it does not run yet.
func running(t *testing.T) *network.Network {
	t.Helper()
	real(t)
	shared.once.Do(func() {
		shared.network, shared.err = network.Start(context.Background(), storeTopology(t))
	})
	require.NoError(t, shared.err)
	return shared.network
}
