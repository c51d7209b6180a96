package client_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// catchingUp is a connection to a gateway that was just restarted: it refuses what it
// is asked to endorse, as often as it is told to, and then has caught up.
type catchingUp struct {
	grpc.ClientConnInterface
	refusals, asked int
}

func (l *catchingUp) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if !strings.HasSuffix(method, "/Endorse") {
		return l.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	}
	gateways.Note(ctx, "restarted")
	if l.asked++; l.refusals > 0 {
		l.refusals--
		return status.Error(codes.Aborted, "chaincode response 500, "+fault.New(fault.NotFound, "the object is not on the ledger").Wire())
	}
	return l.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

func clientOver(t *testing.T, c *clienttest.Consortium, connection grpc.ClientConnInterface) *client.Client {
	t.Helper()
	user, err := c.User("manufacturer", "operator")
	require.NoError(t, err)
	operator, err := client.Connect(t.Context(), client.WithClientConnection(connection),
		client.WithIdentity("ManufacturerMSP", user.Certificate, user.Key), client.WithChannel(c.Roots().Channel))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, operator.Close()) })
	return operator
}

func TestAGatewayThatBeginsWithARefusalIsAskedOnceMore(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	peer := &catchingUp{ClientConnInterface: connection, refusals: 1}
	operator := clientOver(t, c, peer)
	_, err = operator.RegisterDevice(t.Context(), logger("20"))
	require.NoError(t, err, "it had caught up")
	require.Equal(t, 2, peer.asked)

	// Once it has endorsed, it is believed.
	peer.refusals, peer.asked = 1, 0
	_, err = operator.RegisterDevice(t.Context(), logger("21"))
	require.ErrorIs(t, err, fault.NotFound)
	require.Equal(t, 1, peer.asked)

	// And a refusal that stays is one, after two tries.
	peer.refusals, peer.asked = 9, 0
	_, err = clientOver(t, c, peer).RegisterDevice(t.Context(), logger("22"))
	require.ErrorIs(t, err, fault.NotFound)
	require.Equal(t, 2, peer.asked)
}

// besideHangs is a connection to two gateways, of which the second says nothing.
type besideHangs struct {
	*catchingUp
	patience time.Duration
}

func (h *besideHangs) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	if gateways.From(ctx) == "" {
		gateways.Note(ctx, "restarted")
		return h.ClientConnInterface.NewStream(ctx, d, method, options...)
	}
	ends, _ := ctx.Deadline()
	h.patience = time.Until(ends)
	<-ctx.Done()
	return nil, status.FromContextError(ctx.Err()).Err()
}

func TestAGatewayThatHangsDoesNotHoldUpTheRefusalsOfAnother(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	both := &besideHangs{catchingUp: &catchingUp{ClientConnInterface: connection, refusals: 9}}
	_, err = clientOver(t, c, both).RegisterDevice(t.Context(), logger("23"))
	require.ErrorIs(t, err, fault.NotFound)
	require.Positive(t, both.patience, "the second was asked how far it is")
	require.LessOrEqual(t, both.patience, time.Second)
}
