package client_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestWhatTheOrdererHasTakenIsWaitedForLater(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	height := c.Ledger().Height()
	device, commit, err := client.CallAsync(t.Context(), operator, api.RegisterDevice, logger("50"))
	require.NoError(t, err)
	require.Equal(t, logger("50").ID, device.ID)
	receipt, err := commit.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, &client.Receipt{Transaction: commit.TransactionID(), Block: height}, receipt)
	again, err := commit.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, receipt, again)
}

func TestALostConnectionDoesNotKeepACommitFromBeingFound(t *testing.T) {
	lost := status.Error(codes.Unavailable, "connection lost")
	for name, interruptions := range map[string][]clienttest.Interruption{
		"the answer to the submit":           {{Step: clienttest.Submit, After: true, Err: lost}},
		"the submit, which never arrived":    {{Step: clienttest.Submit, Err: lost}},
		"the status":                         {{Step: clienttest.CommitStatus, Err: lost}},
		"the submit's answer and the status": {{Step: clienttest.Submit, After: true, Err: lost}, {Step: clienttest.CommitStatus, Err: lost}},
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator := c.Client(t, "manufacturer", "operator")
			c.Interrupt(interruptions...)
			height := c.Ledger().Height()
			_, commit, err := client.CallAsync(t.Context(), operator, api.RegisterDevice, logger("51"))
			require.NoError(t, err)
			receipt, err := commit.Status(t.Context())
			require.NoError(t, err)
			require.Equal(t, height, receipt.Block)
			require.Equal(t, height+1, c.Ledger().Height())
		})
	}
}

func TestALostRaceIsTheCallersOnceTheOrdererHasIt(t *testing.T) {
	c := founded(t)
	first := c.Client(t, "manufacturer", "operator")
	second := beforeStep(t, c, "manufacturer", "gateway", clienttest.Submit, func() {
		_, err := first.RegisterDevice(context.Background(), logger("52"))
		require.NoError(t, err)
	})
	_, commit, err := client.CallAsync(t.Context(), second, api.RegisterDevice, logger("52"))
	require.NoError(t, err)
	_, err = commit.Status(t.Context())
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.True(t, failed.Retry)
	require.Equal(t, "docs/errors.md#mvcc_read_conflict", failed.Help())
}

func TestANamedCallThatWasMadeHasACommitToWaitForToo(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	request := logger("53")
	device, receipt, err := client.Call(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("r"))
	require.NoError(t, err)
	same, commit, err := client.CallAsync(t.Context(), operator, api.RegisterDevice, request, client.WithRequestID("r"))
	require.NoError(t, err)
	require.Equal(t, device, same)
	found, err := commit.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, receipt, found)
}

// busy counts the calls that are in a step, and holds them there until let go.
type busy struct {
	grpc.ClientConnInterface
	step      clienttest.Step
	now, most atomic.Int64
	entered   chan struct{}
	letGo     chan struct{}
}

func (b *busy) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method != string(b.step) {
		return b.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	}
	now := b.now.Add(1)
	defer b.now.Add(-1)
	for most := b.most.Load(); now > most && !b.most.CompareAndSwap(most, now); most = b.most.Load() {
	}
	select {
	case b.entered <- struct{}{}:
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	}
	select {
	case <-b.letGo:
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	}
	return b.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func submitter(t *testing.T, limit int, step clienttest.Step) (*client.Submitter, *busy, *clienttest.Consortium) {
	t.Helper()
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	b := &busy{ClientConnInterface: connection, step: step, entered: make(chan struct{}, 100), letGo: make(chan struct{})}
	return client.NewSubmitter(c.Client(t, "manufacturer", "operator", client.WithClientConnection(b)), limit), b, c
}

func TestNoMoreCallsAreMadeAtATimeThanTheLimit(t *testing.T) {
	const limit, calls = 3, 12
	s, b, c := submitter(t, limit, clienttest.Endorse)
	height := c.Ledger().Height()
	var all []*client.Going[participant.Device]
	for i := range limit {
		going, err := client.Go(t.Context(), s, api.RegisterDevice, logger(fmt.Sprint(100+i)))
		require.NoError(t, err)
		all = append(all, going)
		<-b.entered
	}
	full, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Go(full, client.Invocation{Function: api.RegisterDevice.Function})
	require.ErrorIs(t, err, context.Canceled)
	waiting := make(chan error, 1)
	full, cancel = context.WithCancel(t.Context())
	go func() {
		_, err := s.Go(full, client.Invocation{Function: api.RegisterDevice.Function})
		waiting <- err
	}()
	cancel()
	require.ErrorIs(t, <-waiting, context.Canceled, "it waited for a place")

	close(b.letGo)
	for i := limit; i < calls; i++ {
		going, err := client.Go(t.Context(), s, api.RegisterDevice, logger(fmt.Sprint(100+i)))
		require.NoError(t, err)
		all = append(all, going)
	}
	for i, going := range all {
		device, receipt, err := going.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, logger(fmt.Sprint(100+i)).ID, device.ID)
		require.NotZero(t, receipt.Block)
	}
	require.LessOrEqual(t, b.most.Load(), int64(limit))
	require.Equal(t, height+calls, c.Ledger().Height())
	require.NoError(t, s.Close(t.Context()))
	require.NoError(t, s.Close(t.Context()))
	_, err = s.Go(t.Context(), client.Invocation{Function: api.RegisterDevice.Function})
	require.ErrorIs(t, err, client.ErrSubmitterClosed)
}

func TestClosingASubmitterWaitsForItsCalls(t *testing.T) {
	s, b, _ := submitter(t, 2, clienttest.CommitStatus)
	going, err := client.Go(t.Context(), s, api.RegisterDevice, logger("120"))
	require.NoError(t, err)
	<-b.entered
	var closing sync.WaitGroup
	closing.Go(func() { require.NoError(t, s.Close(t.Context())) })
	select {
	case <-going.Done():
		t.Fatal("it was cancelled")
	default:
	}
	close(b.letGo)
	closing.Wait()
	<-going.Done()
	_, _, err = going.Wait(t.Context())
	require.NoError(t, err)
}

func TestWhoCannotWaitForASubmittersCallsCancelsThem(t *testing.T) {
	s, b, c := submitter(t, 2, clienttest.Endorse)
	height := c.Ledger().Height()
	going, err := client.Go(t.Context(), s, api.RegisterDevice, logger("121"))
	require.NoError(t, err)
	<-b.entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = going.Wait(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Close(ctx), context.Canceled)
	_, _, err = going.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEndorse, failed.Stage)
	require.Equal(t, height, c.Ledger().Height())
}

func TestARefusalReachesWhoWaits(t *testing.T) {
	s, b, _ := submitter(t, 1, clienttest.Endorse)
	close(b.letGo)
	wrong := logger("122")
	wrong.ID = "x"
	going, err := client.Go(t.Context(), s, api.RegisterDevice, wrong)
	require.NoError(t, err)
	_, _, err = going.Wait(t.Context())
	require.ErrorIs(t, err, fault.InvalidIdentifier)
	require.NoError(t, s.Close(t.Context()))
}
