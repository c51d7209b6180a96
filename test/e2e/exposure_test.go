package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// aggregate puts things into a container, or takes them out, a while ago.
func aggregate(action, parent string, ago time.Duration, children ...string) event {
	step := "packing"
	if action == "DELETE" {
		step = "unpacking"
	}
	return at(time.Now().Add(-ago), contain(action, step, parent, children))
}

// exposureSpreads watches a vehicle with more in it than one transaction holds:
// what is taken out without readings is refused, and what was inside when it was
// too warm is held, and freed, all of it and nothing else.
func exposureSpreads(t *testing.T, w world) {
	n := watchNumber.Add(1)
	goods := objects(condition.MaxSpread + 20)
	vehicle, name := fmt.Sprintf("urn:epc:id:giai:9521321.REEFER%d", n), fmt.Sprintf("ride-%d", n)
	must(t, w, manufacturer, commission(append([]string{vehicle}, goods...)))
	must(t, w, manufacturer, aggregate("ADD", vehicle, 50*time.Minute, goods...))
	must(t, w, manufacturer, aggregate("DELETE", vehicle, 40*time.Minute, goods[0]))
	operator, quality := w.client(t, manufacturer, "operator"), w.client(t, manufacturer, "quality")
	device := newSensor(t, w, manufacturer)
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
		Name: name, Policy: defined.Policy.PolicyRef, Objects: []string{vehicle}, Devices: []string{device.id}, Start: begun,
	})
	require.NoError(t, err)
	_, err = capture(t, w, manufacturer, aggregate("DELETE", vehicle, time.Minute, goods[1]))
	require.ErrorIs(t, err, fault.Undetermined, "the last readings are kept back")

	recording := device.draft(func(draft *telemetry.Draft) {
		for i, value := range []int64{41, 43, 45, 44, 44, 44, 44, 91, 44, 44, 44, 44, 44} {
			draft.Readings = append(draft.Readings, telemetry.Reading{Time: begun.Add(time.Duration(i) * 5 * time.Minute).UnixMilli(), Value: value})
		}
	})
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
