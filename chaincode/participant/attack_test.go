package participant_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// A public key is no secret: whoever sees it, on a device or in a proposal to
// endorse, could register it first.
func TestRegisteringAnothersKeyDoesNotKeepTheOwnerOut(t *testing.T) {
	s := New(t)
	owners := device(t)
	squatted := owners
	squatted.ID = "urn:epc:id:giai:4098765.LOGGER-1"
	_, err := call(s.As(Retailer, ledger.RoleOperator), participant.RegisterDevice, squatted)
	require.NoError(t, err)
	_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, owners)
	require.NoError(t, err)
}
