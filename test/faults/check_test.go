package faults_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
)

// violation is a promise that was not kept.
type violation struct {
	Promise promise
	What    string
}

// promise is what holds whatever dies.
type promise string

const (
	// nothingLost: what was accepted is on the ledger, and in the end all is accepted.
	nothingLost promise = "nothing lost"
	// nothingTwice: nothing is on the ledger that no client meant, or twice.
	nothingTwice promise = "nothing twice"
	// inOrder: the events of an object are in the order in which its client recorded them.
	inOrder promise = "in order"
	// seenOnce: an exactly-once handler saw every event exactly once.
	seenOnce promise = "seen exactly once"
	// oneLedger: all peers end at the same block with the same state.
	oneLedger promise = "one ledger"
)

// check balances the books of a world that has settled: every violation, and how many
// events and objects were looked at. The objects' histories are read at another
// organisation than the one that recorded them.
func (w *world) check(t *testing.T) (found []violation, events, objects int) {
	t.Helper()
	meant := map[string]bool{}
	for i, r := range w.recorders {
		reader := connect(t, w.network, parties[(i+1)%len(parties)], "auditor")
		o, err := openOutbox(r.config.Database)
		require.NoError(t, err)
		entries, err := o.all()
		require.NoError(t, err)
		require.NoError(t, o.db.Close())
		byObject := map[string][]entry{}
		for _, e := range entries {
			meant[e.Event] = true
			byObject[e.Object] = append(byObject[e.Object], e)
		}
		for object, journal := range byObject {
			history, err := historyOf(t.Context(), reader, object)
			require.NoError(t, err)
			found = append(found, compare(object, journal, history)...)
		}
		events += len(entries)
		objects += len(byObject)
	}
	for _, f := range w.followers {
		seen, err := seenBy(f.config.Database)
		require.NoError(t, err)
		found = append(found, once(f.config.Number, meant, seen)...)
	}
	return append(found, w.united(t)...), events, objects
}

// compare holds what a client meant to record of an object against the ledger.
func compare(object string, journal []entry, history []string) (found []violation) {
	add := func(p promise, format string, args ...any) {
		found = append(found, violation{p, object + ": " + fmt.Sprintf(format, args...)})
	}
	var order []string
	times := map[string]int{}
	for _, event := range history {
		times[event]++
	}
	for _, e := range journal {
		switch {
		case e.Refused != "":
			add(nothingLost, "%s was refused: %s", e.Event, e.Refused)
		case times[e.Event] == 0:
			add(nothingLost, "%s, accepted by %q, is not on the ledger", e.Event, e.Accepted)
		case e.Accepted == "":
			add(nothingLost, "%s is on the ledger and was never accepted", e.Event)
		case times[e.Event] > 1:
			add(nothingTwice, "%s is on the ledger %d times", e.Event, times[e.Event])
		}
		order = append(order, e.Event)
	}
	for _, event := range history {
		if !slices.Contains(order, event) {
			add(nothingTwice, "%s is on the ledger and nobody meant it", event)
		}
	}
	if len(found) == 0 && !slices.Equal(order, history) {
		add(inOrder, "recorded as %v, on the ledger as %v", order, history)
	}
	return found
}

// historyOf gives the ids of an object's events in the order of the ledger; none if
// the object is not there.
func historyOf(ctx context.Context, c *client.Client, object string) ([]string, error) {
	var ids []string
	for entry, err := range c.History(ctx, object) {
		if notThere(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, entry.EventID)
	}
	return ids, nil
}

// once holds what a follower saw against what was meant.
func once(number int, meant map[string]bool, seen map[string]int) (found []violation) {
	for event := range meant {
		if seen[event] != 1 {
			found = append(found, violation{seenOnce, fmt.Sprintf("follower %d saw %s %d times", number, event, seen[event])})
		}
	}
	for event, times := range seen {
		if !meant[event] {
			found = append(found, violation{seenOnce, fmt.Sprintf("follower %d saw %s %d times, which nobody recorded", number, event, times)})
		}
	}
	return found
}

// united holds all peers against one another. What a peer that stays behind logged
// last is shown.
func (w *world) united(t *testing.T) []violation {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("the peers are not at one height after a minute"))
	defer cancel()
	tips, err := agreed(ctx, bystandersAt(t, w.network))
	if err != nil {
		w.explain(t, tips)
		return []violation{{oneLedger, err.Error()}}
	}
	different := map[tip]bool{}
	for _, t := range tips {
		different[t] = true
	}
	if len(different) != 1 {
		return []violation{{oneLedger, fmt.Sprintf("peers differ: %v", tips)}}
	}
	return nil
}

// explain logs what peers that are behind said last of the orderers.
func (w *world) explain(t *testing.T, tips map[string]tip) {
	t.Helper()
	var highest uint64
	for _, at := range tips {
		highest = max(highest, at.Height)
	}
	for _, s := range w.network.Status() {
		if at, ok := tips[s.Name]; ok && at.Height < highest {
			t.Logf("%s is %d blocks behind; of the orderers it said last:\n%s", s.Name, highest-at.Height, lastLines(s.Log, "blocksprovider", 12))
		}
	}
}

// lastLines are the last lines of a log with a word in them.
func lastLines(log, word string, count int) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, word) {
			found = append(found, line)
		}
	}
	return strings.Join(found[max(0, len(found)-count):], "")
}
