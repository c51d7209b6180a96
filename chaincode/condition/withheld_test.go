package condition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// strict has gates refuse, and readings hold nothing.
func strict(r *condition.DefinePolicyRequest) {
	r.Consequences = condition.Consequences{Hold: condition.HoldNever, Gate: condition.GateRefuses}
}

// A custodian that ends each watch before a reading of it is due, and starts the
// next, shows nothing: no such watch was kept, nor was the object.
func TestWatchesTooShortForAReadingShowNothing(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(strict)
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	w.now = origin.Add(5 * time.Minute) // a reading is due every ten
	end := func(role string) (condition.Watch, error) {
		return call(w, w.as(maker, role), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	}
	_, err = end(ledger.RoleOperator)
	require.ErrorIs(t, err, fault.Undetermined)
	ended, err := end(ledger.RoleQuality)
	require.NoError(t, err)
	require.Equal(t, evaluation.Undetermined, ended.AtEnd.Verdict)

	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item))
	for i := range int64(10) {
		r.watch(Manufacturer, fmt.Sprintf("short-%d", i), 50*i, 50*i+50, []string{item}, Manufacturer) // due every 60
	}
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(500) })
	require.Equal(t, evaluation.Undetermined, kept.Verdict, "nobody has measured anything")
	require.Equal(t, []string{evaluation.ReasonNoReadings}, kept.Reasons)
}

// A breach that the quality unit has released says nothing of the time after it: the
// readings of that time are asked for at each gate as those of any watch.
func TestAReleaseFreesNobodyFromShowingReadings(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(strict)
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	breach := w.record(0, 90, 10, 90, 20, 50).Lanes[0].Breach
	_, err = w.decide(w.as(maker, ledger.RoleQuality), w.statement(breach, condition.Release), nil)
	require.NoError(t, err)
	pass := func(minute int) condition.Passage {
		passed, err := ask(w, func(tx *ledger.Tx, at time.Time) (condition.Passage, error) {
			gate, err := condition.OpenGate(tx, []string{object(0)})
			require.NoError(t, err)
			return gate.Pass([]string{object(0)}, at)
		}, origin.Add(time.Duration(minute)*time.Minute))
		require.NoError(t, err)
		return passed
	}
	require.Equal(t, condition.Passage{}, pass(20), "what was broken has been decided on")
	w.now = origin.Add(5 * time.Hour) // hot readings, which nobody submits
	withheld := pass(300)
	require.True(t, withheld.Undetermined)
	require.ErrorIs(t, withheld.Refused, fault.Undetermined)
	require.Equal(t, "coverage", withheld.Refused.Detail["reasons"])
}
