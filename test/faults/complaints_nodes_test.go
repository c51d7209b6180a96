package faults_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// fabric-gateway#306: an orderer that hangs takes the whole time-out of the submit,
// and leaves the outcome open.
func TestGateway306AnOrdererThatHangsCostsTimeAndNothingElse(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	leader, err := n.Leader(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.FreezeNode(leader))
	var slowest time.Duration
	for i := range 6 {
		began := time.Now()
		if _, err = c.Capture(t.Context(), one(object, 2+i)); err != nil {
			break
		}
		slowest = max(slowest, time.Since(began))
	}
	require.NoError(t, n.ThawNode(leader))
	require.NoError(t, err)
	t.Logf("the slowest of six events took %s while %s, which led, hung", slowest.Round(time.Millisecond), leader)

	// With all of them hanging nobody can say what became of it, and the error says that.
	hurried := connect(t, n, manufacturer, "operator",
		client.WithTimeouts(client.Timeouts{Submit: 500 * time.Millisecond, Resolve: 500 * time.Millisecond}), client.WithTries(1))
	endorsed, err := bare(t, n, manufacturer).proposal(t, n, one(newObject(manufacturer), 1)).Endorse()
	require.NoError(t, err)
	for _, o := range n.Topology().Orderers {
		require.NoError(t, n.FreezeNode(o.Name))
	}
	text := one(object, 20)
	_, err = hurried.Capture(t.Context(), text)
	theirs, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, bareError := endorsed.SubmitWithContext(theirs)
	for _, o := range n.Topology().Orderers {
		require.NoError(t, n.ThawNode(o.Name))
	}
	var submitting *gateway.SubmitError
	require.ErrorAs(t, bareError, &submitting, "Fabric's client says that the submit failed")
	require.Equal(t, codes.DeadlineExceeded, status.Code(bareError), "and nothing of whether it may be recorded yet")
	var unknown *client.OutcomeUnknownError
	require.ErrorAs(t, err, &unknown)
	require.NotEmpty(t, unknown.Transaction)
	eventually(t, func() error { // and to do the same again is safe
		_, err := c.Capture(t.Context(), text)
		if errors.Is(err, fault.AlreadyRecorded) {
			return nil
		}
		return err
	})
	history, err := historyOf(t.Context(), c, object)
	require.NoError(t, err)
	require.Len(t, history, 1+6+1, "it is there once")
}

// fabric-gateway#332: when the endorsement policy changes under load, clients have to
// be started anew.
func TestGateway332AClientOutlivesAChangeOfThePolicy(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	recorded, failures := 1, map[string]int{}
	var load sync.WaitGroup
	load.Go(func() {
		for ctx.Err() == nil {
			if _, err := c.Capture(t.Context(), one(object, 2+recorded)); err != nil {
				failures[err.Error()]++
				continue
			}
			recorded++
		}
	})
	all := n.Define(t.Context(), network.Definition{EndorsementPolicy: network.Policy{Required: 3}})
	back := n.Define(t.Context(), network.Definition{EndorsementPolicy: network.Policy{Required: 2}})
	cancel()
	load.Wait()
	require.NoError(t, errors.Join(all, back))
	t.Logf("%d events recorded through two changes; failures: %v", recorded, failures)
	require.Empty(t, failures)
	history, err := historyOf(t.Context(), c, object)
	require.NoError(t, err)
	require.Len(t, history, recorded)
}

// fabric-gateway#488: the first call fails with 14 UNAVAILABLE, and the same call
// succeeds a moment later.
func TestGateway488AGatewayThatIsNotThereYetIsWaitedForOrPassedBy(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	b := bare(t, n, manufacturer)

	// The preferred one is down, before and after the client connects.
	require.NoError(t, n.KillNode(t.Context(), "peer0.manufacturer"))
	_, theirs := b.proposal(t, n, one(object, 2)).Endorse()
	_, err := c.Capture(t.Context(), one(object, 2))
	late, failed := client.Connect(t.Context(), client.WithProfile(n.Profile(manufacturer.name)), client.WithMSP(n.MSPDir(manufacturer.name, "operator")))
	require.NoError(t, n.StartNode(t.Context(), "peer0.manufacturer"))
	require.Equal(t, codes.Unavailable, status.Code(theirs))
	require.NoError(t, err)
	require.NoError(t, failed)
	require.NoError(t, late.Close())

	// Both are down, and one comes back while the call is under way.
	require.NoError(t, n.KillPeer(t.Context(), manufacturer.name))
	var call errgroup.Group
	call.Go(func() error {
		_, err := c.Capture(t.Context(), one(object, 3))
		return err
	})
	time.Sleep(500 * time.Millisecond)
	started := n.StartPeer(t.Context(), manufacturer.name)
	require.NoError(t, call.Wait())
	require.NoError(t, started)
}
