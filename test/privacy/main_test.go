package privacy_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/test/privacy/internal/recorder"
)

// Names in the topology.
const (
	manufacturer = "manufacturer"
	carrier      = "carrier"
	retailer     = "retailer"
	regulator    = "regulator"

	manufacturerMSP = "ManufacturerMSP"
	carrierMSP      = "CarrierMSP"
	retailerMSP     = "RetailerMSP"
	regulatorMSP    = "RegulatorMSP"
)

var (
	everybody = []string{manufacturer, carrier, retailer, regulator}
	msps      = map[string]string{manufacturer: manufacturerMSP, carrier: carrierMSP, retailer: retailerMSP, regulator: regulatorMSP}

	// bilateral is shared by the manufacturer and the retailer; the carrier is a
	// stranger to it. shared is of all three.
	bilateral  = collections.Relation(manufacturerMSP, retailerMSP)
	trilateral = collections.Relation(manufacturerMSP, carrierMSP, retailerMSP)
)

// purgeInterval is in how many blocks a peer removes what was purged: few, so that
// a test can wait for it.
const purgeInterval = 4

// reconcileInterval is how often a peer asks for private data that it missed.
const reconcileInterval = time.Second

var shared struct {
	once  sync.Once
	world *world
	err   error
}

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("SHORT: what private data needs of a real network is left out")
	}
	code := m.Run()
	if shared.world != nil {
		if err := shared.world.close(); err != nil {
			fmt.Println("FAIL: stop:", err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil {
		fmt.Println("FAIL:", err)
		code = 1
	}
	os.Exit(code)
}

// world is the package's network, what its clients were answered, and their
// connections, one for each organisation.
type world struct {
	network     *network.Network
	recorder    *recorder.Recorder
	connections map[string]*grpc.ClientConn
	programs    string // the directory of the altered chaincode
	// abandoned are the transactions that some peers have endorsed, by id, and that
	// were never submitted, because others did not.
	abandoned []string
}

// start returns the package's network, founded. It leaves a test out of short
// runs, and says so; it fails it when there is no network to be had.
func start(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	shared.once.Do(func() {
		shared.world = &world{recorder: recorder.New(), connections: map[string]*grpc.ClientConn{}}
		if shared.err = shared.world.open(); shared.err == nil {
			shared.world.found(t)
		}
	})
	require.NoError(t, shared.err)
	return shared.world
}

func (w *world) open() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if w.programs, err = os.MkdirTemp("", "countersign-altered-"); err != nil {
		return err
	}
	altered := filepath.Join(w.programs, "altered")
	build := exec.CommandContext(ctx, "go", "build", "-o", altered, "./altered")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the altered chaincode: %w: %s", err, said)
	}
	topology, err := topology(altered)
	if err != nil {
		return err
	}
	w.network, err = network.Start(ctx, topology, network.WithProgress(func(e network.Event) {
		fmt.Printf("network: %5.1f s  %s: %s\n", e.Elapsed.Seconds(), e.Step, e.Detail)
	}))
	return err
}

// topology is the default one with the altered chaincode at two organisations, and
// other collections: a relation of three besides those of two, but none of the
// carrier and the retailer alone; and the carrier discloses nothing to the regulator.
func topology(altered string) (network.Topology, error) {
	t := network.Default()
	for i, o := range t.Organisations {
		if o.Name == manufacturer || o.Name == carrier {
			t.Organisations[i].ChaincodeBinary = altered
		}
	}
	t.PrivateData = network.PrivateData{PurgeInterval: purgeInterval, ReconcileInterval: reconcileInterval}
	consortium := t.Consortium()
	consortium.Relations = [][]string{
		{manufacturerMSP, carrierMSP},
		{manufacturerMSP, retailerMSP},
		{manufacturerMSP, carrierMSP, retailerMSP},
	}
	for _, from := range []string{manufacturerMSP, carrierMSP, retailerMSP} {
		for _, to := range msps {
			if from != to && (from != carrierMSP || to != regulatorMSP) {
				consortium.Disclosures = append(consortium.Disclosures, collections.Flow{From: from, To: to})
			}
		}
	}
	var err error
	t.Chaincode.Collections, err = collections.JSON(consortium.Definitions())
	return t, err
}

func (w *world) close() error {
	var errs []error
	for _, c := range w.connections {
		errs = append(errs, c.Close())
	}
	if w.network != nil {
		errs = append(errs, w.network.Stop(context.Background()))
	}
	return errors.Join(append(errs, os.RemoveAll(w.programs))...)
}
