package condition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

func TestADeviceIsPutToWatchesByWhomItIsAssignedToForTheTerm(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	objects := w.commission(1, func(twin *product.Twin) { twin.Custodian = carrier })
	start := func(name string) error {
		_, err := call(w, w.as(carrier, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: name, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{deviceID}, Start: w.now,
		})
		return err
	}
	require.ErrorIs(t, start("early"), fault.NotCustodian)
	_, err := call(w, w.as(maker, ledger.RoleOperator), participant.AssignDevice, participant.AssignDeviceRequest{
		ID: deviceID, To: carrier, From: after(10), Until: after(60),
	})
	require.NoError(t, err)
	require.ErrorIs(t, start("early"), fault.NotCustodian)
	w.now = after(10)
	require.NoError(t, start("loan"))
	w.now = after(60)
	require.ErrorIs(t, start("late"), fault.NotCustodian, "after its term")
	lanes := w.record(steady(10, 70, 50)...).Lanes
	require.Len(t, lanes, 1, "what was started in the term goes on")
	require.Equal(t, carrier+"/loan", lanes[0].Watch)
	require.Equal(t, evaluation.Kept, lanes[0].Verdict)
}

func TestADeviceThatIsNotBelievedNowIsPutToNoWatch(t *testing.T) {
	for name, c := range map[string]struct {
		unfit func(*world)
		again func(*world)
	}{
		"suspended": {func(w *world) { w.suspend(after(30), time.Time{}) }, func(w *world) {
			_, err := call(w, w.as(maker, ledger.RoleQuality), participant.ResumeDevice, participant.ResumeDeviceRequest{ID: deviceID, Reason: "checked"})
			require.NoError(w, err)
		}},
		"not calibrated": {func(w *world) { w.now = origin.AddDate(0, 7, 0) }, func(w *world) {
			minutes := int(w.now.Sub(origin) / time.Minute)
			w.calibrate(minutes-1, minutes+1000, participant.CheckPass)
		}},
		"retired":     {func(w *world) { w.revoke(participant.Retired, w.now) }, nil},
		"compromised": {func(w *world) { w.revoke(participant.Compromised, w.now) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.definePolicy(nil)
			objects := w.commission(1, nil)
			w.now = after(60)
			start := func() error {
				_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
					Name: "w", Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{deviceID}, Start: w.now,
				})
				return err
			}
			c.unfit(w)
			require.ErrorIs(t, start(), fault.DeviceUnfit)
			if c.again != nil {
				c.again(w)
				require.NoError(t, start())
			}
		})
	}
}

func TestAPolicyAsksForDevices(t *testing.T) {
	full := participant.Model{Class: "EN 12830:2018 class 1", IntervalMs: 300_000}
	for name, c := range map[string]struct {
		asked    condition.DeviceTerms
		model    participant.Model
		accuracy string
		ok       bool
	}{
		"nothing":                  {condition.DeviceTerms{}, participant.Model{}, "0.5", true},
		"all that it has":          {condition.DeviceTerms{Class: full.Class, Accuracy: amount(t, "0.5"), IntervalMs: 300_000, Count: 1}, full, "0.5", true},
		"a class":                  {condition.DeviceTerms{Class: "EN 12830:2018 class 1"}, participant.Model{Class: "EN 12830:2018 class 2"}, "0.5", false},
		"a class, and it has none": {condition.DeviceTerms{Class: "EN 12830:2018 class 1"}, participant.Model{}, "0.5", false},
		"a better accuracy":        {condition.DeviceTerms{Accuracy: amount(t, "0.499")}, full, "0.5", false},
		"a worse accuracy":         {condition.DeviceTerms{Accuracy: amount(t, "0.501")}, full, "0.5", true},
		"a shorter interval":       {condition.DeviceTerms{IntervalMs: 299_999}, full, "0.5", false},
		"an interval, and none is": {condition.DeviceTerms{IntervalMs: 299_999}, participant.Model{}, "0.5", false},
		"two of them":              {condition.DeviceTerms{Count: 2}, full, "0.5", false},
	} {
		t.Run(name, func(t *testing.T) {
			const id = "/8004/9506000ASKED"
			w := newWorld(t)
			w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Devices = &c.asked })
			_, err := call(w, w.as(maker, ledger.RoleOperator), participant.RegisterDevice, participant.RegisterDeviceRequest{
				ID: id, PublicKey: spki(w, edKey(5)), Algorithm: participant.EdDSA, Model: c.model,
				Measures: "Temperature", Unit: "CEL", Accuracy: c.accuracy, CalibratedUntil: origin.AddDate(1, 0, 0),
			})
			require.NoError(t, err)
			objects := w.commission(1, nil)
			before := w.ledger.Dump()
			_, err = call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
				Name: "w", Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{id}, Start: origin,
			})
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, fault.DeviceUnfit)
			require.Equal(t, "/devices", fault.Of(err).Field)
			require.Equal(t, before, w.ledger.Dump())
		})
	}
}
