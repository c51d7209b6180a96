package client_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// fronts returns n gateways of a consortium, of the manufacturer.
func fronts(t *testing.T, c *clienttest.Consortium, n int) []*front {
	t.Helper()
	address := c.Serve(t, "manufacturer", t.TempDir())
	var list []*front
	for range n {
		list = append(list, newFront(t, address, nil))
	}
	return list
}

func insecure(list ...*front) client.Option {
	var named []client.Gateway
	for _, f := range list {
		named = append(named, client.Gateway{Address: f.address, Insecure: true})
	}
	return client.WithGateways(named...)
}

// connectTo connects a user to gateways, and nothing else.
func connectTo(t *testing.T, c *clienttest.Consortium, organisation, user string, options ...client.Option) *client.Client {
	t.Helper()
	person, err := c.User(organisation, user)
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), append([]client.Option{
		client.WithIdentity(person.MSP, person.Certificate, person.Key), client.WithChannel(clienttest.Channel),
	}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connected.Close()) })
	return connected
}

// events keeps what gateways did.
type events struct {
	client.Observer
	mu   sync.Mutex
	seen []client.Event
}

func (e *events) Begin(ctx context.Context, _ client.Step) (context.Context, func(client.Outcome)) {
	return ctx, nil
}

func (e *events) Observe(_ context.Context, event client.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = append(e.seen, event)
}

func (e *events) kinds() []client.EventKind {
	e.mu.Lock()
	defer e.mu.Unlock()
	var kinds []client.EventKind
	for _, event := range e.seen {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

func TestADeadGatewayCostsNoCallAndNothingHappensTwice(t *testing.T) {
	c := founded(t)
	list := fronts(t, c, 2)
	told := &events{}
	admin := connectTo(t, c, "manufacturer", "admin", insecure(list...), client.WithObserver(told))
	const callers, each = 4, 12
	var group sync.WaitGroup
	errs := make(chan error, callers*each)
	for caller := range callers {
		group.Go(func() {
			for i := range each {
				if caller == 0 && i == 3 {
					list[0].down()
				}
				_, err := admin.RegisterDevice(t.Context(), logger(fmt.Sprintf("%d", 100*caller+i)))
				errs <- err
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	for caller := range callers {
		for i := range each {
			_, err := admin.RegisterDevice(t.Context(), logger(fmt.Sprintf("%d", 100*caller+i)))
			require.ErrorIs(t, err, fault.AlreadyExists, "it is there, once")
		}
	}
	health := admin.Gateways()
	require.Len(t, health, 2)
	require.Equal(t, list[0].address, health[0].Address)
	require.Equal(t, client.GatewayStateLost, health[0].State)
	require.Error(t, health[0].Err)
	require.True(t, health[1].Chosen)
	require.Contains(t, told.kinds(), client.GatewayLost)
	require.Contains(t, told.kinds(), client.GatewayChosen)
}

func TestAProfilesPeersAreGatewaysInItsOrder(t *testing.T) {
	c := founded(t)
	list := fronts(t, c, 3)
	path := filepath.Join(t.TempDir(), "connection.yaml")
	write := func(own string) {
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, `client: {organization: carrier}
organizations: {carrier: {mspid: CarrierMSP, peers: [%s]}, retailer: {mspid: RetailerMSP, peers: [peer0.retailer]}}
channels: {supplychain: {}}
peers:
  peer1.carrier: {url: "grpc://%s"}
  peer0.carrier: {url: "grpc://%s"}
  peer0.retailer: {url: "grpc://%s"}
`, own, list[1].address, list[0].address, list[2].address), 0o600))
	}
	write("peer0.carrier, peer1.carrier")
	addresses := func(c *client.Client) (all []string) {
		for _, g := range c.Gateways() {
			all = append(all, g.Address)
		}
		return all
	}
	own := connectTo(t, c, "carrier", "auditor", client.WithProfile(path))
	require.Equal(t, []string{list[0].address, list[1].address}, addresses(own), "others' peers only when they are named")
	with := connectTo(t, c, "carrier", "auditor", client.WithProfile(path), client.WithPeers("peer0.retailer"))
	require.Equal(t, []string{list[0].address, list[1].address, list[2].address}, addresses(with))

	// The operators change the profile: the client follows.
	write("peer1.carrier")
	require.NoError(t, own.Reload(t.Context()))
	require.Equal(t, []string{list[1].address}, addresses(own))
	_, err := own.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("client: ["), 0o600))
	require.ErrorContains(t, own.Reload(t.Context()), "read the connection profile")
	require.Error(t, own.Identity().Err)
	_, err = own.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err, "a profile that cannot be read changes nothing")
}

func TestTheGatewayThatIsNamedMustBeWhole(t *testing.T) {
	c := founded(t)
	person, err := c.User("carrier", "auditor")
	require.NoError(t, err)
	nothing := filepath.Join(t.TempDir(), "none.pem")
	require.NoError(t, os.WriteFile(nothing, []byte("nothing"), 0o600))
	for says, g := range map[string]client.Gateway{
		"no address":      {},
		"TLS authorities": {Address: "localhost:7051"},
		"choose":          {Address: "localhost:7051", Insecure: true, TLSRoots: nothing},
		"no certificate":  {Address: "localhost:7051", TLSRoots: nothing},
		"no such file":    {Address: "localhost:7051", TLSRoots: nothing + "x"},
	} {
		_, err := client.Connect(t.Context(), client.WithGateways(g), client.WithChannel("c"), client.WithIdentity(person.MSP, person.Certificate, person.Key))
		require.ErrorContains(t, err, says)
	}
	require.Nil(t, c.Client(t, "carrier", "auditor").Gateways(), "the connection is the caller's")
}
