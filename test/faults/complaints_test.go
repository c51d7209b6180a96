package faults_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// Each test here is named after what users of Fabric's client libraries complained
// about, provokes it with those libraries on a real network, and shows what a user
// of this client gets to see in the same place. docs/reliability.md has the table.

var serials atomic.Uint64

// runOfComplaints tells their objects from those of the chaos.
var runOfComplaints = uint32(time.Now().UnixNano() >> 10)

// newObject is an object that nobody has used.
func newObject(p party) string { return sgtin(p, runOfComplaints, 99, serials.Add(1)) }

// one is a document with one event of an object: the first commissions it.
func one(object string, number int) []byte {
	return document(step(object, number, uuid(runOfComplaints, 99, 0, serials.Add(1)), moment()))
}

// made commissions an object.
func made(t *testing.T, c *client.Client, p party) string {
	t.Helper()
	object := newObject(p)
	_, err := c.Capture(t.Context(), one(object, 1))
	require.NoError(t, err)
	return object
}

// bare is Fabric's own client, at the first peer of an organisation.
func bare(t *testing.T, n *network.Network, p party) *bystander {
	t.Helper()
	for _, b := range bystandersAt(t, n) {
		if b.peer.Name == "peer0."+p.name {
			return b
		}
	}
	t.Fatalf("no peer of %s", p.name)
	return nil
}

// proposal makes, with Fabric's own client, the same call that Capture makes.
func (b *bystander) proposal(t *testing.T, n *network.Network, document []byte) *gateway.Proposal {
	t.Helper()
	digest := sha256.Sum256(document)
	request, err := json.Marshal(map[string]string{"sha256": hex.EncodeToString(digest[:])})
	require.NoError(t, err)
	proposal, err := b.contract(n).NewProposal("shipment:Capture",
		gateway.WithBytesArguments(request), gateway.WithTransient(map[string][]byte{"document": document}))
	require.NoError(t, err)
	return proposal
}

// fabric#3748: MVCC_READ_CONFLICT is documented nowhere, and what to do about it is
// left to every application.
func TestFabric3748ALostRaceIsRunAgain(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	b := bare(t, n, manufacturer)
	var raced []*gateway.Transaction
	for i := range 2 {
		endorsed, err := b.proposal(t, n, one(object, 2+i)).Endorse()
		require.NoError(t, err)
		raced = append(raced, endorsed)
	}
	won, err := raced[0].Submit()
	require.NoError(t, err)
	result, err := won.Status()
	require.NoError(t, err)
	require.True(t, result.Successful)
	lost, err := raced[1].Submit()
	require.NoError(t, err)
	result, err = lost.Status()
	require.NoError(t, err, "Fabric's client calls this no error, unless it is asked for the whole submit")
	require.Equal(t, peer.TxValidationCode_MVCC_READ_CONFLICT, result.Code)

	// Eight callers at once on one object: all but one of a block lose the race, and
	// nobody gets to see it.
	watch := &stages{}
	watched := connect(t, n, manufacturer, "operator", client.WithObserver(watch))
	var all errgroup.Group
	for i := range 8 {
		all.Go(func() error {
			_, err := watched.Capture(t.Context(), one(object, 2+i))
			return err
		})
	}
	require.NoError(t, all.Wait())
	require.Positive(t, watch.count(client.StageRetry), "somebody lost a race")
	history, err := historyOf(t.Context(), c, object)
	require.NoError(t, err)
	require.Len(t, history, 1+1+8)
	require.Contains(t, validationHelp(), "#", "and docs/errors.md says what it means")
}

// validationHelp is where the client sends whoever may not run again.
func validationHelp() string {
	return (&client.Error{Stage: client.StageCommit, Validation: peer.TxValidationCode_MVCC_READ_CONFLICT.String()}).Help()
}

// fabric-gateway#261: an event stream dies with its peer, and the application has to
// build it up again.
func TestGateway261AStreamOutlivesItsPeer(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	other := connect(t, n, carrier, "operator")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	theirs, err := bare(t, n, manufacturer).gateway.GetNetwork(n.Topology().Channel).BlockEvents(ctx)
	require.NoError(t, err)
	ours := make(chan string, 100)
	var following errgroup.Group
	following.Go(func() error {
		for item, err := range c.FollowEvents(client.FromNow()).Items(ctx) {
			if err != nil {
				return err
			}
			ours <- item.Record.EventID
		}
		return nil
	})
	record := func() string {
		text := document(step(newObject(carrier), 1, uuid(runOfComplaints, 99, 1, serials.Add(1)), moment()))
		_, err := other.Capture(t.Context(), text)
		require.NoError(t, err)
		return eventID(t, text)
	}
	// The stream begins at some moment from here on: until the first event arrives.
	first := record()
	for id := ""; id == ""; {
		select {
		case id = <-ours:
		case <-time.After(pauseBetween):
			first = record()
		}
	}
	_ = first
	require.NoError(t, n.KillNode(t.Context(), "peer0.manufacturer"))
	for range theirs {
	} // it ends: whoever does not look notices nothing, and hears no more
	var wanted []string
	for range 3 {
		wanted = append(wanted, record())
	}
	require.NoError(t, n.KillNode(t.Context(), "peer1.manufacturer"))
	require.NoError(t, n.StartNode(t.Context(), "peer0.manufacturer"))
	for range 3 {
		wanted = append(wanted, record())
	}
	require.NoError(t, n.StartNode(t.Context(), "peer1.manufacturer"))
	var seen []string
	for len(seen) < len(wanted) || seen[len(seen)-1] != wanted[len(wanted)-1] {
		seen = append(seen, <-ours)
	}
	require.Equal(t, wanted, seen[len(seen)-len(wanted):], "each once, in order, through two deaths")
	cancel()
	err = following.Wait()
	require.ErrorIs(t, err, context.Canceled)
}

func eventID(t *testing.T, text []byte) string {
	t.Helper()
	var read struct {
		Body struct {
			Events []struct {
				ID string `json:"eventID"`
			} `json:"eventList"`
		} `json:"epcisBody"`
	}
	require.NoError(t, json.Unmarshal(text, &read))
	return read.Body.Events[0].ID
}

// fabric-gateway#278: when a chaincode runs too long somewhere, the error does not
// say so: its details say DeadlineExceeded, if anything.
func TestGateway278AChaincodeThatHangsIsNamedWithItsOrganisation(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator", client.WithTries(1))
	require.NoError(t, n.StopNode(t.Context(), "peer1.carrier"))
	require.NoError(t, n.FreezeNode("chaincode.carrier"))
	text := one(newObject(manufacturer), 1)
	_, err := c.Capture(t.Context(), text, client.EndorsedBy(manufacturer.msp, carrier.msp))
	require.NoError(t, n.ThawNode("chaincode.carrier"))
	require.NoError(t, n.StartNode(t.Context(), "peer1.carrier"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEndorse, failed.Stage)
	require.NotEmpty(t, failed.ByOrganisation)
	require.Equal(t, carrier.msp, failed.ByOrganisation[0].MSP)
	require.Contains(t, failed.Error(), carrier.msp)
	require.Contains(t, failed.Error(), "timeout expired while executing transaction")
	require.Contains(t, failed.Help(), "took-too-long")

	eventually(t, func() error { // nothing was recorded
		_, err := c.Capture(t.Context(), text, client.EndorsedBy(manufacturer.msp, carrier.msp))
		if errors.Is(err, fault.AlreadyRecorded) {
			return nil
		}
		return err
	})
}

// fabric-gateway#294: 4 DEADLINE_EXCEEDED does not say which time-out it was.
func TestGateway294ATimeoutSaysWhichItWas(t *testing.T) {
	n := running(t)
	short := client.Timeouts{Evaluate: 300 * time.Millisecond, Endorse: 300 * time.Millisecond}
	c := connect(t, n, manufacturer, "operator", client.WithTimeouts(short), client.WithTries(1))
	object := made(t, connect(t, n, manufacturer, "operator"), manufacturer)

	require.NoError(t, n.FreezeNode("chaincode.manufacturer"))
	_, evaluated := c.Twin(t.Context(), object)
	_, endorsed := c.Capture(t.Context(), one(object, 2))
	theirs, cancel := context.WithTimeout(t.Context(), short.Endorse)
	defer cancel()
	_, bareError := bare(t, n, manufacturer).proposal(t, n, one(object, 3)).EndorseWithContext(theirs)
	require.NoError(t, n.ThawNode("chaincode.manufacturer"))

	require.Equal(t, codes.DeadlineExceeded, status.Code(bareError))
	for stage, err := range map[client.Stage]error{client.StageEvaluate: evaluated, client.StageEndorse: endorsed} {
		var failed *client.Error
		require.ErrorAs(t, err, &failed, stage)
		require.Equal(t, stage, failed.Stage)
		require.Contains(t, err.Error(), string(stage))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}

	// Where something was handed over, a time-out is no answer: it is found out.
	patient := connect(t, n, manufacturer, "operator", client.WithTimeouts(client.Timeouts{Commit: time.Nanosecond}))
	eventually(t, func() error {
		_, err := patient.Capture(t.Context(), one(newObject(manufacturer), 1))
		return err
	})
}

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
	for _, o := range n.Topology().Orderers {
		require.NoError(t, n.FreezeNode(o.Name))
	}
	text := one(object, 20)
	_, err = hurried.Capture(t.Context(), text)
	for _, o := range n.Topology().Orderers {
		require.NoError(t, n.ThawNode(o.Name))
	}
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

// fabric-gateway#407: what a checkpoint means depends on how it was made, so that a
// block is read twice, or not at all.
func TestGateway407ACheckpointHasOneMeaning(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	b := bare(t, n, manufacturer)
	start := uint64(0)
	for i := range 4 {
		captured, err := c.Capture(t.Context(), document(
			step(newObject(manufacturer), 1, uuid(runOfComplaints, 99, 2, serials.Add(1)), moment()),
			step(newObject(manufacturer), 1, uuid(runOfComplaints, 99, 2, serials.Add(1)), moment())))
		require.NoError(t, err)
		if i == 0 {
			start = captured.Block
		}
	}
	// Fabric's: a block's last transaction was handled, and the block comes again.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	drain := func(events <-chan *peer.FilteredBlock) { // else its goroutine is left behind
		cancel()
		for range events {
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	checkpoint := new(gateway.InMemoryCheckpointer)
	blocks := b.gateway.GetNetwork(b.channel)
	events, err := blocks.FilteredBlockEvents(ctx, gateway.WithStartBlock(start))
	require.NoError(t, err)
	first := <-events
	last := first.GetFilteredTransactions()[len(first.GetFilteredTransactions())-1].GetTxid()
	drain(events)
	checkpoint.CheckpointTransaction(first.GetNumber(), last)
	events, err = blocks.FilteredBlockEvents(ctx, gateway.WithCheckpoint(checkpoint))
	require.NoError(t, err)
	require.Equal(t, first.GetNumber(), (<-events).GetNumber(), "all of it was handled")
	drain(events)

	// Ours: stopped behind every item in turn, also between two of one transaction.
	var whole, pieces []string
	stream := func(options ...client.FollowOption) *client.Stream[any] {
		return c.Follow(append(options, client.Kinds(client.KindEvent), client.UntilNow())...)
	}
	for item, err := range stream(client.FromBlock(start)).Items(t.Context()) {
		require.NoError(t, err)
		whole = append(whole, fmt.Sprint(item.Block, item.Index, item.Write))
	}
	require.GreaterOrEqual(t, len(whole), 8)
	at := client.Checkpoint{Block: start}
	for range whole {
		for item, err := range stream(client.From(at)).Items(t.Context()) {
			require.NoError(t, err)
			pieces = append(pieces, fmt.Sprint(item.Block, item.Index, item.Write))
			at = item.Checkpoint
			break
		}
	}
	require.Equal(t, whole, pieces)
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
