package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/contract"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// call is a stub that knows what was called and nothing else.
type call struct {
	shim.ChaincodeStubInterface
	name      string
	arguments []string
}

func (c call) GetFunctionAndParameters() (string, []string) { return c.name, c.arguments }
func (c call) GetCreator() ([]byte, error)                  { return nil, nil }

func invoke(t *testing.T, name string, arguments ...string) *peer.Response {
	t.Helper()
	chaincode, err := contract.New()
	require.NoError(t, err)
	return chaincode.Invoke(call{name: name, arguments: arguments})
}

func TestContractAPIListsExactlyTheDeclaredFunctions(t *testing.T) {
	response := invoke(t, "org.hyperledger.fabric:GetMetadata")
	require.EqualValues(t, shim.OK, response.GetStatus(), response.GetMessage())
	var metadata struct {
		Contracts map[string]struct {
			Transactions []struct{ Name string }
		}
	}
	require.NoError(t, json.Unmarshal(response.GetPayload(), &metadata))
	var listed, declared []string
	for name, c := range metadata.Contracts {
		if name == "org.hyperledger.fabric" {
			continue
		}
		for _, transaction := range c.Transactions {
			listed = append(listed, name+":"+transaction.Name)
		}
	}
	for _, f := range api.Functions() {
		declared = append(declared, f.FullName())
	}
	require.ElementsMatch(t, declared, listed)
}

func TestACallIsTakenOnlyExactlyAsDeclared(t *testing.T) {
	for name, c := range map[string]call{
		"a lower-case initial":    {name: "product:twin", arguments: []string{"{}"}},
		"no contract":             {name: "Twin", arguments: []string{"{}"}},
		"an unknown contract":     {name: "nothing:Twin", arguments: []string{"{}"}},
		"an unknown function":     {name: "product:Nothing", arguments: []string{"{}"}},
		"no argument":             {name: "product:Twin"},
		"a surplus argument":      {name: "product:Twin", arguments: []string{"{}", "{}"}},
		"an embedded Go method":   {name: "product:GetName", arguments: []string{"{}"}},
		"the empty function name": {name: "", arguments: []string{"{}"}},
	} {
		t.Run(name, func(t *testing.T) {
			response := invoke(t, c.name, c.arguments...)
			require.EqualValues(t, shim.ERROR, response.GetStatus())
			refused, ok := fault.Find(response.GetMessage())
			require.True(t, ok, response.GetMessage())
			require.ErrorIs(t, refused, fault.UnknownFunction)
		})
	}
}

func TestACallWithoutAnIdentityIsRefusedWithACode(t *testing.T) {
	response := invoke(t, "product:Twin", "{}")
	require.EqualValues(t, shim.ERROR, response.GetStatus())
	refused, ok := fault.Find(response.GetMessage())
	require.True(t, ok, response.GetMessage())
	require.ErrorIs(t, refused, fault.Internal)
}
