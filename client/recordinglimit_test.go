package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

// Recordings that are small and have very many readings are sent in smaller parts.
func TestRecordingsOfTooManyReadingsForOneTransactionAreParted(t *testing.T) {
	c := founded(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	proven, err := client.ProveDeviceKey(recorderID, "ManufacturerMSP", key)
	require.NoError(t, err)
	start := now.AddDate(-1, 0, 0)
	_, err = c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: recorderID, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedFrom: start, CalibratedUntil: start.AddDate(2, 0, 0),
	})
	require.NoError(t, err)
	var recordings [][]byte
	var previous telemetry.Hash
	at := start.UnixMilli()
	for i := range 12 {
		readings := make([]telemetry.Reading, telemetry.MaxReadings)
		for j := range readings {
			readings[j] = telemetry.Reading{Time: at, Value: 50}
			at += int64(time.Second / time.Millisecond)
		}
		recording, err := telemetry.Seal(rand.Reader, key, telemetry.Draft{
			Device: recorderID, Sequence: uint64(i + 1), Previous: previous, Measurement: "Temperature", Unit: "CEL", Scale: -1,
			Chunk: telemetry.MaxChunk, Readings: readings,
		})
		require.NoError(t, err)
		recordings, previous = append(recordings, recording.Bytes()), recording.Root()
	}
	before := c.Ledger().Height()
	recorded, err := c.Client(t, "manufacturer", "gateway").Record(t.Context(), recordings...)
	require.NoError(t, err)
	require.Len(t, recorded.Recordings, 12)
	require.Equal(t, before+2, c.Ledger().Height(), "six and six")
}
