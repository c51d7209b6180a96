package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// exposure has a breach find what was in a container at the time, after it was
// emptied, and after some of it left by itself, and lets goods pass a gate.
func (w *world) exposure() {
	w.Helper()
	const device = "/8004/9506000LOGGER77"
	operator, quality := w.as(Manufacturer, ledger.RoleOperator), w.as(Manufacturer, ledger.RoleQuality)
	key := w.thermometer(device)
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
	w.placeExposed(device, key, recording.Root(), draft)
	must(w, api.Affected, w.as(Regulator, ledger.RoleAuditor), condition.ListAffectedRequest{Breach: breach, Size: 2}, nil)
}

// placeExposed has a breach find what was at a place.
func (w *world) placeExposed(device string, key ed25519.PrivateKey, previous telemetry.Hash, draft telemetry.Draft) {
	w.Helper()
	goods := []string{Object(Manufacturer, "THERE1"), Object(Manufacturer, "THERE2")}
	w.scene.Now = w.scene.Now.Add(time.Hour)
	upper, none := evaluation.Amount(8e9), int64(0)
	must(w, api.DefinePolicy, w.as(Manufacturer, ledger.RoleQuality), condition.DefinePolicyRequest{
		Name: "stored", Version: 1, Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Manufacturer},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "warm", Upper: &upper, LongestExcursionMs: &none}},
		},
	}, nil)
	must(w, api.StartWatch, w.as(Manufacturer, ledger.RoleOperator), condition.StartWatchRequest{
		Name: "stored", Policy: condition.PolicyRef{ID: Manufacturer + "/stored", Version: 1}, Place: Site(Manufacturer), Devices: []string{device}, Start: w.scene.Now,
	}, nil)
	begin := Commission(goods...)
	begin.Place = Site(Manufacturer)
	w.capture(Manufacturer, begin)
	draft.Sequence, draft.Previous, draft.Readings = 2, previous, nil
	for _, value := range []int64{40, 90, 40} {
		w.scene.Now = w.scene.Now.Add(time.Minute)
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: w.scene.Now.UnixMilli(), Value: value})
	}
	recording, err := telemetry.Seal(rand.Reader, key, draft)
	require.NoError(w, err)
	recorded := must(w, api.Record, w.as(Manufacturer, ledger.RoleGateway), condition.RecordRequest{}, recording.Bytes())
	breach := recorded.Lanes[len(recorded.Lanes)-1].Breach
	require.Equal(w, 2, must(w, api.SpreadBreach, w.as(Retailer, ledger.RoleOperator), condition.SpreadBreachRequest{Breach: breach}, nil).Affected)
}
