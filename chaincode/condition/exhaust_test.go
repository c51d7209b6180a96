package condition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// calmRuns are recordings of as many readings as there can be, which take next to no
// bytes, one reading a second.
func calmRuns(recordings int) [][]telemetry.Reading {
	runs := make([][]telemetry.Reading, recordings)
	at := origin.UnixMilli()
	for i := range runs {
		runs[i] = make([]telemetry.Reading, telemetry.MaxReadings)
		for j := range runs[i] {
			runs[i][j] = telemetry.Reading{Time: at, Value: 50}
			at += 1000
		}
	}
	return runs
}

// Readings times watches is what a recording costs endorsers: one transaction cannot
// ask for any amount of it, and what is refused is taken in parts.
func TestATransactionCannotAskForAnyAmountOfEvaluation(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	for i, path := range w.commission(condition.MaxFeeds, nil) {
		_, err := w.startWatch(fmt.Sprintf("watch-%d", i), []string{path})
		require.NoError(t, err)
	}
	recordings := w.sealMany(calmRuns(2)...)
	w.now = recordings[1].Last().At()
	_, err := w.submit(w.as(maker, ledger.RoleGateway), join(recordings...))
	require.ErrorIs(t, err, fault.LimitExceeded)
	for _, one := range recordings {
		resp, err := w.submit(w.as(maker, ledger.RoleGateway), one.Bytes())
		require.NoError(t, err)
		require.Len(t, resp.Lanes, condition.MaxFeeds)
	}
}

// Bytes of somebody who may not submit are not even unpacked.
func TestAStrangersRecordingsAreNotUnpacked(t *testing.T) {
	w := newWorld(t)
	w.now = origin.Add(time.Minute)
	_, err := w.submit(w.as(reader, ledger.RoleAuditor), []byte("no recording"))
	require.ErrorIs(t, err, fault.ReaderOnly)
	_, err = w.submit(w.as("StrangerMSP", ledger.RoleGateway), []byte("no recording"))
	require.ErrorIs(t, err, fault.NotParticipant)
}
