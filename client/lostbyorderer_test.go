package client_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
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
