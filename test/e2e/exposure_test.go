package e2e_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// aggregate is an AggregationEvent of a while ago.
func aggregate(action, parent string, ago time.Duration, children ...string) event {
	e := objectEvent(action, "packing", nil)
	delete(e, "epcList")
	e["type"], e["parentID"], e["childEPCs"] = "AggregationEvent", parent, children
	e["eventTime"] = time.Now().Add(-ago).UTC().Format("2006-01-02T15:04:05.000Z")
	if action == "DELETE" {
		e["bizStep"] = "unpacking"
	}
	return e
}

// exposureSpreads watches a vehicle with more in it than one transaction holds:
// what is taken out without readings is refused, and what was inside when it was
// too warm is held, and freed, all of it and nothing else.
func exposureSpreads(t *testing.T, w world) {
	n := watchNumber.Add(1)
	goods := objects(condition.MaxSpread + 20)
	vehicle, device, name := fmt.Sprintf("urn:epc:id:giai:9521321.REEFER%d", n), fmt.Sprintf("/8004/9521321RIDE%d", n), fmt.Sprintf("ride-%d", n)
	must(t, w, manufacturer, commission(append([]string{vehicle}, goods...)))
	must(t, w, manufacturer, aggregate("ADD", vehicle, 50*time.Minute, goods...))
	must(t, w, manufacturer, aggregate("DELETE", vehicle, 40*time.Minute, goods[0]))
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	operator, quality := w.client(t, manufacturer, "operator"), w.client(t, manufacturer, "quality")
	_, err = operator.RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: device, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: "EdDSA",
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		CalibratedFrom: time.Now().AddDate(0, -1, 0), CalibratedUntil: time.Now().AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	upper, none := evaluation.Amount(8*telemetry.Factor(0)), int64(0)
	defined, err := quality.DefinePolicy(t.Context(), condition.DefinePolicyRequest{
		Name: name, Version: 1, Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion, Gate: condition.GateRefuses},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "to8", Upper: &upper, LongestExcursionMs: &none}},
		},
	})
	require.NoError(t, err)
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	_, err = operator.StartWatch(t.Context(), condition.StartWatchRequest{
		Name: name, Policy: defined.Policy.PolicyRef, Objects: []string{vehicle}, Devices: []string{device}, Start: begun,
	})
	require.NoError(t, err)
	_, err = capture(t, w, manufacturer, aggregate("DELETE", vehicle, time.Minute, goods[1]))
	require.ErrorIs(t, err, fault.Undetermined, "the last readings are kept back")

	draft := telemetry.Draft{Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i, value := range []int64{41, 43, 45, 44, 44, 44, 44, 91, 44, 44, 44, 44, 44} {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: begun.Add(time.Duration(i) * 5 * time.Minute).UnixMilli(), Value: value})
	}
	recording, err := telemetry.Seal(rand.Reader, private, draft)
	require.NoError(t, err)
	recorded, err := w.client(t, manufacturer, "gateway").Record(t.Context(), recording.Bytes())
	require.NoError(t, err)
	breach := recorded.Lanes[0].Breach
	held := func(epc string) bool {
		twin, err := w.client(t, retailer, "operator").Twin(t.Context(), epc)
		require.NoError(t, err)
		return len(twin.Holds) > 0
	}
	require.False(t, held(goods[0]), "taken out before")
	require.False(t, held(vehicle), "it only carries")
	for _, epc := range []string{goods[1], goods[len(goods)-1]} {
		require.True(t, held(epc), "the client has gone on until all was held")
	}
	affected := 0
	for _, err := range operator.Affected(t.Context(), breach) {
		require.NoError(t, err)
		affected++
	}
	require.Equal(t, len(goods)-1, affected)
	decided, err := operator.Decide(t.Context(), condition.Statement{
		Breach: breach, Meaning: condition.Release, Reason: "Stability data cover it.",
	}, w.signatory(t, manufacturer, "quality"))
	require.NoError(t, err)
	require.Equal(t, len(goods)-1, decided.Released)
	require.False(t, held(goods[len(goods)-1]))
}
