package contract_test

import (
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/contract"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

func TestNoFunctionRunsAsInitialisation(t *testing.T) {
	chaincode, err := contract.New()
	require.NoError(t, err)
	for _, c := range []call{{}, {name: "product:Twin", arguments: []string{"{}"}}, {name: "product:twin", arguments: []string{"{}", "surplus"}}} {
		response := chaincode.Init(c)
		require.EqualValues(t, shim.ERROR, response.GetStatus())
		refused, ok := fault.Find(response.GetMessage())
		require.True(t, ok)
		require.ErrorIs(t, refused, fault.UnknownFunction)
	}
}
