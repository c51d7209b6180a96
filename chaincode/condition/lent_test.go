package condition_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Whom a device is assigned to cannot take it from its owner by watches that it never
// ends: half of what a device can feed is the owner's.
func TestWhoLendsADeviceCanStillUseIt(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	lent := w.commissionFrom(0, condition.MaxFeeds, func(twin *product.Twin) { twin.Custodian = carrier })
	own := w.commissionFrom(condition.MaxFeeds, condition.MaxFeeds, nil)
	_, err := call(w, w.as(maker, ledger.RoleOperator), participant.AssignDevice, participant.AssignDeviceRequest{ID: deviceID, To: carrier})
	require.NoError(t, err)
	start := func(msp string, i int, path string) error {
		_, err := call(w, w.as(msp, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: fmt.Sprintf("watch-%d", i), Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: []string{path}, Devices: []string{deviceID},
		})
		return err
	}
	for i := range condition.MaxFeeds / 2 {
		require.NoError(t, start(carrier, i, lent[i]))
	}
	require.ErrorIs(t, start(carrier, 9, lent[9]), fault.LimitExceeded)
	for i := range condition.MaxFeeds / 2 {
		require.NoError(t, start(maker, i, own[i]))
	}
	require.ErrorIs(t, start(maker, 9, own[9]), fault.LimitExceeded)
}
