package faults_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheBooksDoNotBalanceWhenAClientIsWrong shows that the chaos would find what it
// looks for: each client here breaks one promise, and is found out for that one.
func TestTheBooksDoNotBalanceWhenAClientIsWrong(t *testing.T) {
	for _, broken := range []struct {
		defect defect
		breaks promise
	}{
		{noIdempotency, nothingTwice},
		{optimism, nothingLost},
		{hurry, inOrder},
		{lostCheckpoint, seenOnce},
		{skippedBlock, seenOnce},
	} {
		t.Run(string(broken.defect), func(t *testing.T) {
			w := newWorld(t, load{lanes: 1, perObject: 6, recorders: []defect{broken.defect}, followers: []defect{broken.defect}, patience: soon})
			w.stumble(t, broken.defect)
			require.NoError(t, w.settle(t.Context()))
			found, events, _ := w.check(t)
			require.Greater(t, events, 6)
			broke := map[promise]bool{}
			for _, v := range found {
				broke[v.Promise] = true
			}
			require.True(t, broke[broken.breaks], "%v", found)
			t.Log(found[0])
		})
	}
	// And the same without a defect.
	w := newWorld(t, load{lanes: 1, perObject: 6, recorders: []defect{""}, followers: []defect{""}})
	w.stumble(t, "")
	require.NoError(t, w.settle(t.Context()))
	found, _, _ := w.check(t)
	require.Empty(t, found)
}

// soon is long enough for a dozen events: who waits for what a defect has lost waits in
// vain.
const soon = 20 * time.Second

// stumble brings a world to where a defect shows: clients are killed and started
// again, and the ordering service is away for a moment.
func (w *world) stumble(t *testing.T, d defect) {
	t.Helper()
	recorder, follower := w.recorders[0], w.followers[0]
	switch d {
	case noIdempotency: // it kills itself
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, recorder.exited(ctx))
	case optimism:
		w.await(t, 8)
		require.NoError(t, w.network.KillNode(t.Context(), "chaincode."+recorder.config.Party))
		all, _ := w.counts()
		w.await(t, all+2) // the first may have been endorsed before
		require.NoError(t, w.network.StartNode(t.Context(), "chaincode."+recorder.config.Party))
	default:
		w.await(t, 8)
		recorder.kill()
	}
	follower.kill()
	require.NoError(t, recorder.start())
	all, _ := w.counts()
	w.await(t, all+8)
	require.NoError(t, follower.start())
}

// await waits until so many events stand in the outboxes.
func (w *world) await(t *testing.T, count int) {
	t.Helper()
	var all int
	require.Eventually(t, func() bool {
		all, _ = w.counts()
		return all >= count
	}, time.Minute, pauseBetween/4, "events in outboxes")
}

// The one defect that needs no network: an order is kept, or it is not.
func TestCompareFindsEachKindOfViolation(t *testing.T) {
	journal := func(accepted ...string) (all []entry) {
		for i, a := range accepted {
			all = append(all, entry{Object: "o", Number: i + 1, Event: fmt.Sprintf("e%d", i+1), Accepted: a})
		}
		return all
	}
	refused := journal("t1", "")
	refused[1].Refused = "NotCustodian"
	for name, test := range map[string]struct {
		journal []entry
		history []string
		breaks  []promise
	}{
		"all well":              {journal("t1", "t2"), []string{"e1", "e2"}, nil},
		"lost":                  {journal("t1", "t2"), []string{"e1"}, []promise{nothingLost}},
		"never accepted":        {journal("t1", ""), []string{"e1", "e2"}, []promise{nothingLost}},
		"refused":               {refused, []string{"e1"}, []promise{nothingLost}},
		"twice":                 {journal("t1", "t2"), []string{"e1", "e2", "e1"}, []promise{nothingTwice}},
		"meant by nobody":       {journal("t1"), []string{"e1", "x"}, []promise{nothingTwice}},
		"out of order":          {journal("t1", "t2", "t3"), []string{"e1", "e3", "e2"}, []promise{inOrder}},
		"nothing on the ledger": {journal("t1"), nil, []promise{nothingLost}},
	} {
		t.Run(name, func(t *testing.T) {
			var breaks []promise
			for _, v := range compare("o", test.journal, test.history) {
				breaks = append(breaks, v.Promise)
			}
			require.Equal(t, test.breaks, breaks)
		})
	}
	require.Len(t, once(0, map[string]bool{"a": true, "b": true}, map[string]int{"a": 2, "c": 1}), 3, "twice, never, and of nobody")
}
