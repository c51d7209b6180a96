package client_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// twoGateways is a connection to two gateways, as a pool is: calls go to the first that
// is not out, and hints are followed where they can be. Either can refuse what it is
// asked to endorse.
type twoGateways struct {
	mu       sync.Mutex
	order    []string
	at       map[string]grpc.ClientConnInterface
	out      map[string]bool
	refuses  map[string]bool
	unlooked error                           // what a look at a gateway fails with
	lookedAt func(gateway string, times int) // before it answers
	asked    int
	looks    map[string]int
	before   func(method string) // either is called
}

// another is a gateway whose ledger lacks the last block, and refuses, before another
// that has it.
func another(t *testing.T) (*clienttest.Consortium, *twoGateways) {
	t.Helper()
	c, behind, _ := stalledAt(t)
	ahead, err := c.Connection("carrier")
	require.NoError(t, err)
	return c, &twoGateways{
		order: []string{"behind", "ahead"}, refuses: map[string]bool{"behind": true}, out: map[string]bool{}, looks: map[string]int{},
		at: map[string]grpc.ClientConnInterface{"behind": behind.ClientConnInterface, "ahead": ahead},
	}
}

// choose picks the gateway for a call.
func (g *twoGateways) choose(ctx context.Context) (string, error) {
	only, from, chosen := gateways.At(ctx), gateways.From(ctx), ""
	for _, name := range g.order {
		if !g.out[name] && (only == "" || name == only) && (chosen == "" || chosen == from) {
			chosen = name
		}
	}
	if chosen == "" {
		return "", status.Error(codes.Unavailable, "out of reach")
	}
	gateways.Note(ctx, chosen)
	return chosen, nil
}

func (g *twoGateways) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	endorses := method == pb.Gateway_Endorse_FullMethodName
	if endorses {
		g.asked++
	}
	if g.before != nil {
		g.before(method)
	}
	name, err := g.choose(ctx)
	if err != nil {
		return err
	}
	if endorses && g.refuses[name] {
		return errLacking
	}
	return g.at[name].Invoke(ctx, method, args, reply, options...)
}

func (g *twoGateways) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	name, err := g.choose(ctx)
	if err != nil {
		return nil, err
	}
	if g.unlooked != nil {
		return nil, g.unlooked
	}
	g.mu.Lock() // a stream looks beside what it reads
	defer g.mu.Unlock()
	if g.looks[name]++; g.lookedAt != nil {
		g.lookedAt(name, g.looks[name])
	}
	return g.at[name].NewStream(ctx, d, method, options...)
}

// catchesUp has the one that is behind get the rest when it is looked at for so many
// times, before it says how far it is.
func (g *twoGateways) catchesUp(t *testing.T, c *clienttest.Consortium, look int) {
	t.Helper()
	g.lookedAt = func(gateway string, times int) {
		if gateway == "behind" && times == look {
			require.NoError(t, c.Heal("manufacturer"))
			g.refuses["behind"] = false
		}
	}
}

// refused is how a registration was refused, and in how many tries.
func (g *twoGateways) refused(t *testing.T, ctx context.Context, by *client.Client) (tries int, final bool) { //nolint:revive // the test comes first
	t.Helper()
	g.asked = 0
	_, err := by.RegisterDevice(ctx, logger("29"))
	require.ErrorIs(t, err, fault.NotFound)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	return g.asked, !failed.Retry
}

// One that gets what it lacked between its refusal and the look at its ledger has refused
// all the same without it.
func TestAGatewayThatLackedWhatAnotherHasIsNotBelievedForCatchingUp(t *testing.T) {
	for heals := 1; heals <= 3; heals++ {
		t.Run(fmt.Sprint("at look ", heals), func(t *testing.T) {
			c, both := another(t)
			both.catchesUp(t, c, heals)
			operator := clientOver(t, c, both)
			_, err := operator.RegisterDevice(t.Context(), logger("24"))
			require.NoError(t, err)
			require.Equal(t, heals+1, both.asked)

			// And what it refuses when it has it is refused.
			both.refuses["behind"] = true
			tries, final := both.refused(t, t.Context(), operator)
			require.True(t, final)
			require.Equal(t, 1, tries)
		})
	}
}

// Away from a gateway, a pool that has no other within reach asks the same: what it has
// then is nothing to hold it against.
func TestAGatewayIsNotComparedWithItself(t *testing.T) {
	c, both := another(t)
	both.out["ahead"] = true
	both.before = func(string) { both.out["ahead"] = both.asked == 1 }
	both.catchesUp(t, c, 3)
	_, err := clientOver(t, c, both).RegisterDevice(t.Context(), logger("24"))
	require.NoError(t, err)
	require.Positive(t, both.looks["ahead"])
}

// However fast a channel grows, and by whose doing, a gateway need not have more than the
// call could know of.
func TestARefusalIsFinalOnABusyChannel(t *testing.T) {
	c, both := another(t)
	require.NoError(t, c.Heal("manufacturer"))
	admin, blocks := c.Client(t, "manufacturer", "admin"), 0
	grow := func(by *client.Client) {
		blocks++
		_, err := by.RegisterDevice(t.Context(), logger(fmt.Sprint("B", blocks)))
		require.NoError(t, err)
	}
	begun := &stagesBegun{}
	operator := clientOver(t, c, both, client.WithObserver(begun))
	refused := func() {
		tries, final := both.refused(t, t.Context(), operator)
		require.True(t, final)
		require.LessOrEqual(t, tries, 2)
	}
	both.lookedAt = func(string, int) { grow(admin) }
	refused()
	refused()
	both.lookedAt = nil
	begun.at = func(stage client.Stage) {
		if stage == client.StageRetry { // another call of the same client is faster, elsewhere
			asked := both.asked
			both.order = []string{"ahead", "behind"}
			grow(operator)
			both.order, both.asked = []string{"behind", "ahead"}, asked
		}
	}
	grow(admin)
	refused()
	require.Equal(t, 2, both.asked)
}

// What one gateway was seen to have, another must have as well, also when the first is
// gone.
func TestWhatAGatewayHadIsNotForgottenWhenItIsGone(t *testing.T) {
	c, both := another(t)
	both.order, both.refuses["ahead"] = []string{"ahead", "behind"}, true
	operator := clientOver(t, c, both, client.WithTries(4))
	_, final := both.refused(t, t.Context(), operator)
	require.True(t, final)
	both.out["ahead"] = true
	tries, final := both.refused(t, t.Context(), operator)
	require.False(t, final, "it lacks what the other was seen to have")
	require.Equal(t, 4, tries)
	require.NoError(t, c.Heal("manufacturer"))
	_, final = both.refused(t, t.Context(), operator)
	require.True(t, final)
}

// Who handles what was in a block writes what follows from it.
func TestAGatewayThatLacksABlockThatWasFollowedIsNotBelieved(t *testing.T) {
	for name, follow := range map[string]func(*client.Client) error{
		"items": func(c *client.Client) error {
			for _, err := range c.Follow(client.UntilNow()).Items(t.Context()) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"deliveries": func(c *client.Client) error {
			for _, err := range c.Deliveries(t.Context(), 1) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, both := another(t)
			operator := clientOver(t, c, both, client.WithTries(3))
			both.order = []string{"ahead"}
			require.NoError(t, follow(operator))
			both.order = []string{"behind"}
			_, final := both.refused(t, t.Context(), operator)
			require.False(t, final)
		})
	}
}

// A transaction that came too late tells of the block in which it was.
func TestAGatewayThatLacksWhatACallLostAgainstIsNotBelieved(t *testing.T) {
	c, both := another(t)
	require.NoError(t, c.Heal("manufacturer"))
	operator := clientOver(t, c, both, client.WithTries(3))
	both.order = []string{"behind"}
	_, final := both.refused(t, t.Context(), operator)
	require.True(t, final, "it has everything")
	require.NoError(t, c.Stall("manufacturer"))
	admin := c.Client(t, "manufacturer", "admin")
	both.order = []string{"ahead"}
	both.before = func(method string) {
		switch {
		case method == pb.Gateway_Submit_FullMethodName:
			_, err := admin.RegisterDevice(t.Context(), logger("29"))
			require.NoError(t, err)
		case method == pb.Gateway_Endorse_FullMethodName && both.asked > 1:
			both.order = []string{"behind"}
		}
	}
	tries, final := both.refused(t, t.Context(), operator)
	require.False(t, final)
	require.Equal(t, 3, tries)
}

// Each of two gateways can be ahead of the other in turn.
func TestAGatewayThatLacksWhatTheFirstGotMeanwhileIsNotBelieved(t *testing.T) {
	c, both := another(t)
	both.refuses["ahead"] = true
	both.lookedAt = func(gateway string, _ int) {
		if gateway == "behind" && both.looks[gateway] == 1 {
			require.NoError(t, c.Stall("carrier"))
			require.NoError(t, c.Heal("manufacturer"))
			_, err := c.Client(t, "manufacturer", "admin").RegisterDevice(t.Context(), logger("20"))
			require.NoError(t, err)
		}
	}
	both.before = func(string) {
		if both.asked > 1 {
			both.order = []string{"ahead"}
		}
	}
	tries, final := both.refused(t, t.Context(), clientOver(t, c, both, client.WithTries(3)))
	require.False(t, final)
	require.Equal(t, 3, tries)
}

// Who fails over between two gateways is refused by the one that has everything.
func TestARefusalIsFinalAcrossFailOver(t *testing.T) {
	c, both := another(t)
	require.NoError(t, c.Heal("manufacturer"))
	both.refuses["ahead"] = true
	operator := clientOver(t, c, both)
	both.before = func(string) { both.order = []string{[]string{"ahead", "behind"}[both.asked%2], "ahead", "behind"} }
	tries, final := both.refused(t, t.Context(), operator)
	require.True(t, final)
	require.Equal(t, 2, tries, "what the second has was looked at when the first refused")
}

// A look that brings nothing leaves a refusal open where there is something to lack.
func TestARefusalThatNothingCouldBeHeldAgainstIsNotFinal(t *testing.T) {
	for name, test := range map[string]struct {
		known uint64
		looks error
		final bool
	}{
		"nobody is looked at in time, and the program knows something": {known: 1, looks: status.Error(codes.DeadlineExceeded, "hangs")},
		"nobody is looked at in time, and it knows nothing":            {looks: status.Error(codes.DeadlineExceeded, "hangs"), final: true},
		"none shows what it has":                                       {known: 1, looks: status.Error(codes.PermissionDenied, "no"), final: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, both := another(t)
			operator := clientOver(t, c, both, client.WithKnownBlock(test.known), client.WithTries(3))
			both.unlooked = test.looks
			_, final := both.refused(t, t.Context(), operator)
			require.Equal(t, test.final, final)
		})
	}
	t.Run("the first was out of reach, the second shows nothing, and is asked twice", func(t *testing.T) {
		c, both := another(t)
		operator := clientOver(t, c, both, client.WithTries(3))
		both.unlooked = status.Error(codes.PermissionDenied, "no")
		both.before = func(string) {
			both.out["ahead"], both.out["behind"] = true, both.asked == 1
		}
		tries, final := both.refused(t, t.Context(), operator)
		require.True(t, final)
		require.Equal(t, 3, tries)
	})
	t.Run("the caller waits no longer", func(t *testing.T) {
		c, both := another(t)
		require.NoError(t, c.Heal("manufacturer"))
		operator := clientOver(t, c, both)
		_, final := both.refused(t, t.Context(), operator)
		require.True(t, final, "it has everything")
		ctx, cancel := context.WithCancel(t.Context())
		both.lookedAt = func(gateway string, _ int) {
			if gateway == "ahead" {
				cancel()
			}
		}
		tries, final := both.refused(t, ctx, operator)
		require.False(t, final)
		require.Equal(t, 1, tries)
	})
}

// After it was out of reach, a gateway may be a peer whose ledger begins anew.
func TestAGatewayThatWasOutOfReachShowsAgainWhatItHas(t *testing.T) {
	c := founded(t)
	gateway := fronts(t, c, 1)[0]
	asked := 0
	told := &stagesBegun{at: func(stage client.Stage) {
		if stage == client.StageEndorse {
			asked++
		}
	}}
	admin := connectTo(t, c, "manufacturer", "admin", insecure(gateway), client.WithObserver(told))
	_, err := admin.RegisterDevice(t.Context(), logger("20"))
	require.NoError(t, err)
	for _, out := range []bool{false, true, false} {
		tries := 1
		if out {
			gateway.down()
			require.Eventually(t, func() bool { return admin.Gateways()[0].State == client.GatewayStateLost }, time.Minute, time.Millisecond)
			gateway.up(t)
			require.Eventually(t, func() bool { return admin.Gateways()[0].State != client.GatewayStateLost }, time.Minute, time.Millisecond)
			tries = 2
		}
		asked = 0
		_, err = admin.RegisterDevice(t.Context(), logger("20"))
		require.ErrorIs(t, err, fault.AlreadyExists)
		require.Equal(t, tries, asked)
	}
}

// stagesBegun tells of each step of a call as it begins.
type stagesBegun struct {
	events
	at func(client.Stage)
}

func (s *stagesBegun) Begin(ctx context.Context, step client.Step) (context.Context, func(client.Outcome)) {
	if s.at != nil {
		s.at(step.Stage)
	}
	return ctx, nil
}
