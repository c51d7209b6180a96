package faults_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// What users complain about without a number.

// Opaque errors: a refusal by the contract reads 'failed to endorse transaction, see
// attached details for more info'. Fabric's client prints the details by now, as text.
func TestARefusalSaysWhatWasWrongAndWhere(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := newObject(carrier) // under another's prefix
	good, bad := step(newObject(manufacturer), 1, uuid(runOfComplaints, 99, 3, serials.Add(1)), moment()),
		step(object, 1, uuid(runOfComplaints, 99, 3, serials.Add(1)), moment())

	_, theirs := bare(t, n, manufacturer).proposal(t, n, document(good, bad)).Endorse()
	require.ErrorContains(t, theirs, "see attached details for more info")
	require.Equal(t, codes.Aborted, status.Code(theirs), "as of whatever keeps anybody from endorsing; what was refused, and where, is text")

	_, err := c.Capture(t.Context(), document(good, bad))
	require.ErrorIs(t, err, fault.NotLicensee)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEndorse, failed.Stage)
	require.NotEmpty(t, failed.Transaction)
	at, ok := failed.Fault.EventIndex()
	require.True(t, ok)
	require.Equal(t, 1, at, "the second event of the document")
	require.NotEmpty(t, failed.Fault.EPC)
	require.False(t, failed.Retry)
	require.Contains(t, failed.Help(), "errors.md")
}

// Unknown outcomes: the connection is lost after the transaction was handed over.
func TestALostConnectionDoesNotLeaveTheOutcomeOpen(t *testing.T) {
	w := newWorld(t, load{})
	link, profile := w.detour(t, manufacturer.name)
	cut := &stages{at: client.StageCommit, do: func() {
		for _, p := range link {
			p.Reset()
		}
	}}
	c := connect(t, w.network, manufacturer, "operator", client.WithProfile(profile), client.WithObserver(cut))
	object := newObject(manufacturer)
	captured, err := c.Capture(t.Context(), one(object, 1))
	require.NoError(t, err)
	require.NotEmpty(t, captured.Transaction)
	require.Positive(t, cut.count(client.StageCommit))

	// And while every link is dead for a while.
	stall := &stages{at: client.StageCommit, do: sync.OnceFunc(func() {
		for _, p := range link {
			p.Refuse(true)
		}
		time.AfterFunc(2*time.Second, func() {
			for _, p := range link {
				p.Refuse(false)
			}
		})
	})}
	c = connect(t, w.network, manufacturer, "operator", client.WithProfile(profile), client.WithObserver(stall))
	_, err = c.Capture(t.Context(), one(object, 2))
	require.NoError(t, err)
	history, err := historyOf(t.Context(), c, object)
	require.NoError(t, err)
	require.Len(t, history, 2)
}

// Retries written by hand: everything that passes by itself is waited for.
func TestAnOrganisationsOwnChaincodeServerMayRestart(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	require.NoError(t, n.KillNode(t.Context(), "chaincode.manufacturer"))
	_, theirs := bare(t, n, manufacturer).proposal(t, n, one(object, 2)).Endorse()
	var call errgroup.Group
	call.Go(func() error {
		_, err := c.Capture(t.Context(), one(object, 2))
		return err
	})
	time.Sleep(time.Second)
	started := n.StartNode(t.Context(), "chaincode.manufacturer")
	err := call.Wait()
	require.NoError(t, started)
	require.Error(t, theirs)
	require.NoError(t, err)
}

// A peer that was down knows less than the caller does, and refuses what follows from
// what it does not know.
func TestAPeerThatIsBehindDoesNotRefuseWhatFollows(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator", client.WithTries(20))
	require.NoError(t, n.KillNode(t.Context(), "peer1.manufacturer"))
	var objects []string
	for range 10 {
		objects = append(objects, made(t, c, manufacturer))
	}
	require.NoError(t, n.KillNode(t.Context(), "peer0.manufacturer"))
	require.NoError(t, n.StartNode(t.Context(), "peer1.manufacturer"))
	follow := func(c *client.Client, number int) error {
		var all errgroup.Group
		for _, object := range objects {
			all.Go(func() error {
				_, err := c.Capture(t.Context(), one(object, number))
				return err
			})
		}
		return all.Wait()
	}
	err := follow(c, 2)
	require.NoError(t, n.StartNode(t.Context(), "peer0.manufacturer"))
	require.NoError(t, err)

	// Who has just started has no receipts, but another gateway to compare with.
	require.NoError(t, n.KillNode(t.Context(), "peer0.manufacturer"))
	for i := range 10 {
		_, err = c.Capture(t.Context(), one(objects[i], 3))
		require.NoError(t, err)
		objects[i] = made(t, c, manufacturer)
	}
	require.NoError(t, n.StartNode(t.Context(), "peer0.manufacturer"))
	require.NoError(t, follow(connect(t, n, manufacturer, "operator", client.WithTries(20)), 2))

	// Where all of its gateways are behind, it has nothing to compare but what it is told.
	require.NoError(t, n.KillPeer(t.Context(), manufacturer.name))
	elsewhere := connect(t, n, manufacturer, "operator", client.WithPeers(bare(t, n, carrier).peer.Host))
	var known uint64
	for i := range objects {
		objects[i] = newObject(manufacturer)
		captured, err := elsewhere.Capture(t.Context(), one(objects[i], 1))
		require.NoError(t, err)
		known = max(known, captured.Block)
	}
	require.NoError(t, n.StartPeer(t.Context(), manufacturer.name))
	require.NoError(t, follow(connect(t, n, manufacturer, "operator", client.WithTries(20), client.WithKnownBlock(known)), 2))
}

// stages counts what a client does, and does something itself when a stage begins.
type stages struct {
	at client.Stage
	do func()

	mu    sync.Mutex
	begun map[client.Stage]int
}

// Begin implements client.Observer.
func (s *stages) Begin(ctx context.Context, step client.Step) (context.Context, func(client.Outcome)) {
	s.mu.Lock()
	if s.begun == nil {
		s.begun = map[client.Stage]int{}
	}
	s.begun[step.Stage]++
	s.mu.Unlock()
	if s.do != nil && step.Stage == s.at {
		s.do()
	}
	return ctx, nil
}

// Observe implements client.Observer.
func (s *stages) Observe(context.Context, client.Event) {}

func (s *stages) count(stage client.Stage) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun[stage]
}

// eventually repeats what may take a moment on a network, until it succeeds.
func eventually(t *testing.T, act func() error) {
	t.Helper()
	require.Eventually(t, func() bool {
		err := act()
		if err != nil {
			t.Log(err)
		}
		return err == nil
	}, time.Minute, pauseBetween)
}
