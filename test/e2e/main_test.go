package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/network"
)

// Names in the default topology.
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

// world is a founded consortium on some ledger: a real network, or one in
// memory.
type world interface {
	// client returns a user's client, closed when the test ends.
	client(t *testing.T, organisation, user string) *client.Client
	// identityRoots are the authorities of an organisation's persons, PEM.
	identityRoots(t *testing.T, organisation string) []string
	// signatory is a user as a person who signs decisions.
	signatory(t *testing.T, organisation, user string) client.Signatory
	// roots are what a verifier of this ledger's evidence trusts.
	roots(t *testing.T) *verify.Roots
	// endorsers are what a call with transient data by an organisation needs.
	endorsers(organisation string) []client.CallOption
}

var shared struct {
	once    sync.Once
	network *network.Network
	err     error
}

func TestMain(m *testing.M) {
	flag.Parse()
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
	os.Exit(code)
}

// real is the world on the package's network.
type real struct{ network *network.Network }

// start returns the package's network, founded. It leaves a test out of short
// runs, and fails it when there is no network to be had.
func start(t *testing.T) real {
	t.Helper()
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		topology := network.Default()
		topology.MutualTLS = true // docs/testing.md says which networks do without
		shared.network, shared.err = network.Start(ctx, topology, network.WithProgress(func(e network.Event) {
			fmt.Printf("network: %5.1f s  %s: %s\n", e.Elapsed.Seconds(), e.Step, e.Detail)
		}))
		if shared.err == nil {
			found(t, real{shared.network})
		}
	})
	require.NoError(t, shared.err)
	return real{shared.network}
}

func (r real) client(t *testing.T, organisation, user string) *client.Client {
	t.Helper()
	return r.clientAt(t, organisation, organisation, user)
}

// clientAt connects to the gateway of a peer that may be another organisation's.
// What one has committed at a peer, others find there at once, and at their own
// peers a moment later.
func (r real) clientAt(t *testing.T, gateway, organisation, user string) *client.Client {
	t.Helper()
	person := r.signatory(t, organisation, user)
	c, err := client.Connect(t.Context(),
		client.WithProfile(r.network.Profile(gateway)),
		client.WithIdentity(msps[organisation], person.Certificate, person.Key))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func (r real) signatory(t *testing.T, organisation, user string) client.Signatory {
	t.Helper()
	person, err := client.SignatoryFromMSP(r.network.MSPDir(organisation, user))
	require.NoError(t, err)
	return person
}

func (r real) roots(t *testing.T) *verify.Roots {
	t.Helper()
	roots := &verify.Roots{Channel: r.network.Topology().Channel, Chaincode: r.network.Topology().Chaincode.Name}
	for _, name := range []string{manufacturer, carrier, retailer} {
		organisation, err := verify.RootsFromMSP(msps[name], r.network.OrganisationMSPDir(name))
		require.NoError(t, err)
		roots.Organisations = append(roots.Organisations, organisation)
	}
	return roots
}

// endorsers names the trading organisations for the regulator, whose own peer
// runs no chaincode: a gateway shows transient data to nobody unasked.
func (r real) endorsers(organisation string) []client.CallOption {
	if organisation == regulator {
		return []client.CallOption{client.EndorsedBy(manufacturerMSP, carrierMSP, retailerMSP)}
	}
	return nil
}

// memory is the world in memory.
type memory struct{ *clienttest.Consortium }

func (m memory) client(t *testing.T, organisation, user string) *client.Client {
	t.Helper()
	return m.Client(t, organisation, user)
}

// inMemory returns a founded consortium of its own.
func inMemory(t *testing.T) memory {
	t.Helper()
	m := memory{clienttest.New(t)}
	found(t, m)
	return m
}

func (m memory) signatory(t *testing.T, organisation, user string) client.Signatory {
	t.Helper()
	person, err := m.User(organisation, user)
	require.NoError(t, err)
	return client.Signatory{Certificate: person.Certificate, Key: person.Key}
}

func (m memory) roots(*testing.T) *verify.Roots { return m.Roots() }

func (m memory) endorsers(organisation string) []client.CallOption {
	return real{}.endorsers(organisation)
}
