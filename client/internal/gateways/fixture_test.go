package gateways_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peerAt is a peer as far as a gateway is one: it says who it is to every query.
type peerAt struct {
	pb.UnimplementedGatewayServer
	peer.UnimplementedDeliverServer
	name     string
	address  string
	security credentials.TransportCredentials

	calls  atomic.Int64
	refuse atomic.Pointer[error] // what it answers
	hold   atomic.Pointer[chan struct{}]

	mu     sync.Mutex
	server *grpc.Server
	served chan error
}

func (p *peerAt) Evaluate(context.Context, *pb.EvaluateRequest) (*pb.EvaluateResponse, error) {
	p.calls.Add(1)
	if refused := p.refuse.Load(); refused != nil {
		return nil, *refused
	}
	return &pb.EvaluateResponse{Result: &peer.Response{Message: p.name}}, nil
}

// Submit can be held until the test lets it go on.
func (p *peerAt) Submit(ctx context.Context, _ *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	p.calls.Add(1)
	if hold := p.hold.Load(); hold != nil {
		select {
		case <-*hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if refused := p.refuse.Load(); refused != nil {
		return nil, *refused
	}
	return &pb.SubmitResponse{}, nil
}

// Deliver sends a first answer and then nothing.
func (p *peerAt) Deliver(stream peer.Deliver_DeliverServer) error {
	p.calls.Add(1)
	if err := stream.Send(&peer.DeliverResponse{}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return stream.Context().Err()
}

// newPeer returns a peer that is up.
func newPeer(t *testing.T, name string, security ...credentials.TransportCredentials) *peerAt {
	t.Helper()
	p := &peerAt{name: name, address: "127.0.0.1:0"}
	if len(security) > 0 {
		p.security = security[0]
	}
	p.up(t)
	t.Cleanup(p.down)
	return p
}

// up serves, at the same address as before.
func (p *peerAt) up(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", p.address)
	require.NoError(t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.address = listener.Addr().String()
	var options []grpc.ServerOption
	if p.security != nil {
		options = append(options, grpc.Creds(p.security))
	}
	p.server, p.served = grpc.NewServer(options...), make(chan error, 1)
	pb.RegisterGatewayServer(p.server, p)
	peer.RegisterDeliverServer(p.server, p)
	go func(s *grpc.Server, served chan<- error) { served <- s.Serve(listener) }(p.server, p.served)
}

// down cuts every connection, as the end of its process does.
func (p *peerAt) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return
	}
	p.server.Stop()
	<-p.served //nolint:errcheck // it was stopped
	p.server = nil
}

func (p *peerAt) endpoint() gateways.Endpoint { return gateways.Endpoint{Address: p.address} }

// pool is a pool of peers, quick to settle, closed when the test ends.
func pool(t *testing.T, settings gateways.Settings, peers ...*peerAt) *gateways.Pool {
	t.Helper()
	var endpoints []gateways.Endpoint
	for _, p := range peers {
		endpoints = append(endpoints, p.endpoint())
	}
	made, err := gateways.New(endpoints, settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.Close()) })
	return made
}

// ask returns which peer answers.
func ask(t *testing.T, p *gateways.Pool, options ...grpc.CallOption) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answer, err := pb.NewGatewayClient(p).Evaluate(ctx, &pb.EvaluateRequest{}, options...)
	return answer.GetResult().GetMessage(), err
}

// until waits until something holds.
func until(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, time.Minute, 5*time.Millisecond)
}

func stateOf(p *gateways.Pool, address string) gateways.State {
	for _, h := range p.Health() {
		if h.Address == address {
			return h.State
		}
	}
	return ""
}
