package e2e_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// Many callers share a group over documents that are ordered in blocks together, two
// of them about what the others do, too: nobody hears of a lost race.
func TestManyCallersShareAGroupOverARealNetwork(t *testing.T) {
	const callers, inspections = 48, 10
	w := start(t)
	operator := w.client(t, manufacturer, "operator")
	group, err := client.NewGroup(operator, client.WithGroupEvents(20))
	require.NoError(t, err)
	begun := time.Now().Add(-6 * time.Hour)
	about := func(action epcis.Action, step string, second int, epcs ...string) epcis.Event {
		return epcis.Event{Type: epcis.ObjectEvent, Action: action, BizStep: step, EventTime: begun.Add(time.Duration(second) * time.Second), EPCList: epcs}
	}
	own, shared := objects(callers), objects(2)
	for _, r := range group.CaptureAll(t.Context(), []epcis.Event{about(epcis.Add, "commissioning", 0, shared...)}) {
		require.NoError(t, r.Err)
	}
	var mu sync.Mutex
	transactions := map[string]bool{}
	hashes := make([][]string, callers)
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			events := []epcis.Event{about(epcis.Add, "commissioning", 0, own[i])}
			for n := range inspections {
				events = append(events, about(epcis.Observe, "inspecting", 100*i+n+1, own[i]))
			}
			events = append(events, about(epcis.Observe, "inspecting", 100*i+50, own[i], shared[i%2]), about(epcis.Add, "commissioning", 99, own[i]))
			results := group.CaptureAll(t.Context(), events)
			require.ErrorIs(t, results[len(results)-1].Err, fault.AlreadyExists)
			for _, r := range results[:len(results)-1] {
				require.NoError(t, r.Err)
				hashes[i] = append(hashes[i], r.Captured.Event.Event)
				mu.Lock()
				transactions[r.Captured.Transaction] = true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	require.NoError(t, group.Close(t.Context()))
	for i, object := range own {
		var found []string
		for entry, err := range operator.History(t.Context(), object) {
			require.NoError(t, err)
			found = append(found, entry.Event)
		}
		require.Equal(t, hashes[i], found)
	}
	require.Less(t, len(transactions), callers*(inspections+2)/5)
	t.Logf("%d events in %d transactions", callers*(inspections+2), len(transactions))
}
