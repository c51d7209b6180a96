package determinism_test

import (
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

// recordings records several at a time in several watches, with their readings
// archived, and asks what they say of an object that was in a container.
func (w *world) recordings() {
	w.Helper()
	const device = "/8004/9506000LOGGER9"
	operator, auditor := w.as(Manufacturer, ledger.RoleOperator), w.as(Regulator, ledger.RoleAuditor)
	key := w.thermometer(device)
	upper, minute, day := evaluation.Amount(8e9), int64(60_000), int64(86_400_000)
	must(w, api.DefinePolicy, w.as(Manufacturer, ledger.RoleQuality), condition.DefinePolicyRequest{
		Name: "archived", Version: 1, Consequences: condition.Consequences{Hold: condition.HoldNever, Archive: true},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Linear,
			Bands: []evaluation.Band{
				{Name: "all", Upper: &upper, AllowanceMs: &day},
				{Name: "long", Upper: &upper, LongestExcursionMs: &day, MinimumMs: minute},
			},
		},
	}, nil)
	item, pallet := Object(Manufacturer, "RECORDED"), Pallet(Manufacturer, 907)
	w.capture(Manufacturer, Commission(item, pallet))
	begun := w.scene.Now
	for i, objects := range [][]string{{item}, {pallet}} {
		must(w, api.StartWatch, operator, condition.StartWatchRequest{
			Name: []string{"r-item", "r-pallet"}[i], Policy: condition.PolicyRef{ID: Manufacturer + "/archived", Version: 1},
			Objects: objects, Devices: []string{device}, Start: begun,
		}, nil)
	}
	w.capture(Manufacturer, Pack(pallet, item))
	var previous telemetry.Hash
	for first := range 2 {
		var sequence []*telemetry.Recording
		for i := range 20 {
			number := 20*first + i
			draft := telemetry.Draft{
				Device: device, Sequence: uint64(number + 1), Previous: previous, Measurement: "Temperature", Unit: "CEL", Scale: -1,
			}
			for r := range 20 {
				at := begun.Add(time.Duration(20*number+r) * 30 * time.Second)
				draft.Readings = append(draft.Readings, telemetry.Reading{Time: at.UnixMilli(), Value: int64(70 + 5*(r%4))})
			}
			recording, err := telemetry.Seal(rand.Reader, key, draft)
			require.NoError(w, err)
			sequence, previous = append(sequence, recording), recording.Root()
		}
		w.scene.Now = sequence[19].Last().At()
		data, err := telemetry.JoinSequence(sequence...)
		require.NoError(w, err)
		recorded := must(w, api.Record, w.as(Carrier, ledger.RoleGateway), condition.RecordRequest{}, data)
		require.True(w, recorded.Recordings[0].Archived)
	}
	w.capture(Manufacturer, Unpack(pallet))
	runs := must(w, api.Runs, auditor, condition.ListRunsRequest{Watch: Manufacturer + "/r-item", Device: device}, nil)
	require.Len(w, runs.Runs, 40)
	require.NotEmpty(w, runs.Runs[0].Spans)
	must(w, api.Readings, operator, condition.ReadReadingsRequest{Device: device, Sequence: 7}, nil, Manufacturer)
	kept := must(w, api.ObjectCondition, auditor, condition.ReadObjectRequest{Object: item}, nil)
	require.NotEmpty(w, kept.Policies)
}
