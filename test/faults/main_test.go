package faults_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// How long the chaos lasts, and what chance it has.
var (
	chaosFor  = flag.Duration("faults.for", 2*time.Minute, "how long TestChaos kills, freezes and cuts")
	keepDir   = flag.String("faults.dir", "", "keep the network's files and logs here")
	chaosSeed = flag.Uint64("faults.seed", 0, "the seed of TestChaos; 0 draws one")
)

// party is an organisation of the network as it stands on the ledger.
type party struct{ name, msp, gln, prefix, country string }

// The parties. Prefix 952 is GS1's for examples.
var (
	manufacturer = party{"manufacturer", "ManufacturerMSP", "urn:epc:id:pgln:9521321.00000", "9521321", "DE"}
	carrier      = party{"carrier", "CarrierMSP", "urn:epc:id:pgln:9521987.00000", "9521987", "NL"}
	retailer     = party{"retailer", "RetailerMSP", "urn:epc:id:pgln:9521555.00000", "9521555", "FR"}
	parties      = []party{manufacturer, carrier, retailer}
)

// topology has nothing that is there once only, but a chaincode server for each
// organisation: three orderers, and two peers for each.
func topology() network.Topology {
	t := network.Resilient()
	t.Organisations = t.Organisations[:len(parties)] // nobody here only reads
	return t
}

var shared struct {
	once    sync.Once
	network *network.Network
	err     error
}

func TestMain(m *testing.M) {
	flag.Parse()
	if path := os.Getenv(childVariable); path != "" {
		os.Exit(child(path))
	}
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	defer func() {
		if shared.network == nil {
			return
		}
		if err := shared.network.Stop(context.Background()); err != nil {
			fmt.Println("FAIL: stop:", err)
			code = 1
		}
		if err := goleak.Find(); err != nil {
			fmt.Println("FAIL:", err)
			code = 1
		}
	}()
	return m.Run()
}

// running returns the package's network with every node up, founded. It leaves a
// test out of short runs, and fails it when there is no network to be had.
func running(t *testing.T) *network.Network {
	t.Helper()
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		shared.network, shared.err = network.Start(ctx, topology(), network.WithDir(*keepDir), network.WithProgress(func(e network.Event) {
			fmt.Printf("network: %5.1f s  %s: %s\n", e.Elapsed.Seconds(), e.Step, e.Detail)
		}))
		if shared.err == nil {
			found(t, shared.network)
		}
	})
	require.NoError(t, shared.err)
	return shared.network
}

// found puts the organisations on the ledger as their admins do.
func found(t *testing.T, n *network.Network) {
	t.Helper()
	proposal := participant.Proposal{Reason: "founding"}
	for _, p := range parties {
		proposal.Organisations = append(proposal.Organisations, participant.Organisation{
			MSP: p.msp, Name: p.name, Country: p.country, Roles: []string{p.name}, GLNs: []string{p.gln},
			Licences: []participant.Licence{{Prefix: p.prefix}}, IdentityRoots: identityRoots(t, n, p),
		})
	}
	proposed, err := connect(t, n, manufacturer, "admin").Propose(t.Context(), proposal)
	require.NoError(t, err)
	for _, p := range parties {
		_, err := connect(t, n, p, "admin").Approve(t.Context(), proposed.Proposal)
		require.NoError(t, err)
	}
}

func identityRoots(t *testing.T, n *network.Network, p party) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(n.OrganisationMSPDir(p.name), "cacerts", "*.pem"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return []string{string(text)}
}

// connect returns a user's client, closed when the test ends.
func connect(t *testing.T, n *network.Network, p party, user string, options ...client.Option) *client.Client {
	t.Helper()
	options = append([]client.Option{client.WithProfile(n.Profile(p.name)), client.WithMSP(n.MSPDir(p.name, user))}, options...)
	c, err := client.Connect(t.Context(), options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}
