package e2e_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

// deviceLives has a gateway vouch for a sensor and change its key, and the
// sensor found outside of its limits: what it fed turns undetermined.
func deviceLives(t *testing.T, w world) {
	goods := objects(1)
	must(t, w, manufacturer, commission(goods))
	n := watchNumber.Add(1)
	gatewayID, sensorID := fmt.Sprintf("/8004/9521321GATE%d", n), fmt.Sprintf("/8004/9521321SENSOR%d", n)
	operator, quality := w.client(t, manufacturer, "operator"), w.client(t, manufacturer, "quality")
	old, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, next, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)

	key, err := client.ProveDeviceKey(gatewayID, manufacturerMSP, old)
	require.NoError(t, err)
	_, err = operator.RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: gatewayID, PublicKey: key.PublicKey, Algorithm: key.Algorithm, Proof: key.Proof,
	})
	require.NoError(t, err)
	sensor := participant.RegisterDeviceRequest{
		ID: sensorID, Gateway: gatewayID, Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		CalibratedFrom: begun.AddDate(0, -1, 0), CalibratedUntil: begun.AddDate(1, 0, 0),
	}
	_, err = w.client(t, carrier, "operator").RegisterDevice(t.Context(), sensor)
	require.ErrorIs(t, err, fault.NotLicensee, "another organisation's gateway")
	_, err = operator.RegisterDevice(t.Context(), sensor)
	require.NoError(t, err)

	watch := watchOf(t, w, goods, sensorID, begun)
	gateway := w.client(t, manufacturer, "gateway")
	draft := telemetry.Draft{
		Device: sensorID, Gateway: gatewayID, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1,
		Readings: readings(begun, 41, 43, 45, 44),
	}
	first, err := telemetry.Seal(rand.Reader, old, draft)
	require.NoError(t, err)
	recorded, err := gateway.Record(t.Context(), first.Bytes())
	require.NoError(t, err)
	require.Equal(t, evaluation.Kept, recorded.Lanes[0].Verdict)

	proof, err := client.ProveDeviceKey(sensorID, manufacturerMSP, next)
	require.NoError(t, err)
	rotation := participant.RotateDeviceKeyRequest{ID: gatewayID, PublicKey: proof.PublicKey, Algorithm: proof.Algorithm, Proof: proof.Proof, Reason: "yearly"}
	_, err = operator.RotateDeviceKey(t.Context(), rotation)
	require.ErrorIs(t, err, fault.BadSignature, "a proof for another device")
	proof, err = client.ProveDeviceKey(gatewayID, manufacturerMSP, next)
	require.NoError(t, err)
	rotation.Proof = proof.Proof
	_, err = operator.RotateDeviceKey(t.Context(), rotation)
	require.NoError(t, err)

	draft.Sequence, draft.Previous, draft.Readings = 2, first.Root(), readings(time.Now().Add(5*time.Minute), 44, 45)
	late, err := telemetry.Seal(rand.Reader, old, draft)
	require.NoError(t, err)
	_, err = gateway.Record(t.Context(), late.Bytes())
	require.ErrorIs(t, err, fault.BadSignature, "the old key, of later readings")
	draft.Readings = readings(begun.Add(4*time.Minute), 44, 45, 44, 46)
	second, err := telemetry.Seal(rand.Reader, old, draft)
	require.NoError(t, err)
	_, err = gateway.Record(t.Context(), second.Bytes())
	require.NoError(t, err, "the old key, of what was not sent yet")

	_, err = quality.RecordCalibration(t.Context(), participant.RecordCalibrationRequest{
		ID: sensorID, Laboratory: "Metrology", Certificate: strings.Repeat("0a", 32), Calibrated: participant.Calibrated{
			Performed: begun.Add(30 * time.Minute), Due: begun.AddDate(1, 0, 0), AsFound: participant.CheckFail, AsLeft: participant.CheckPass,
		},
	})
	require.NoError(t, err)
	var found []condition.DeviceVerdict
	for verdict, err := range w.client(t, regulator, "auditor").DeviceVerdicts(t.Context(), condition.DeviceVerdictsRequest{Device: sensorID, Doubted: true}) {
		require.NoError(t, err)
		found = append(found, verdict)
	}
	require.Len(t, found, 1)
	require.Equal(t, watch, found[0].Watch)
	require.Equal(t, evaluation.Undetermined, found[0].Verdict)
	require.Contains(t, found[0].Reasons, "device:asFoundFailed")

	_, err = operator.RevokeDevice(t.Context(), participant.RevokeDeviceRequest{ID: gatewayID, Since: begun, Reason: "stolen"})
	require.NoError(t, err)
	found = nil
	for verdict, err := range operator.GatewayVerdicts(t.Context(), condition.DeviceVerdictsRequest{Device: gatewayID, Doubted: true}) {
		require.NoError(t, err)
		found = append(found, verdict)
	}
	require.Len(t, found, 1)
	require.Equal(t, sensorID, found[0].Device)
	require.Contains(t, found[0].Reasons, "device:gateway:compromised")
}

// watchOf watches goods by a device from a time on.
func watchOf(t *testing.T, w world, goods []string, device string, from time.Time) string {
	t.Helper()
	name := fmt.Sprintf("device-%d", watchNumber.Add(1))
	upper, single := evaluation.Amount(8*telemetry.Factor(0)), int64(0)
	defined, err := w.client(t, manufacturer, "quality").DefinePolicy(t.Context(), condition.DefinePolicyRequest{
		Name: name, Version: 1, Consequences: condition.Consequences{Hold: condition.HoldNever}, Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Linear,
			Bands: []evaluation.Band{{Name: "cold", Upper: &upper, LongestExcursionMs: &single}},
		},
	})
	require.NoError(t, err)
	watch, err := w.client(t, manufacturer, "operator").StartWatch(t.Context(), condition.StartWatchRequest{
		Name: name, Policy: defined.Policy.PolicyRef, Objects: goods, Devices: []string{device}, Start: from,
	})
	require.NoError(t, err)
	return watch.Watch.ID
}
