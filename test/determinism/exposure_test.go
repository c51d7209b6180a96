package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// exposure has a breach find what was in a container at the time, after it was
// emptied, and after some of it left by itself, and lets goods pass a gate.
func (w *world) exposure() {
	w.Helper()
	const device = "/8004/9506000LOGGER77"
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(w, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(w, err)
	operator, quality := w.as(Manufacturer, ledger.RoleOperator), w.as(Manufacturer, ledger.RoleQuality)
	must(w, api.RegisterDevice, operator, participant.RegisterDeviceRequest{
		ID: device, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: w.scene.Now.AddDate(0, 6, 0),
	}, nil)
	upper, none := evaluation.Amount(8e9), int64(0)
	must(w, api.DefinePolicy, quality, condition.DefinePolicyRequest{
		Name: "carried", Version: 1, Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion, Gate: condition.GateRecords},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "warm", Upper: &upper, LongestExcursionMs: &none}},
		},
	}, nil)
	goods := []string{Object(Manufacturer, "INSIDE1"), Object(Manufacturer, "INSIDE2"), Object(Manufacturer, "INSIDE3")}
	pallet := Pallet(Manufacturer, 77)
	w.capture(Manufacturer, Commission(goods...))
	w.capture(Manufacturer, Pack(pallet, goods...))
	must(w, api.StartWatch, operator, condition.StartWatchRequest{
		Name: "carried", Policy: condition.PolicyRef{ID: Manufacturer + "/carried", Version: 1}, Objects: []string{pallet}, Devices: []string{device}, Start: w.scene.Now,
	}, nil)
	draft := telemetry.Draft{Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for _, value := range []int64{40, 90, 95, 40} {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: w.scene.Now.UnixMilli(), Value: value})
		w.scene.Now = w.scene.Now.Add(time.Minute)
	}
	w.scene.Now = w.scene.Now.Add(time.Hour)
	w.capture(Manufacturer, Unpack(pallet, goods[0]))
	w.capture(Manufacturer, Unpack(pallet))
	w.capture(Manufacturer, Ship(Carrier, goods[1]))
	recording, err := telemetry.Seal(rand.Reader, key, draft)
	require.NoError(w, err)
	breach := must(w, api.Record, w.as(Manufacturer, ledger.RoleGateway), condition.RecordRequest{}, recording.Bytes()).Lanes[0].Breach
	found := must(w, api.SpreadBreach, w.as(Retailer, ledger.RoleOperator), condition.SpreadBreachRequest{Breach: breach}, nil)
	require.Equal(w, 3, found.Affected)
	must(w, api.Affected, w.as(Regulator, ledger.RoleAuditor), condition.ListAffectedRequest{Breach: breach, Size: 2}, nil)
}
