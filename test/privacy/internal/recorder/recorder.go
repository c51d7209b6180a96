// Package recorder keeps everything that clients are answered by peers: results,
// endorsements, refusals, statuses, events and blocks.
package recorder

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// Recorder keeps what all the clients of a test are answered. It is safe for
// concurrent use.
type Recorder struct {
	mu      sync.Mutex
	answers []answer
	called  map[string]int
}

type answer struct {
	organisation, asked string
	text                []byte
}

// New returns an empty recorder.
func New() *Recorder { return &Recorder{called: map[string]int{}} }

// Called returns how often each contract function was evaluated or endorsed.
func (r *Recorder) Called() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.called)
}

// Search looks for secrets in all that was answered. A finding's Store is what was
// asked: the contract function, else the gRPC method.
func (r *Recorder) Search(secrets ...search.Secret) search.Findings {
	r.mu.Lock()
	answers := slices.Clone(r.answers)
	r.mu.Unlock()
	var found search.Findings
	for _, a := range answers {
		found = append(found, search.Bytes(a.text, search.Finding{Kind: search.Answer, Organisation: a.organisation, Store: a.asked}, secrets...)...)
	}
	return found
}

// Forget drops the answers kept so far, and goes on to count calls.
func (r *Recorder) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = nil
}

// Answers counts what was kept.
func (r *Recorder) Answers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.answers)
}

func (r *Recorder) keep(organisation, asked string, reply any, err error) {
	var text []byte
	if message, ok := reply.(proto.Message); ok && err == nil {
		text, _ = proto.Marshal(message) // what has just been unmarshalled
	}
	if err != nil {
		// With its details, in which a gateway puts what each peer said.
		details, _ := proto.Marshal(status.Convert(err).Proto())
		text = append(fmt.Append(text, err.Error(), "\n"), details...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, answer{organisation, asked, text})
}

// Connection passes calls on to a peer, and keeps the answers as those of a client
// of an organisation.
func (r *Recorder) Connection(organisation string, to grpc.ClientConnInterface) grpc.ClientConnInterface {
	return &connection{ClientConnInterface: to, recorder: r, organisation: organisation}
}

type connection struct {
	grpc.ClientConnInterface
	recorder     *Recorder
	organisation string
}

// Invoke implements [grpc.ClientConnInterface].
func (c *connection) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	err := c.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	asked := method
	if function := called(args); function != "" {
		asked = function
		c.recorder.mu.Lock()
		c.recorder.called[function]++
		c.recorder.mu.Unlock()
	}
	c.recorder.keep(c.organisation, asked, reply, err)
	return err
}

// NewStream implements [grpc.ClientConnInterface].
func (c *connection) NewStream(ctx context.Context, description *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := c.ClientConnInterface.NewStream(ctx, description, method, options...)
	if err != nil {
		c.recorder.keep(c.organisation, method, nil, err)
		return nil, err
	}
	return &stream{s, c, method}, nil
}

type stream struct {
	grpc.ClientStream
	connection *connection
	method     string
}

// RecvMsg implements [grpc.ClientStream].
func (s *stream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	s.connection.recorder.keep(s.connection.organisation, s.method, m, err)
	return err
}

// called returns the contract function that a request to a gateway calls.
func called(request any) string {
	var proposed *peer.SignedProposal
	switch r := request.(type) {
	case *gateway.EvaluateRequest:
		proposed = r.GetProposedTransaction()
	case *gateway.EndorseRequest:
		proposed = r.GetProposedTransaction()
	default:
		return ""
	}
	var proposal peer.Proposal
	var payload peer.ChaincodeProposalPayload
	var call peer.ChaincodeInvocationSpec
	var header common.Header
	for _, part := range []struct {
		text func() []byte
		into proto.Message
	}{
		{proposed.GetProposalBytes, &proposal},
		{proposal.GetHeader, &header},
		{proposal.GetPayload, &payload},
		{payload.GetInput, &call},
	} {
		if proto.Unmarshal(part.text(), part.into) != nil {
			return ""
		}
	}
	if args := call.GetChaincodeSpec().GetInput().GetArgs(); len(args) > 0 {
		return string(args[0])
	}
	return ""
}
