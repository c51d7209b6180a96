package condition_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// sealMany makes recordings that continue one another, each of some of the
// readings; they are submitted by nobody yet.
func (w *world) sealMany(runs ...[]telemetry.Reading) (recordings []*telemetry.Recording) {
	w.Helper()
	sequence, previous := w.sequence, w.previous
	for _, run := range runs {
		recording := w.seal(run, func(d *telemetry.Draft) { d.Sequence, d.Previous = sequence+1, previous })
		recordings = append(recordings, recording)
		sequence, previous = sequence+1, recording.Root()
	}
	if last := recordings[len(recordings)-1].Last().At(); last.After(w.now) {
		w.now = last
	}
	return recordings
}

// join is the bytes of recordings one after another.
func join(recordings ...*telemetry.Recording) (data []byte) {
	for _, recording := range recordings {
		data = append(data, recording.Bytes()...)
	}
	return data
}

// submitMany submits recordings in one transaction, by the gateway.
func (w *world) submitMany(recordings ...*telemetry.Recording) (condition.RecordResponse, error) {
	return w.submit(w.as(maker, ledger.RoleGateway), join(recordings...))
}

func TestOneTransactionTakesManyRecordings(t *testing.T) {
	w := watching(t)
	recordings := w.sealMany(readings(0, 50, 5, 50), readings(10, 60), readings(15, 90, 20, 90, 30, 90), readings(35, 50))
	resp, err := w.submitMany(recordings...)
	require.NoError(t, err)
	require.Len(t, resp.Recordings, 4)
	for i, summary := range resp.Recordings {
		require.Equal(t, recordings[i].Root(), summary.Root)
		known, err := ask(w, condition.ReadRecording, condition.ReadRecordingRequest{Device: deviceID, Sequence: uint64(i + 1)})
		require.NoError(t, err)
		require.Equal(t, summary, known)
	}
	require.Len(t, resp.Lanes, 1)
	require.Equal(t, evaluation.Broken, resp.Lanes[0].Verdict)
	require.True(t, resp.Lanes[0].Opened)
	breach := w.breach(resp.Lanes[0].Breach)
	require.Equal(t, uint64(3), breach.FirstRecording)
}

// However a device's recordings are put into transactions, the ledger says the
// same of them.
func TestGroupingRecordingsChangesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 120), 2, 24).Draw(r, "values")
		gaps := rapid.SliceOfN(rapid.Int64Range(1, 13), len(values), len(values)).Draw(r, "gaps")
		var runs [][]telemetry.Reading
		minute := int64(0)
		for i, value := range values {
			minute += gaps[i]
			if i == 0 || rapid.Bool().Draw(r, "cut") {
				runs = append(runs, nil)
			}
			runs[len(runs)-1] = append(runs[len(runs)-1], readings(minute, value)...)
		}
		single, grouped := watching(t), watching(t)
		one := single.sealMany(runs...)
		for _, recording := range one {
			_, err := single.submitMany(recording)
			require.NoError(r, err)
		}
		for rest := grouped.sealMany(runs...); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(r, "group")
			_, err := grouped.submitMany(rest[:n]...)
			require.NoError(r, err)
			rest = rest[n:]
		}
		a, b := single.watch(), grouped.watch()
		require.Equal(r, a.Lanes[0].Tally, b.Lanes[0].Tally)
		require.Equal(r, a.Verdict, b.Verdict)
		if id := a.Lanes[0].Breach; id != "" {
			require.Equal(r, single.breach(id).Break, grouped.breach(b.Lanes[0].Breach).Break)
		}
	})
}

func TestABadRecordingAmongSeveralIsNamedAndNoneIsTaken(t *testing.T) {
	good := func(w *world) []*telemetry.Recording {
		return w.sealMany(readings(0, 50), readings(5, 50), readings(10, 50), readings(15, 50))
	}
	for name, c := range map[string]struct {
		attack func(*world) []byte
		at     int
		want   error
	}{
		"drops one": {func(w *world) []byte { return join(slices.Delete(good(w), 2, 3)...) }, 2, fault.OutOfSequence},
		"reorders two": {func(w *world) []byte {
			all := good(w)
			all[1], all[2] = all[2], all[1]
			return join(all...)
		}, 1, fault.OutOfSequence},
		"sends one twice": {func(w *world) []byte {
			all := good(w)
			return join(all[0], all[1], all[1])
		}, 2, fault.OutOfSequence},
		"back-dates one": {func(w *world) []byte {
			return join(w.sealMany(readings(0, 50, 5, 50), readings(5, 60))...)
		}, 1, fault.OutOfSequence},
		"edits the last": {func(w *world) []byte {
			data := join(good(w)...)
			data[len(data)-1] ^= 1
			return data
		}, 3, fault.InvalidRequest},
		"signs one with another key": {func(w *world) []byte {
			all := good(w)
			w.device = edKey(9)
			all[1] = w.seal(readings(5, 50), func(d *telemetry.Draft) { d.Sequence, d.Previous = 2, all[0].Root() })
			return join(all[:2]...)
		}, 1, fault.BadSignature},
		"adds one of another device": {func(w *world) []byte {
			all := good(w)
			all[3] = w.seal(readings(15, 50), func(d *telemetry.Draft) { d.Device, d.Sequence, d.Previous = "/8004/9506000LOGGER2", 4, all[2].Root() })
			return join(all...)
		}, 3, fault.InvalidIdentifier},
		"dates the last ahead": {func(w *world) []byte {
			all := good(w)
			w.now = origin
			return join(append(all[:3:3], w.seal(readings(16, 50), func(d *telemetry.Draft) { d.Sequence, d.Previous = 4, all[2].Root() }))...)
		}, 3, fault.TimeAhead},
		"sends more than sixty-four": {func(w *world) []byte {
			var runs [][]telemetry.Reading
			for i := range int64(condition.MaxRecordings + 1) {
				runs = append(runs, readings(i, 50))
			}
			return join(w.sealMany(runs...)...)
		}, condition.MaxRecordings, fault.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			w := watching(t)
			data := c.attack(w)
			before := w.ledger.Dump()
			_, err := w.submit(w.as(maker, ledger.RoleGateway), data)
			require.ErrorIs(t, err, c.want)
			at, named := condition.RefusedRecording(err)
			require.True(t, named)
			require.Equal(t, c.at, at)
			require.Equal(t, fmt.Sprintf("transient/recording/%d", c.at), fault.Of(err).Field)
			require.Equal(t, before, w.ledger.Dump(), "all or nothing")
		})
	}
}

func TestARepeatOfSomeRecordingsSaysHowToGoOn(t *testing.T) {
	w := watching(t)
	all := w.sealMany(readings(0, 50), readings(5, 50), readings(10, 50), readings(15, 50))
	first, err := w.submitMany(all[:2]...)
	require.NoError(t, err)
	before := w.ledger.Dump()

	_, err = w.submitMany(all[:2]...)
	require.ErrorIs(t, err, fault.AlreadyRecorded, "all of them")
	require.Equal(t, first.Recordings[0].Transaction, fault.Of(err).Detail["transaction"])
	_, err = w.submitMany(all...)
	require.ErrorIs(t, err, fault.OutOfSequence)
	known, ok := condition.OnRecord(err)
	require.True(t, ok)
	require.Equal(t, 2, known)
	require.Equal(t, before, w.ledger.Dump(), "nothing is half done")
	_, ok = condition.OnRecord(fault.OutOfSequence)
	require.False(t, ok)

	_, err = w.submitMany(all[known:]...)
	require.NoError(t, err)
	require.Equal(t, uint64(4), w.watch().Lanes[0].Readings)

	other := w.seal(readings(5, 51), func(d *telemetry.Draft) { d.Sequence, d.Previous = 2, all[0].Root() })
	_, err = w.submitMany(all[0], other, all[2])
	require.ErrorIs(t, err, fault.OutOfSequence, "the device signed two of one number")
	_, ok = condition.OnRecord(err)
	require.False(t, ok, "nothing to go on with")
}

func TestTheProposalMayNameEveryRoot(t *testing.T) {
	w := watching(t)
	all := w.sealMany(readings(0, 50), readings(5, 50))
	try := func(roots ...telemetry.Hash) error {
		return w.ledger.Update(w.proposal(join(all...)), func(tx *ledger.Tx) error {
			_, err := condition.Record(tx, condition.RecordRequest{Roots: roots})
			return err
		})
	}
	require.ErrorIs(t, try(all[0].Root()), fault.HashMismatch)
	err := try(all[0].Root(), all[0].Root())
	require.ErrorIs(t, err, fault.HashMismatch)
	require.Equal(t, "/roots/1", fault.Of(err).Field)
	require.NoError(t, try(all[0].Root(), all[1].Root()))
}

func TestASequenceThatIsTooLargeIsRefused(t *testing.T) {
	w := watching(t)
	_, err := w.submit(w.as(maker, ledger.RoleGateway), bytes.Repeat([]byte{0}, telemetry.MaxSequenceBytes+1))
	require.ErrorIs(t, err, fault.LimitExceeded)
}

// Of several recordings, those after the one that reaches the end of a watch say
// nothing of it, as if they came one by one.
func TestRecordingsAfterTheEndOfAWatchSayNothingOfIt(t *testing.T) {
	w := watching(t)
	w.record(0, 50, 5, 50)
	w.now = origin.Add(12 * time.Minute)
	w.endWatch(12)
	all := w.sealMany(readings(10, 50, 15, 50), readings(20, 90, 40, 90))
	resp, err := w.submitMany(all...)
	require.NoError(t, err)
	require.Len(t, resp.Recordings, 2)
	require.Equal(t, evaluation.Kept, resp.Lanes[0].Verdict)
	runs, err := ask(w, condition.ListRuns, condition.ListRunsRequest{Watch: watchID, Device: deviceID})
	require.NoError(t, err)
	require.Len(t, runs.Runs, 2)
	require.Equal(t, evaluation.Kept, w.watch().Verdict)
}
