package client_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestANamedCallMadeAgainReturnsWhatTheFirstReturned(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	request := logger("40")
	first, receipt, err := client.Call(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("device-40"))
	require.NoError(t, err)
	height := c.Ledger().Height()

	colleague := c.Client(t, "manufacturer", "admin") // in another process, after a crash
	again, same, err := client.Call(t.Context(), colleague, api.RegisterDevice, request, client.WithRequestID("device-40"))
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, receipt, same)
	require.Equal(t, height, c.Ledger().Height(), "nothing was submitted")

	_, _, err = client.Call(t.Context(), operator, api.RegisterDevice, request)
	require.ErrorIs(t, err, fault.AlreadyExists, "without a name it is another registration")
	_, _, err = client.Call(t.Context(), operator, api.RegisterDevice, logger("41"), client.WithRequestID("device-40"))
	require.ErrorIs(t, err, fault.RequestIDConflict)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "/requestId", failed.Field())
	require.Equal(t, receipt.Transaction, failed.Fault.Detail["transaction"])
}

func TestOfManyWhoMakeOneNamedCallAllHearTheSame(t *testing.T) {
	c := founded(t)
	request := logger("42")
	const callers = 8
	receipts := make([]*client.Receipt, callers)
	errs := make([]error, callers)
	var group sync.WaitGroup
	for i := range callers {
		operator := c.Client(t, "manufacturer", "operator")
		group.Go(func() {
			_, receipts[i], errs[i] = client.Call(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("device-42"))
		})
	}
	group.Wait()
	for i := range callers {
		require.NoError(t, errs[i])
		require.Equal(t, receipts[0], receipts[i])
	}
}

func TestTheFirstAnswerIsWaitedForAtOnesOwnPeer(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	request := logger("43")
	_, receipt, err := client.Call(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("device-43"))
	require.NoError(t, err)
	behind := status.Error(codes.Unknown, "evaluate call to endorser returned error: chaincode response 500, Failed to get transaction with id x, error no such transaction ID [x] in index")
	c.Interrupt(
		clienttest.Interruption{Step: clienttest.Evaluate, Err: behind},
		clienttest.Interruption{Step: clienttest.Evaluate, Err: behind},
		clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(codes.Unavailable, "connection lost")},
	)
	_, same, err := client.Call(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("device-43"))
	require.NoError(t, err)
	require.Equal(t, receipt, same)
}

func TestANameThatIsNoneIsRefusedBeforeAnythingIsSent(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Internal, "it was sent")})
	for _, id := range []string{"with space", "é", strings.Repeat("x", api.MaxRequestID+1), "a\x00b"} {
		_, _, err := client.Call(t.Context(), operator, api.RegisterDevice, logger("44"), client.WithRequestID(id))
		require.ErrorIs(t, err, fault.InvalidRequest)
	}
	_, _, err := operator.Submit(t.Context(), client.Invocation{Function: api.Capture.Function, Request: []byte(`{}`), RequestID: "a"})
	require.ErrorContains(t, err, "takes no request id")
	_, _, err = operator.Submit(t.Context(), client.Invocation{Function: api.RegisterDevice.Function, Request: []byte(`[]`), RequestID: "a"})
	require.ErrorIs(t, err, fault.InvalidRequest)
}

func TestARequestWithoutMembersCanBeNamed(t *testing.T) {
	c := founded(t)
	_, _, err := c.Client(t, "manufacturer", "operator").Submit(t.Context(), client.Invocation{Function: api.RegisterDevice.Function, Request: []byte(" { } "), RequestID: `a"b\c`})
	require.ErrorIs(t, err, fault.InvalidIdentifier, "it is read, and lacks an id of the device")
}

func TestAShortCallTakesANameToo(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	request := logger("45")
	first, err := operator.RegisterDevice(t.Context(), request, client.WithRequestID("device-45"))
	require.NoError(t, err)
	again, err := operator.RegisterDevice(t.Context(), request, client.WithRequestID("device-45"))
	require.NoError(t, err)
	require.Equal(t, first, again)
	_, err = operator.SuspendDevice(t.Context(), participant.SuspendDeviceRequest{ID: request.ID}, client.WithRequestID("device-45"))
	require.ErrorIs(t, err, fault.RequestIDConflict)
}

// repeating is a peer that gives out the first transaction that it was asked for,
// whichever it is asked for later.
type repeating struct {
	grpc.ClientConnInterface
	first *gateway.EvaluateResponse
}

func (f *repeating) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if err := f.ClientConnInterface.Invoke(ctx, method, args, reply, opts...); err != nil {
		return err
	}
	answer, ok := reply.(*gateway.EvaluateResponse)
	var processed peer.ProcessedTransaction
	if !ok || proto.Unmarshal(answer.GetResult().GetPayload(), &processed) != nil || processed.GetTransactionEnvelope() == nil {
		return nil
	}
	if f.first == nil {
		f.first = proto.CloneOf(answer)
	}
	proto.Reset(answer)
	proto.Merge(answer, f.first)
	return nil
}

func TestAnotherTransactionsAnswerIsNotTakenForTheFirst(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	operator := c.Client(t, "manufacturer", "operator", client.WithClientConnection(&repeating{ClientConnInterface: connection}))
	devices := map[string]participant.RegisterDeviceRequest{"46": logger("46"), "47": logger("47")}
	for name, device := range devices {
		_, err := operator.RegisterDevice(t.Context(), device, client.WithRequestID(name))
		require.NoError(t, err)
	}
	_, err = operator.RegisterDevice(t.Context(), devices["46"], client.WithRequestID("46"))
	require.NoError(t, err)
	_, err = operator.RegisterDevice(t.Context(), devices["47"], client.WithRequestID("47"))
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.ErrorContains(t, err, "not a valid transaction of this request")
}
