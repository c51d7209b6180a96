package client_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// founded is a consortium in which each organisation has a GLN and a prefix.
func founded(t *testing.T, options ...clienttest.Option) *clienttest.Consortium {
	t.Helper()
	c := clienttest.New(t, append([]clienttest.Option{clienttest.WithTime(now)}, options...)...)
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	return c
}

// logger is a device that can be registered.
func logger(serial string) participant.RegisterDeviceRequest {
	return participant.RegisterDeviceRequest{
		ID: "/8004/9506000" + serial, Algorithm: participant.EdDSA, PublicKey: newPublicKey(), Measures: "Temperature",
		Unit: "CEL", Accuracy: "0.5", CalibratedUntil: now.AddDate(1, 0, 0),
	}
}

// between does something between two steps of a call, once each.
type between struct {
	grpc.ClientConnInterface
	mu     sync.Mutex
	before map[string]func()
}

func (b *between) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	b.mu.Lock()
	act := b.before[method]
	delete(b.before, method)
	b.mu.Unlock()
	if act != nil {
		act()
	}
	return b.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

// beforeStep returns a client for which something happens before a step.
func beforeStep(t *testing.T, c *clienttest.Consortium, organisation, user string, step clienttest.Step, act func(), options ...client.Option) *client.Client {
	t.Helper()
	connection, err := c.Connection(organisation)
	require.NoError(t, err)
	wrapped := &between{ClientConnInterface: connection, before: map[string]func(){string(step): act}}
	return c.Client(t, organisation, user, append(options, client.WithClientConnection(wrapped))...)
}
