package condition_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Each finding changes the breach: who floods it with findings would keep those
// from deciding who do.
func TestNobodyFloodsABreachWithFindings(t *testing.T) {
	w, id := breached(t)
	w.hand(object(0))
	says := func(who person) error {
		_, err := call(w, who, condition.InvestigateBreach, condition.StepRequest{Breach: id, Object: object(0), Reason: "look again"})
		return err
	}
	for range condition.MaxSaid {
		require.NoError(t, says(w.as(carrier, ledger.RoleOperator)))
	}
	require.ErrorIs(t, says(w.as(carrier, ledger.RoleOperator)), fault.LimitExceeded)
	require.ErrorIs(t, says(w.as(carrier, ledger.RoleQuality)), fault.LimitExceeded)
	_, err := call(w, w.as(carrier, ledger.RoleOperator), condition.AcknowledgeBreach, condition.StepRequest{Breach: id, Object: object(0)})
	require.ErrorIs(t, err, fault.LimitExceeded)
	for range condition.MaxSaid + 1 {
		require.NoError(t, says(w.as(maker, ledger.RoleQuality)), "the unit that decides")
	}
}

// A sender with many names opens a breach for each sixteen of them.
func TestNoNumberOfBreachesKeepsAWatchFromItsEnd(t *testing.T) {
	for _, devices := range []int{0, 2} {
		w := under(t, condition.Consequences{Hold: condition.HoldAtSuspicion, Confirm: confirmedBy(devices)}, 2)
		id := w.hot()
		w.must(w.as(maker, ledger.RoleOperator), func(tx *ledger.Tx) error {
			known, err := tx.Get(ledger.NewKey("breach", id))
			require.NoError(t, err)
			for i := range ledger.MaxScan + 1 {
				other := fmt.Sprintf("%032x", i)
				if err := tx.Put(ledger.NewKey("breach", other), known); err != nil {
					return err
				}
				if err := ledger.Store(tx, ledger.NewKey("breachin", watchID, other), map[string]int{"v": 1}); err != nil {
					return err
				}
			}
			return nil
		})
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
		require.NoError(t, err)
	}
}

func confirmedBy(devices int) *condition.Confirm {
	if devices == 0 {
		return nil
	}
	return &condition.Confirm{Devices: devices}
}
