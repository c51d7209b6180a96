package client_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

const recorderID = "/8004/9506000RECORDER"

// logged are recordings of a registered device, a reading each, a minute apart.
func logged(t *testing.T, c *clienttest.Consortium, n int) [][]byte {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	proven, err := client.ProveDeviceKey(recorderID, "ManufacturerMSP", key)
	require.NoError(t, err)
	start := now.Add(-24 * time.Hour)
	_, err = c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: recorderID, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedFrom: start, CalibratedUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	var recordings [][]byte
	var previous telemetry.Hash
	for i := range n {
		recording, err := telemetry.Seal(rand.Reader, key, telemetry.Draft{
			Device: recorderID, Sequence: uint64(i + 1), Previous: previous, Measurement: "Temperature", Unit: "CEL",
			Readings: []telemetry.Reading{{Time: start.Add(time.Duration(i) * time.Minute).UnixMilli(), Value: int64(i % 12)}},
		})
		require.NoError(t, err)
		recordings, previous = append(recordings, recording.Bytes()), recording.Root()
	}
	return recordings
}

// watched has an archiving policy of at most 8 degrees apply to something since
// the first recording.
func watched(t *testing.T, c *clienttest.Consortium, first []byte) {
	t.Helper()
	recording, err := telemetry.Decode(first)
	require.NoError(t, err)
	upper, none := evaluation.Amount(8e9), int64(0)
	defined, err := c.Client(t, "manufacturer", "quality").DefinePolicy(t.Context(), condition.DefinePolicyRequest{
		Name: "cold", Version: 1, Consequences: condition.Consequences{Hold: condition.HoldNever, Archive: true},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "to-8", Upper: &upper, LongestExcursionMs: &none}},
		},
	})
	require.NoError(t, err)
	operator, goods := c.Client(t, "manufacturer", "operator"), "urn:epc:id:sgtin:9506000.013435.RECORDED"
	_, err = operator.CaptureEvents(t.Context(), []epcis.Event{{
		Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", EventTime: recording.First().At(), EPCList: []string{goods},
	}})
	require.NoError(t, err)
	_, err = operator.StartWatch(t.Context(), condition.StartWatchRequest{
		Name: "goods", Policy: defined.Policy.PolicyRef, Objects: []string{goods}, Devices: []string{recorderID}, Start: recording.First().At(),
	})
	require.NoError(t, err)
}

func TestAnyNumberOfRecordingsIsRecordedInAsManyTransactionsAsItTakes(t *testing.T) {
	c := founded(t)
	recordings := logged(t, c, 70)
	watched(t, c, recordings[0])
	before := c.Ledger().Height()
	gateway := c.Client(t, "carrier", "gateway")
	recorded, err := gateway.Record(t.Context(), recordings...)
	require.NoError(t, err)
	require.Equal(t, before+2, c.Ledger().Height(), "64 and 6")
	require.Len(t, recorded.Recordings, 70)
	require.Zero(t, recorded.Repeated)
	require.NotEmpty(t, recorded.Transaction)
	require.Len(t, recorded.Lanes, 1)
	require.True(t, recorded.Lanes[0].Opened, "by the first transaction")

	_, err = gateway.Record(t.Context(), recordings...)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	runs := 0
	for run, err := range gateway.Runs(t.Context(), "ManufacturerMSP/goods", recorderID) {
		require.NoError(t, err)
		runs++
		require.Equal(t, uint64(runs), run.Sequence)
	}
	require.Equal(t, 70, runs)
}

func TestWhatIsOnRecordIsLeftOut(t *testing.T) {
	c := founded(t)
	recordings := logged(t, c, 6)
	gateway := c.Client(t, "carrier", "gateway")
	_, err := gateway.Record(t.Context(), recordings[:4]...)
	require.NoError(t, err)
	recorded, err := gateway.Record(t.Context(), recordings...)
	require.NoError(t, err)
	require.Equal(t, 4, recorded.Repeated)
	require.Len(t, recorded.Recordings, 2)
	require.Equal(t, uint64(5), recorded.Recordings[0].Sequence)
}

func TestTheRecordingThatIsRefusedIsNamed(t *testing.T) {
	c := founded(t)
	recordings := logged(t, c, 70)
	bad := bytes.Clone(recordings[66])
	bad[len(bad)-1] ^= 1
	recordings[66] = bad
	gateway := c.Client(t, "carrier", "gateway")
	recorded, err := gateway.Record(t.Context(), recordings...)
	var refused *client.RecordingError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 66, refused.Index)
	require.ErrorIs(t, err, fault.InvalidRequest)
	require.Len(t, recorded.Recordings, 64, "the first transaction stays")
	last, err := gateway.Recording(t.Context(), recorderID, 0)
	require.NoError(t, err)
	require.Equal(t, uint64(64), last.Sequence)

	_, err = gateway.Record(t.Context())
	require.Error(t, err)
}

func TestArchivedReadingsAreCheckedAgainstTheLedger(t *testing.T) {
	c := founded(t)
	recordings := logged(t, c, 2)
	watched(t, c, recordings[0])
	_, err := c.Client(t, "carrier", "gateway").Record(t.Context(), recordings...)
	require.NoError(t, err)
	retailer := c.Client(t, "retailer", "operator")
	for sequence, want := range map[uint64][]byte{0: recordings[1], 1: recordings[0], 2: recordings[1]} {
		found, err := retailer.Readings(t.Context(), recorderID, sequence)
		require.NoError(t, err)
		require.Equal(t, want, found.Bytes())
	}
	_, err = c.Client(t, "regulator", "auditor").Readings(t.Context(), recorderID, 1)
	require.Error(t, err, "a reader is no member")

	// A peer whose copy is another recording is found out.
	key := ledger.NewKey("recording", recorderID, ledger.Number(1))
	results := memledger.Results{Private: []memledger.PrivateWrite{{Collection: collections.Readings, Key: key, Value: recordings[1]}}}
	require.Equal(t, []memledger.Code{memledger.Valid}, c.Ledger().Commit(memledger.Transaction{ID: "forged", Results: results}))
	_, err = retailer.Readings(t.Context(), recorderID, 1)
	require.ErrorIs(t, err, fault.HashMismatch)
}
