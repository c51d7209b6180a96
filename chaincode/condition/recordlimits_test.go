package condition_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// widest is a policy of as many bands as there can be, with the longest names, of
// which readings break all.
func widest(r *condition.DefinePolicyRequest) {
	r.Terms.Bands = nil
	for i := range evaluation.MaxBands {
		upper := evaluation.Amount(8e9)
		r.Terms.Bands = append(r.Terms.Bands, evaluation.Band{
			Name: fmt.Sprintf("band-%027d", i), Upper: &upper, LongestExcursionMs: ms(0), AllowanceMs: ms(0),
		})
	}
}

// fullest is a world in which one device feeds as many watches as it can, each of
// as many objects as it can have.
func fullest(t *testing.T) *world {
	w := newWorld(t)
	w.definePolicy(widest)
	for i := range condition.MaxFeeds {
		_, err := w.startWatch(fmt.Sprintf("watch-%02d", i), w.commissionFrom(i*condition.MaxObjects, condition.MaxObjects, nil))
		require.NoError(t, err)
	}
	return w
}

// restless returns recordings that go in and out of range all the time.
func restless(w *world, recordings, readingsEach int) (runs [][]telemetry.Reading) {
	minute := int64(0)
	for range recordings {
		var pairs []int64
		for i := range readingsEach {
			pairs = append(pairs, minute, int64(50+100*(i%2)))
			minute++
		}
		runs = append(runs, readings(pairs...))
	}
	return runs
}

// However much a recording breaks, it is taken: what it writes does not depend on
// how much is watched.
func TestARecordingThatBreaksEverythingFitsATransaction(t *testing.T) {
	for name, shape := range map[string][2]int{"one recording": {1, 100}, "as many as there can be": {condition.MaxRecordings, 100}} {
		t.Run(name, func(t *testing.T) {
			w := fullest(t)
			recordings := w.sealMany(restless(w, shape[0], shape[1])...)
			sim := w.ledger.Simulate(w.proposal(join(recordings...)), maker)
			tx := ledger.Begin(sim)
			resp, err := condition.Record(tx, condition.RecordRequest{})
			require.NoError(t, err)
			require.Len(t, resp.Lanes, condition.MaxFeeds)
			for _, lane := range resp.Lanes {
				require.True(t, lane.Opened)
			}
			require.Less(t, tx.Size(), ledger.MaxTransaction)
			t.Logf("%d recordings in %d watches of %d objects: %d bytes", shape[0], condition.MaxFeeds, condition.MaxObjects, tx.Size())
			require.NoError(t, tx.Flush())
			codes := w.ledger.Commit(memledger.Transaction{ID: sim.Info().ID, Results: sim.Results()})
			require.Equal(t, memledger.Valid, codes[0])
		})
	}
}

// A run, a lane and a breach stay small, whatever readings do.
func TestWhatReadingsLeaveIsOfFixedSize(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(widest)
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	_, err = w.submitMany(w.sealMany(restless(w, 3, 2000)...)...)
	require.NoError(t, err)
	largest := map[string]int{}
	for _, entry := range w.ledger.Dump() {
		kind, _ := entry.Key.Parts()
		largest[kind] = max(largest[kind], len(entry.Value))
	}
	require.Less(t, largest["run"], 3072)
	require.NotZero(t, largest["run"])
	require.Less(t, largest["lane"], 8<<10)
	require.Less(t, largest["recording"], 1024)
	runs, err := ask(w, condition.ListRuns, condition.ListRunsRequest{Watch: watchID, Device: deviceID, Size: 2})
	require.NoError(t, err)
	require.Len(t, runs.Runs, 2)
	require.NotEmpty(t, runs.Bookmark)
	require.True(t, runs.Runs[1].Coarse)
	require.Equal(t, runs.Runs[0].Sum.Readings+runs.Runs[1].Run.Readings, runs.Runs[1].Sum.Readings)
	require.Equal(t, runs.Runs[0].Last, runs.Runs[1].From, "no hole")
}
