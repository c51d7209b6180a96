package events

import (
	"testing"

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

func TestALoadsRatiosAreTakenRoundByRound(t *testing.T) {
	r := &Report{samples: map[string][]sample{
		single: {{window: 1e9, events: 80}, {window: 1e9, events: 50}}, assets: {{window: 1e9, events: 100}, {window: 1e9, events: 50}},
	}}
	require.Equal(t, 1.0, r.ratio(single, assets, sample.rate).Most)
	require.Equal(t, 0.8, r.ratio(single, assets, sample.rate).Least)
}
