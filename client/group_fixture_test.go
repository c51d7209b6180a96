package client_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// gate is a connection on which a step waits while the gate is shut.
type gate struct {
	grpc.ClientConnInterface
	step clienttest.Step

	mu      sync.Mutex
	shut    chan struct{} // nil: open
	waiting chan struct{} // one for each call that waits
	passed  int
}

func (g *gate) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method == string(g.step) {
		g.mu.Lock()
		shut := g.shut
		g.passed++
		g.mu.Unlock()
		if shut != nil {
			g.waiting <- struct{}{}
			select {
			case <-shut:
			case <-ctx.Done():
				return status.FromContextError(ctx.Err()).Err()
			}
		}
	}
	return g.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.shut)
	g.shut = nil
}

func (g *gate) calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.passed
}

// gated returns a manufacturer's client whose calls wait at a step until the gate
// opens.
func gated(t *testing.T, c *clienttest.Consortium, step clienttest.Step, options ...client.Option) (*client.Client, *gate) {
	t.Helper()
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	g := &gate{ClientConnInterface: connection, step: step, shut: make(chan struct{}), waiting: make(chan struct{}, 1000)}
	return c.Client(t, "manufacturer", "operator", append(options, client.WithClientConnection(g))...), g
}

func group(t *testing.T, c *client.Client, options ...client.GroupOption) *client.Group {
	t.Helper()
	g, err := client.NewGroup(c, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close(context.Background())) })
	return g
}

// item is the nth object of the manufacturer, as a Digital Link.
func item(n int) string {
	return gs1.Authority + shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("G%d", n))
}

func eventOf(action epcis.Action, bizStep string, epcs ...string) epcis.Event {
	return epcis.Event{Type: epcis.ObjectEvent, Action: action, BizStep: bizStep, EventTime: now.Add(-time.Hour), EPCList: epcs}
}

func commissioning(epcs ...string) epcis.Event { return eventOf(epcis.Add, "commissioning", epcs...) }

// inspecting is the nth inspection of an object.
func inspecting(n int, epcs ...string) epcis.Event {
	e := eventOf(epcis.Observe, "inspecting", epcs...)
	e.EventTime = e.EventTime.Add(time.Duration(n) * time.Second)
	return e
}

func start(t *testing.T, g *client.Group, e epcis.Event) *client.Pending {
	t.Helper()
	p, err := g.Start(t.Context(), e)
	require.NoError(t, err)
	return p
}

func recorded(t *testing.T, p *client.Pending) *client.Grouped {
	t.Helper()
	captured, err := p.Wait(t.Context())
	require.NoError(t, err)
	require.Zero(t, captured.Event.Index)
	require.NotEmpty(t, captured.Transaction)
	return captured
}

// history returns the business steps of an object's events, in ledger order.
func history(t *testing.T, c *client.Client, object string) []string {
	t.Helper()
	var steps []string
	for entry, err := range c.History(t.Context(), object) {
		require.NoError(t, err)
		read, err := c.Event(t.Context(), entry.Event)
		require.NoError(t, err)
		body, err := epcis.ReadEvent(read.Body, epcis.Limits{})
		require.NoError(t, err)
		steps = append(steps, body.BizStep+" "+body.EventTime.Format("04:05"))
	}
	return steps
}
