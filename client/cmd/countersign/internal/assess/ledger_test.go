package assess_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	mathrand "math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
	"github.com/countersign-ledger/countersign/client/profiles"
)

// TestOfflineAndOnTheLedgerRecordingsSayTheSame submits recordings to a ledger on
// which three policies watch a carton, and judges the same recordings offline.
func TestOfflineAndOnTheLedgerRecordingsSayTheSame(t *testing.T) {
	const id, hours = "/8004/9506000L1", 10
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := clienttest.New(t, clienttest.WithTime(start))
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	operator, quality := c.Client(t, "manufacturer", "operator"), c.Client(t, "manufacturer", "quality")
	scene := &shipmenttest.Scene{TB: t, Now: start.Add(-time.Hour)}
	const carton = "/01/09506000134352/21/7"
	_, err := operator.Capture(t.Context(), scene.Document(shipmenttest.Commission(carton)))
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(device.Public())
	require.NoError(t, err)
	_, err = operator.RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: id, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedFrom: start.Add(-time.Hour), CalibratedUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(t, err)

	policies := map[string]evaluation.Terms{}
	for _, name := range []string{"refrigerated-2-8", "controlled-cold-temperature", "vaccine-shipping-type-1"} {
		profile, _ := profiles.Find(name)
		policy := profile.Policy(name)
		policy.Consequences = condition.Consequences{Hold: condition.HoldNever}
		policies[name] = policy.Terms
		defined, err := quality.DefinePolicy(t.Context(), policy)
		require.NoError(t, err)
		_, err = operator.StartWatch(t.Context(), condition.StartWatchRequest{
			Name: name, Policy: defined.Policy.PolicyRef, Objects: []string{carton}, Devices: []string{id}, Start: start,
		})
		require.NoError(t, err)
	}

	c.Advance(hours * time.Hour)
	random := mathrand.New(mathrand.NewPCG(1, 2)) //nolint:gosec // the same in every run
	var files []assess.File
	draft := telemetry.Draft{Device: id, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	value := int64(50)
	for hour := range int64(hours) {
		draft.Sequence, draft.Readings = uint64(hour+1), nil
		for minute := range int64(60) {
			value = min(max(value+random.Int64N(7)-3, -10), 130)
			draft.Readings = append(draft.Readings, telemetry.Reading{Time: start.UnixMilli() + (hour*60+minute)*60_000, Value: value})
		}
		recording, err := telemetry.Seal(rand.Reader, device, draft)
		require.NoError(t, err)
		draft.Previous = recording.Root()
		_, err = c.Client(t, "manufacturer", "gateway").Record(t.Context(), recording.Bytes())
		require.NoError(t, err)
		files = append(files, assess.File{Name: "f", Data: recording.Bytes()})
	}

	from, to := evaluation.MomentOf(start), evaluation.MomentOf(start.Add((hours*60-1)*time.Minute))
	series, err := assess.Load(files, assess.Options{Measurement: "Temperature"})
	require.NoError(t, err)
	broken := 0
	for name, terms := range policies {
		_, err := operator.EndWatch(t.Context(), condition.EndWatchRequest{ID: "ManufacturerMSP/" + name, End: to.Time()})
		require.NoError(t, err)
		watch, err := operator.Watch(t.Context(), "ManufacturerMSP/"+name)
		require.NoError(t, err)
		report, err := assess.Judge(assess.Question{Policy: assess.Policy{Terms: terms}, From: &from, To: &to, Listed: 1000}, series)
		require.NoError(t, err)
		require.Equal(t, watch.Judgement, report.Judgement, name)
		lane, offline := watch.Lanes[0], report.Devices[0]
		require.Equal(t, []any{lane.Readings, *lane.Lowest, *lane.Highest, lane.Gaps}, []any{offline.Readings, *offline.Lowest, *offline.Highest, offline.Gaps.Count})
		for i, band := range lane.Bands {
			require.Equal(t, []int64{band.OutMs, band.LongestMs}, []int64{offline.Bands[i].OutMs, offline.Bands[i].LongestMs}, name)
			broken += int(band.Excursions)
		}
	}
	require.Positive(t, broken, "something happened")
}
