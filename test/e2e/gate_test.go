package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// A sender that keeps back its last recording until the goods have passed is told
// to hand it over first, or what it hides shows: as its policy says.
func withheldAtTheGate(t *testing.T, w world) {
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	refuses := upTo8(t, w, 0, func(c *condition.Consequences) { c.Gate, c.Hold = condition.GateRefuses, condition.HoldAtSuspicion })
	records := upTo8(t, w, 0, func(c *condition.Consequences) { c.Hold = condition.HoldAtSuspicion })
	strict, lenient := objects(1), objects(1)
	must(t, w, manufacturer, commission(append(strict, lenient...)))
	one, other := newSensor(t, w, manufacturer), newSensor(t, w, manufacturer)
	watch(t, w, manufacturer, refuses, begun, strict, one)
	watch(t, w, manufacturer, records, begun, lenient, other)
	mustRecord(t, w, one.seal(begun, minutes(5, 40)...))
	mustRecord(t, w, other.seal(begun, minutes(5, 40)...))
	withheld := []int64{90, 90, 40} // and then 52 minutes in range, up to now

	_, err := capture(t, w, manufacturer, at(time.Now(), ship(strict, carrier)))
	require.ErrorIs(t, err, fault.Undetermined)
	require.ErrorContains(t, err, begun.Add(4*time.Minute).UTC().Format("15:04:05"), "it says until when readings are there")
	mustRecord(t, w, one.seal(begun.Add(5*time.Minute), append(withheld, minutes(52, 40)...)...))
	_, err = capture(t, w, manufacturer, at(time.Now(), ship(strict, carrier)))
	require.ErrorIs(t, err, fault.Held, "what was handed over shows why it was kept back")

	must(t, w, manufacturer, at(time.Now(), ship(lenient, carrier)))
	require.Contains(t, lastFlags(t, w, lenient[0]), product.FlagConditionUndetermined)
	mustRecord(t, w, other.seal(begun.Add(5*time.Minute), append(withheld, minutes(52, 40)...)...))
	twin, err := w.client(t, retailer, "operator").Twin(t.Context(), lenient[0])
	require.NoError(t, err)
	require.Len(t, twin.Holds, 1, "a late recording holds what has passed")
}

// minutes is a value a minute.
func minutes(n int, value int64) []int64 {
	values := make([]int64, n)
	for i := range values {
		values[i] = value
	}
	return values
}

// lastFlags returns the flags of an object's last event.
func lastFlags(t *testing.T, w world, object string) []product.Flag {
	t.Helper()
	var flags []product.Flag
	for entry, err := range w.client(t, manufacturer, "operator").History(t.Context(), object) {
		require.NoError(t, err)
		flags = entry.Flags
	}
	return flags
}
