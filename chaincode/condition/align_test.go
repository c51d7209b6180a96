package condition_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

const foreignID = "/8004/9506000LOGGER2"

// foreign registers a device that measures in another unit, and returns how to
// watch with it.
func (w *world) foreign(unit, accuracy string) func(name string, objects []string) (condition.Watch, error) {
	w.device = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{4}, 32))
	der, err := x509.MarshalPKIXPublicKey(w.device.Public().(ed25519.PublicKey))
	require.NoError(w, err)
	_, err = call(w, w.as(maker, ledger.RoleOperator), participant.RegisterDevice, participant.RegisterDeviceRequest{
		ID: foreignID, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: unit, Accuracy: accuracy, CalibratedUntil: origin.AddDate(0, 6, 0),
	})
	require.NoError(w, err)
	return func(name string, objects []string) (condition.Watch, error) {
		return call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: name, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{foreignID}, Start: origin,
		})
	}
}

// The same temperatures of a device that measures in another unit break the
// same policy at the same moments.
func TestADeviceMayMeasureInAnotherUnit(t *testing.T) {
	celsius := watching(t)
	celsius.record(0, 50, 6, 80, 8, 90, 17, 90)
	want := celsius.breach(celsius.watch().Lanes[0].Breach)
	for unit, c := range map[string]struct {
		values  []int64 // hundredths
		highest string
	}{
		"FAH": {[]int64{4100, 4640, 4820, 4820}, "48.2"},
		"KEL": {[]int64{27815, 28115, 28215, 28215}, "282.15"},
	} {
		t.Run(unit, func(t *testing.T) {
			w := newWorld(t)
			w.definePolicy(nil)
			_, err := w.foreign(unit, "0.5")(watchName, w.commission(3, nil))
			require.NoError(t, err)
			run := readings(0, c.values[0], 6, c.values[1], 8, c.values[2], 17, c.values[3])
			recording := w.seal(run, func(d *telemetry.Draft) { d.Device, d.Unit, d.Scale = foreignID, unit, -2 })
			w.now = recording.Last().At()
			_, err = w.submit(w.as(maker, ledger.RoleGateway), recording.Bytes())
			require.NoError(t, err)
			lane := w.watch().Lanes[0]
			require.Equal(t, unit, lane.Unit)
			require.Equal(t, celsius.watch().Lanes[0].Judgement, lane.Judgement)
			found := w.breach(lane.Breach)
			require.Equal(t, unit, found.Unit)
			require.Equal(t, c.highest, found.Highest.String())
			require.Equal(t, []any{want.From, want.To, want.At, want.Rules}, []any{found.From, found.To, found.At, found.Rules})
		})
	}
}

func TestADeviceOfAnotherQuantityIsRefused(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].Lower = amount(t, "2.000000001") })
	_, err := w.foreign("FAH", "0.5")(watchName, w.commission(1, nil))
	require.ErrorIs(t, err, fault.Unsupported, "that limit has no decimal value in degrees Fahrenheit, nor have its readings in degrees Celsius")
}

func TestAnAccuracyIsAskedForInThePolicysUnit(t *testing.T) {
	for accuracy, fits := range map[string]bool{"0.9": true, "0.91": false} {
		w := newWorld(t)
		w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Devices = &condition.DeviceTerms{Accuracy: amount(t, "0.5")} })
		_, err := w.foreign("FAH", accuracy)(watchName, w.commission(1, nil))
		if fits {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, fault.DeviceUnfit)
		}
	}
}

// Nobody escapes a limit of the mean kinetic temperature by ending the watch
// just where the readings end.
func TestEndingAWatchAtTheLastReadingJudgesItsLastWindow(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) {
		r.Terms.Bands = nil
		r.Terms.MKT = &evaluation.MKT{Upper: *amount(t, "8"), BucketMs: 24 * 60 * minute, Buckets: 30, ActivationEnergy: 83_144}
	})
	objects := w.commission(1, nil)
	_, err := w.startWatch(watchName, objects)
	require.NoError(t, err)
	w.record(0, 90, 8, 90)
	require.Equal(t, evaluation.Kept, w.watch().Verdict, "a window of thirty days is not full")
	ended, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	require.NoError(t, err)
	broken := evaluation.Judgement{Verdict: evaluation.Broken, Reasons: []string{evaluation.RuleMKT}}
	require.Equal(t, broken, *ended.AtEnd)
	require.Equal(t, broken, w.watch().Judgement)
	found := w.breach(w.watch().Lanes[0].Breach)
	require.Equal(t, "9", found.MKT.String())
	require.Equal(t, *ended.End, found.To)
	require.NotEmpty(t, w.holds(objects[0]))
}
