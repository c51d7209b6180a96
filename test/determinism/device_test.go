package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
)

// devices does to a gateway and a plain sensor all that can be done, and asks
// what the logger of the conditions has fed.
func (w *world) devices() {
	w.Helper()
	admin, auditor := w.as(Manufacturer, ledger.RoleAdmin), w.as(Regulator, ledger.RoleAuditor)
	const gateway, sensor = "/8004/9506000GATEWAY1", "/8004/9506000SENSOR1"
	prove := func() client.DeviceKey {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(w, err)
		proven, err := client.ProveDeviceKey(gateway, Manufacturer, key)
		require.NoError(w, err)
		return proven
	}
	first := prove()
	must(w, api.RegisterDevice, admin, participant.RegisterDeviceRequest{
		ID: gateway, PublicKey: first.PublicKey, Algorithm: first.Algorithm, Proof: first.Proof,
	}, nil)
	must(w, api.RegisterDevice, admin, participant.RegisterDeviceRequest{
		ID: sensor, Gateway: gateway, Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: w.scene.Now.AddDate(1, 0, 0),
		Model: participant.Model{Class: "EN 12830:2018 class 1", IntervalMs: 300_000, Firmware: "1.0", Serial: "77"},
	}, nil)
	for range 3 {
		w.scene.Now = w.scene.Now.Add(time.Minute)
		next := prove()
		must(w, api.RotateDeviceKey, admin, participant.RotateDeviceKeyRequest{
			ID: gateway, PublicKey: next.PublicKey, Algorithm: next.Algorithm, Proof: next.Proof, Reason: "yearly",
		}, nil)
	}
	must(w, api.UpdateFirmware, admin, participant.UpdateFirmwareRequest{ID: gateway, Firmware: "2.0"}, nil)
	must(w, api.AssignDevice, admin, participant.AssignDeviceRequest{ID: sensor, To: Carrier, Until: w.scene.Now.AddDate(0, 1, 0)}, nil)
	must(w, api.SuspendDevice, admin, participant.SuspendDeviceRequest{ID: sensor, Reason: "dropped"}, nil)
	w.scene.Now = w.scene.Now.Add(time.Minute)
	must(w, api.ResumeDevice, admin, participant.ResumeDeviceRequest{ID: sensor, Reason: "checked"}, nil)
	for range 2 {
		w.scene.Now = w.scene.Now.Add(time.Minute)
		must(w, api.RecordCalibration, admin, participant.RecordCalibrationRequest{
			ID: logger, Calibrated: participant.Calibrated{
				Performed: w.scene.Now, Due: w.scene.Now.AddDate(1, 0, 0), AsFound: participant.CheckFail, AsLeft: participant.CheckPass,
			}, Laboratory: "Metrology, Inc.", Certificate: strings.Repeat("0a", 32),
		}, nil)
	}
	must(w, api.Device, auditor, participant.ReadDeviceRequest{ID: sensor}, nil)
	must(w, api.Devices, auditor, participant.ListDevicesRequest{Owner: Manufacturer, Size: 2}, nil)
	must(w, api.Devices, auditor, participant.ListDevicesRequest{Gateway: gateway}, nil)
	must(w, api.DeviceHistory, auditor, participant.DeviceHistoryRequest{ID: sensor}, nil)
	must(w, api.Calibrations, auditor, participant.ListCalibrationsRequest{ID: logger}, nil)
	must(w, api.DeviceVerdicts, auditor, condition.DeviceVerdictsRequest{Device: logger}, nil)
	page := must(w, api.DeviceVerdicts, auditor, condition.DeviceVerdictsRequest{Device: logger, Doubted: true}, nil)
	require.NotEmpty(w, page.Verdicts)
}
