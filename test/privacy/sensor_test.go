package privacy_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

// archive records readings under a policy that archives them, and returns the
// device and some bytes of the readings, of which no record holds a part.
func (w *world) archive(t *testing.T, object string) (device string, readings []byte) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	device = fmt.Sprintf("/8004/%sP%d", prefixes[manufacturer], serial.Add(1))
	begun, operator := time.Now().Add(-2*time.Hour).Truncate(time.Second), w.client(t, manufacturer, "operator")
	proven, err := client.ProveDeviceKey(device, manufacturerMSP, key)
	require.NoError(t, err)
	_, err = operator.RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: device, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		CalibratedFrom: time.Now().AddDate(0, -1, 0), CalibratedUntil: time.Now().AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	upper, allowance := evaluation.Amount(8e9), int64(60_000)
	defined, err := w.client(t, manufacturer, "quality").DefinePolicy(t.Context(), condition.DefinePolicyRequest{
		Name: fmt.Sprintf("archived-%d", serial.Add(1)), Version: 1,
		Consequences: condition.Consequences{Hold: condition.HoldNever, Archive: true},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "to8", Upper: &upper, AllowanceMs: &allowance}},
		},
	})
	require.NoError(t, err)
	_, err = operator.StartWatch(t.Context(), condition.StartWatchRequest{
		Name: fmt.Sprintf("p-%d", serial.Add(1)), Policy: defined.Policy.PolicyRef, Objects: []string{object}, Start: begun, Devices: []string{device},
	})
	require.NoError(t, err)

	draft := telemetry.Draft{Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i := range 60 { // unlike any others: they are the secret
		n, err := rand.Int(rand.Reader, big.NewInt(60))
		require.NoError(t, err)
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: begun.Add(time.Duration(i) * time.Minute).UnixMilli(), Value: 10 + n.Int64()})
	}
	recording, err := telemetry.Seal(rand.Reader, key, draft)
	require.NoError(t, err)
	recorded, err := w.client(t, carrier, "gateway").Record(t.Context(), recording.Bytes())
	require.NoError(t, err)
	require.True(t, recorded.Recordings[0].Archived)
	text := recording.Bytes()
	return device, text[len(text)-40:]
}
