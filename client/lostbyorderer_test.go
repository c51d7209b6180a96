package client_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// forgetful is a connection to a gateway whose orderer accepts the first transaction
// and loses it, as one does that is killed with it in its queue.
type forgetful struct {
	grpc.ClientConnInterface
	handed atomic.Int32
}

func (f *forgetful) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if strings.HasSuffix(method, "/Submit") && f.handed.Add(1) == 1 {
		return nil
	}
	return f.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

func TestATransactionThatAnOrdererLostIsHandedOverAgain(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	lossy := &forgetful{ClientConnInterface: connection}
	operator := clientOver(t, c, lossy)
	registered, err := operator.RegisterDevice(t.Context(), logger("19"))
	require.NoError(t, err)
	require.Equal(t, int32(2), lossy.handed.Load())
	outcome, err := operator.Outcome(t.Context(), registered.Transaction)
	require.NoError(t, err)
	require.Equal(t, registered.Receipt, *outcome)
}

// slowing is a connection whose answers to the third question for a status take a while.
type slowing struct {
	grpc.ClientConnInterface
	asked atomic.Int32
}

func (s *slowing) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if method == string(clienttest.CommitStatus) && s.asked.Add(1) == 3 {
		time.Sleep(200 * time.Millisecond)
	}
	return s.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

// A gateway that is slow with a status is asked on, when another that was asked in the
// meantime cannot be reached: nothing says that the first will not answer.
func TestAnotherGatewayThatFailsDoesNotEndTheWaitForAStatus(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	slow := &slowing{ClientConnInterface: connection}
	operator := c.Client(t, "manufacturer", "operator", client.WithClientConnection(slow), client.WithTimeouts(client.Timeouts{Resolve: 50 * time.Millisecond}))
	c.Interrupt(
		clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(codes.DeadlineExceeded, "too late")},
		clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(codes.Unavailable, "connection refused")})
	height := c.Ledger().Height()
	registered, err := operator.RegisterDevice(t.Context(), logger("16"))
	require.NoError(t, err)
	require.Equal(t, height, registered.Block)
	require.Equal(t, int32(3), slow.asked.Load())
}
