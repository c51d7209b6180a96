package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/network"
)

// network and clienttest may not import the chaincode's declarations, so the
// version that they deploy is written there again.
func TestWhatIsDeployedIsTheVersionOfTheFunctions(t *testing.T) {
	require.Equal(t, api.Version, network.Default().Chaincode.Version)
	require.Equal(t, api.Version, clienttest.Version)
}
