package gateways_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

func TestCallsMoveToTheNextGatewayAndComeBackToThePreferredOne(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	var mu sync.Mutex
	var events []gateways.Event
	p := pool(t, gateways.Settings{Settle: 50 * time.Millisecond, OnEvent: func(e gateways.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}}, one, two)

	answered, err := ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "one", answered)
	require.Equal(t, gateways.Idle, stateOf(p, two.address), "who is not needed is not dialled")

	one.down()
	answered, err = ask(t, p)
	require.NoError(t, err, "the caller notices nothing")
	require.Equal(t, "two", answered)
	require.Equal(t, gateways.Lost, stateOf(p, one.address))
	health := p.Health()
	require.Error(t, health[0].Err)
	require.False(t, health[0].Since.IsZero())
	require.True(t, health[1].Chosen)

	one.up(t)
	until(t, func() bool {
		answered, err := ask(t, p)
		return err == nil && answered == "one"
	})
	mu.Lock()
	defer mu.Unlock()
	var kinds []gateways.EventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	require.Contains(t, kinds, gateways.Gone)
	require.Contains(t, kinds, gateways.Found)
	chosen := slices.DeleteFunc(slices.Clone(events), func(e gateways.Event) bool { return e.Kind != gateways.Chosen })
	require.Len(t, chosen, 3)
	require.Equal(t, []string{one.address, two.address, one.address}, []string{chosen[0].Address, chosen[1].Address, chosen[2].Address})
}

func TestAGatewayThatCameBackIsNotUsedBeforeItHasSettled(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{Settle: time.Hour}, one, two)
	_, err := ask(t, p)
	require.NoError(t, err)
	one.down()
	answered, err := ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "two", answered)
	one.up(t)
	until(t, func() bool { return stateOf(p, one.address) == gateways.Returning })
	answered, err = ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "two", answered)
	two.down()
	answered, err = ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "one", answered, "it is better than none")
}

func TestWhatAGatewayAnswersIsNotAskedElsewhere(t *testing.T) {
	for _, code := range []codes.Code{codes.Unavailable, codes.Aborted, codes.FailedPrecondition, codes.ResourceExhausted, codes.Unknown} {
		t.Run(code.String(), func(t *testing.T) {
			one, two := newPeer(t, "one"), newPeer(t, "two")
			p := pool(t, gateways.Settings{}, one, two)
			st, err := status.New(code, "no orderers could successfully process transaction").WithDetails(&pb.ErrorDetail{Address: "orderer:7050", Message: "connection refused"})
			require.NoError(t, err)
			refused := st.Err()
			one.refuse.Store(&refused)
			_, err = ask(t, p)
			require.Equal(t, code, status.Code(err))
			require.Len(t, status.Convert(err).Details(), 1, "the details are the gateway's")
			require.EqualValues(t, 1, one.calls.Load())
			require.Zero(t, two.calls.Load())
			until(t, func() bool { return stateOf(p, one.address) == gateways.Ready })
		})
	}
}

func TestAGatewayBehindWhichCallsFailRepeatedlyRests(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{Rest: time.Hour}, one, two)
	refused := status.Error(codes.Unavailable, "no orderers could successfully process transaction")
	one.refuse.Store(&refused)
	for range 3 {
		_, err := ask(t, p)
		require.Equal(t, codes.Unavailable, status.Code(err))
	}
	require.Equal(t, gateways.Failing, stateOf(p, one.address))
	answered, err := ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "two", answered)

	two.refuse.Store(&refused) // all fail: they are asked in turn of preference, each call once
	for range 6 {
		_, err := ask(t, p)
		require.Equal(t, codes.Unavailable, status.Code(err))
	}
	require.EqualValues(t, 3+1+6, one.calls.Load()+two.calls.Load())
	one.refuse.Store(nil)
	answered, err = ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "one", answered)
	require.Equal(t, gateways.Ready, stateOf(p, one.address))
}

// The first gateway dies with the transaction in its hands: it is handed over again.
func TestASubmitWhoseConnectionBreaksIsHandedOverElsewhere(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{}, one, two)
	hold := make(chan struct{})
	one.hold.Store(&hold)
	done := make(chan error, 1)
	go func() {
		_, err := pb.NewGatewayClient(p).Submit(t.Context(), &pb.SubmitRequest{TransactionId: "t"})
		done <- err
	}()
	until(t, func() bool { return one.calls.Load() == 1 })
	one.down()
	require.NoError(t, <-done)
	require.EqualValues(t, 1, two.calls.Load())
}

// One that was frozen keeps its connections and answers nobody: one call is lost to it,
// and no more.
func TestAGatewayThatHangsRestsAtOnce(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{Rest: time.Hour, Slow: 10 * time.Millisecond}, one, two)
	_, err := ask(t, p)
	require.NoError(t, err)
	hold := make(chan struct{})
	one.hold.Store(&hold)
	submit := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, err := pb.NewGatewayClient(p).Submit(ctx, &pb.SubmitRequest{TransactionId: "t"})
		return err
	}
	require.Equal(t, codes.DeadlineExceeded, status.Code(submit(100*time.Millisecond)))
	require.Equal(t, gateways.Failing, stateOf(p, one.address))
	require.NoError(t, submit(time.Minute))
	require.EqualValues(t, 1, two.calls.Load())
}

// Had the second gateway's refusal been returned, the caller would take it that nothing
// was handed over, and make a call anew that the first may have carried out.
func TestTheRefusalOfAnotherGatewaySaysNothingOfASubmitThatBrokeOff(t *testing.T) {
	refusal := status.Error(codes.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)")
	submit := func(p *gateways.Pool) error {
		_, err := pb.NewGatewayClient(p).Submit(t.Context(), &pb.SubmitRequest{})
		return err
	}
	t.Run("sent", func(t *testing.T) {
		one, two := newPeer(t, "one"), newPeer(t, "two")
		two.refuse.Store(&refusal)
		p := pool(t, gateways.Settings{}, one, two)
		hold := make(chan struct{})
		one.hold.Store(&hold)
		ended := make(chan error, 1)
		go func() { ended <- submit(p) }()
		until(t, func() bool { return one.calls.Load() == 1 })
		one.down()
		err := <-ended
		require.Equal(t, codes.Unavailable, status.Code(err))
		require.NotContains(t, err.Error(), "too many requests")
		require.EqualValues(t, 1, two.calls.Load())
	})
	t.Run("not sent", func(t *testing.T) {
		one, two := newPeer(t, "one"), newPeer(t, "two")
		two.refuse.Store(&refusal)
		p := pool(t, gateways.Settings{}, one, two)
		one.down()
		require.ErrorContains(t, submit(p), "too many requests")
	})
}

func TestACallWithNobodyInReach(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{}, one, two)
	one.down()
	two.down()
	_, err := ask(t, p)
	require.Equal(t, codes.Unavailable, status.Code(err), "it fails at once unless it is told to wait")

	answered := make(chan string, 1)
	go func() {
		name, err := ask(t, p, grpc.WaitForReady(true))
		if err != nil {
			name = err.Error()
		}
		answered <- name
	}()
	two.up(t)
	require.Equal(t, "two", <-answered)

	two.down()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = pb.NewGatewayClient(p).Evaluate(ctx, &pb.EvaluateRequest{}, grpc.WaitForReady(true))
	require.Equal(t, codes.DeadlineExceeded, status.Code(err))
}

func TestAStreamBeginsAtAGatewayThatIsWellAndItsEndIsNoticed(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{Settle: time.Hour}, one, two)
	_, err := ask(t, p)
	require.NoError(t, err)
	open := func() peer.Deliver_DeliverClient {
		stream, err := peer.NewDeliverClient(p).Deliver(t.Context())
		require.NoError(t, err)
		_, err = stream.Recv()
		require.NoError(t, err)
		return stream
	}
	before := open()
	require.EqualValues(t, 2, one.calls.Load())
	one.down()
	_, err = before.Recv()
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.Equal(t, gateways.Lost, stateOf(p, one.address))
	open()
	require.EqualValues(t, 1, two.calls.Load())
}

func TestReplacedGatewaysFinishWhatTheyBegan(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{}, one)
	hold := make(chan struct{})
	one.hold.Store(&hold)
	done := make(chan error, 1)
	go func() {
		_, err := pb.NewGatewayClient(p).Submit(t.Context(), &pb.SubmitRequest{TransactionId: "t"})
		done <- err
	}()
	until(t, func() bool { return one.calls.Load() == 1 })
	require.NoError(t, p.Replace([]gateways.Endpoint{two.endpoint(), two.endpoint()}))
	require.Len(t, p.Health(), 1, "named twice is one gateway")
	answered, err := ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "two", answered)
	close(hold)
	require.NoError(t, <-done)
	require.Error(t, p.Replace(nil))
}

// The race detector is what this is for.
func TestCallsGoOnWhileGatewaysAreReplacedByThemselves(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{}, one, two)
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for range 50 {
				_, err := pb.NewGatewayClient(p).Evaluate(t.Context(), &pb.EvaluateRequest{})
				assert.NoError(t, err)
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		calls.Wait()
		close(ended)
	}()
	for {
		require.NoError(t, p.Replace([]gateways.Endpoint{one.endpoint(), two.endpoint()}))
		select {
		case <-ended:
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
}

func TestACallOnAClosedPoolFails(t *testing.T) {
	one := newPeer(t, "one")
	p, err := gateways.New([]gateways.Endpoint{one.endpoint()}, gateways.Settings{})
	require.NoError(t, err)
	hold := make(chan struct{})
	one.hold.Store(&hold)
	done := make(chan error, 1)
	go func() {
		_, err := pb.NewGatewayClient(p).Submit(t.Context(), &pb.SubmitRequest{TransactionId: "t"}, grpc.WaitForReady(true))
		done <- err
	}()
	until(t, func() bool { return one.calls.Load() == 1 })
	require.NoError(t, p.Close())
	require.Error(t, <-done)
	_, err = ask(t, p)
	require.Error(t, err)
	require.ErrorIs(t, p.Replace([]gateways.Endpoint{one.endpoint()}), gateways.ErrClosed)
}
