package client_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// errLacking is how a gateway refuses what follows from what it does not have.
var errLacking = status.Error(codes.Aborted, "chaincode response 500, "+fault.New(fault.NotFound, "the object is not on the ledger").Wire())

// catchingUp is a connection to a gateway that was just restarted: it refuses what it
// is asked to endorse, as often as it is told to, and then has caught up.
type catchingUp struct {
	grpc.ClientConnInterface
	refusals, asked int
}

func (l *catchingUp) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	gateways.Note(ctx, "restarted")
	if !strings.HasSuffix(method, "/Endorse") {
		return l.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	}
	if l.asked++; l.refusals > 0 {
		l.refusals--
		return errLacking
	}
	return l.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

func (l *catchingUp) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	gateways.Note(ctx, "restarted")
	return l.ClientConnInterface.NewStream(ctx, d, method, options...)
}

func clientOver(t *testing.T, c *clienttest.Consortium, connection grpc.ClientConnInterface, options ...client.Option) *client.Client {
	t.Helper()
	user, err := c.User("manufacturer", "operator")
	require.NoError(t, err)
	operator, err := client.Connect(t.Context(), append(options, client.WithClientConnection(connection),
		client.WithIdentity("ManufacturerMSP", user.Certificate, user.Key), client.WithChannel(c.Roots().Channel))...)
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

	// Once it has what the client knows, it is believed.
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
		return h.catchingUp.NewStream(ctx, d, method, options...)
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

// restarted is a connection to a gateway that was restarted and is behind: its ledger
// ends where the peer's was stalled, and it refuses as it must. Where it ends is
// looked at before the peer gets the rest, which it may do then.
type restarted struct {
	grpc.ClientConnInterface
	refusing bool
	asked    int
	lookedAt func(times int)
	looked   int
}

func (r *restarted) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	gateways.Note(ctx, "restarted")
	if strings.HasSuffix(method, "/Endorse") {
		if r.asked++; r.refusing {
			return errLacking
		}
	}
	return r.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

func (r *restarted) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	if gateways.From(ctx) != "" {
		return nil, status.Error(codes.Unavailable, "there is no other gateway")
	}
	gateways.Note(ctx, "restarted")
	if r.looked++; r.lookedAt != nil {
		r.lookedAt(r.looked)
	}
	return r.ClientConnInterface.NewStream(ctx, d, method, options...)
}

// stalledAt is a gateway whose ledger lacks the last block, and that block.
func stalledAt(t *testing.T) (c *clienttest.Consortium, peer *restarted, known uint64) {
	t.Helper()
	c = founded(t)
	require.NoError(t, c.Stall("manufacturer"))
	_, err := c.Client(t, "manufacturer", "admin").RegisterParty(t.Context(), "/417/9506000200002", "A depot")
	require.NoError(t, err)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	return c, &restarted{ClientConnInterface: connection, refusing: true}, c.Ledger().Height() - 1
}

// A program that has just been started has no receipts, and all gateways of its
// organisation may be behind: then it is what it knows from before that tells.
func TestAGatewayThatLacksABlockThatTheProgramKnowsIsNotBelieved(t *testing.T) {
	for name, test := range map[string]struct {
		known  bool
		heals  int // when it has been looked at so often
		tries  int
		asked  int
		refuse error
		retry  bool
	}{
		"it catches up":                 {known: true, heals: 3, tries: 8, asked: 4},
		"it catches up in between":      {known: true, heals: 1, tries: 8, asked: 2},
		"it stays behind":               {known: true, tries: 4, asked: 4, refuse: fault.NotFound, retry: true},
		"there is but one try":          {known: true, tries: 1, asked: 1, refuse: fault.NotFound, retry: true},
		"the program has told nothing":  {heals: 3, tries: 8, asked: 2, refuse: fault.NotFound},
		"nothing, and there is one try": {tries: 1, asked: 1, refuse: fault.NotFound, retry: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer, known := stalledAt(t)
			if !test.known {
				known = 0
			}
			peer.lookedAt = func(times int) {
				if times == test.heals { // it gets the rest after it has refused, and before it says how far it is
					require.NoError(t, c.Heal("manufacturer"))
					peer.refusing = false
				}
			}
			operator := clientOver(t, c, peer, client.WithKnownBlock(known), client.WithTries(test.tries))
			peer.asked, peer.looked = 0, 0
			_, err := operator.RegisterDevice(t.Context(), logger("24"))
			require.Equal(t, test.asked, peer.asked)
			if test.refuse == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.refuse)
			var failed *client.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, test.retry, failed.Retry, "final: %v", !test.retry)
		})
	}
}

// A peer that has what the client knows, and refuses, is right.
func TestAGatewayThatHasWhatTheProgramKnowsIsBelieved(t *testing.T) {
	c, peer, known := stalledAt(t)
	require.NoError(t, c.Heal("manufacturer"))
	operator := clientOver(t, c, peer, client.WithKnownBlock(known))
	for _, asked := range []int{2, 1} { // how far it is, it shows once
		peer.asked = 0
		_, err := operator.RegisterDevice(t.Context(), logger("25"))
		var failed *client.Error
		require.ErrorAs(t, err, &failed)
		require.False(t, failed.Retry)
		require.Equal(t, asked, peer.asked)
	}
}

// doubting is a connection to a gateway that refuses what is about one object.
type doubting struct {
	grpc.ClientConnInterface
	object string
}

func (d *doubting) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if request, ok := args.(*pb.EndorseRequest); ok && bytes.Contains(request.GetProposedTransaction().GetProposalBytes(), []byte(d.object)) {
		return status.Error(codes.Aborted, "chaincode response 500, "+fault.New(fault.NotFound, "the object is not on the ledger").AtEvent(0).Wire())
	}
	return d.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

// A refusal that may pass is no reason to let others of the same object get in front.
func TestWhatWaitsBehindARefusalThatMayPassIsHeldBack(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	gateway := &doubting{connection, item(0)}
	for name, test := range map[string]struct {
		known uint64
		held  bool
	}{
		"may pass": {c.Ledger().Height() + 1000, true},
		"final":    {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := group(t, clientOver(t, c, gateway, client.WithKnownBlock(test.known), client.WithTries(1)), client.WithGroupsInFlight(1))
			first := start(t, g, eventOf(epcis.Observe, "storing", item(7))) // the others go together after it
			results := g.CaptureAll(t.Context(), []epcis.Event{inspecting(1, item(0)), inspecting(2, item(0)), inspecting(3, item(0)), inspecting(4, item(8))})
			_, err := first.Wait(t.Context())
			require.ErrorIs(t, err, fault.NotFound)
			require.ErrorIs(t, results[0].Err, fault.NotFound)
			for _, behind := range results[1:3] {
				held := (*client.HeldBackError)(nil)
				require.Equal(t, test.held, errors.As(behind.Err, &held), "%v", behind.Err)
			}
			require.ErrorIs(t, results[3].Err, fault.NotFound, "an answer of its own")
		})
	}
}
