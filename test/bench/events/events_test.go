package events

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// On a network the loads are measured; here, that the ledger takes what they send.
func TestTheLedgerTakesWhatCallersSend(t *testing.T) {
	c := clienttest.New(t)
	require.NoError(t, c.Found(t.Context(), founders()...))
	b := &bench{client: c.Client(t, sender, "operator")}
	for name, begin := range map[string]begin{
		single:   capture(commissioned, 1, 1),
		"stored": capture(stored, 1, 2),
		"named":  capture(named, 1, 3),
		hundred:  capture(commissioned, 1, many),
		"listed": listed(3),
		grouping: grouped,
	} {
		call, end, err := begin(t.Context(), b)
		require.NoError(t, err, name)
		for n := range 2 {
			require.NoError(t, call(t.Context(), 0, n), name)
		}
		require.NoError(t, end(), name)
	}
	require.Len(t, b.stock, 2*many)
	call, _, err := capture(shipped, 1, 3)(t.Context(), b)
	require.NoError(t, err)
	for n := range 12 {
		require.NoError(t, call(t.Context(), 0, n))
	}
}

// The ledger grows with each load, and the machine is not the same from one minute to the
// next: so what is compared has the same place on average.
func TestWhatIsComparedIsMeasuredThereAndBack(t *testing.T) {
	r := &Report{throughput: throughput(), overhead: overhead(), samples: map[string][]sample{}}
	order := r.order()
	at := map[string][]int{}
	for i, l := range order {
		at[l.Name] = append(at[l.Name], i)
		r.add(l, 0, sample{calls: 1, latencies: []time.Duration{time.Duration(len(order) - i)}})
	}
	for _, g := range goals() {
		require.Len(t, at[g.load], 2, g.load)
		require.Equal(t, at[g.load][0]+at[g.load][1], at[g.to][0]+at[g.to][1], g.what)
		require.Len(t, r.samples[g.load], 1)
		require.Equal(t, 2, r.samples[g.load][0].calls)
		require.True(t, slices.IsSorted(r.samples[g.load][0].latencies))
	}
	require.Equal(t, grown, order[len(order)-1].Name)
}

func TestALoadsRatiosAreTakenRoundByRound(t *testing.T) {
	r := &Report{samples: map[string][]sample{
		single: {{window: 1e9, events: 80}, {window: 1e9, events: 50}}, assets: {{window: 1e9, events: 100}, {window: 1e9, events: 50}},
	}}
	require.Equal(t, 1.0, r.ratio(single, assets, sample.rate).Most)
	require.Equal(t, 0.8, r.ratio(single, assets, sample.rate).Least)
}
