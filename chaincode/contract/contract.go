package contract

import (
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

type context = contractapi.TransactionContextInterface

// Chaincode is contract-api's chaincode with every contract, behind a door that
// takes a call only exactly as it is declared.
type Chaincode struct{ *contractapi.ContractChaincode }

// New returns the chaincode.
func New() (*Chaincode, error) {
	contracts, err := contractapi.NewChaincode(
		&participant{contractapi.Contract{Name: "participant"}},
		&product{contractapi.Contract{Name: "product"}},
		&shipment{contractapi.Contract{Name: "shipment"}},
		&condition{contractapi.Contract{Name: "condition"}},
		&confidential{contractapi.Contract{Name: "confidential"}},
		&disclosure{contractapi.Contract{Name: "disclosure"}},
		&version{contractapi.Contract{Name: "version"}},
	)
	if err != nil {
		return nil, fmt.Errorf("assemble the contracts: %w", err)
	}
	contracts.Info.Title = "Countersign"
	contracts.Info.Version = api.Version
	return &Chaincode{contracts}, nil
}

// metadata is the one function that contract-api adds: it describes the others.
const metadata = contractapi.SystemContractName + ":GetMetadata"

// Init refuses every call: there is nothing to initialise. Contract-api would run
// any function under this name, past what [Chaincode.Invoke] refuses.
func (c *Chaincode) Init(shim.ChaincodeStubInterface) *peer.Response {
	return shim.Error(fault.New(fault.UnknownFunction, "there is nothing to initialise: approve the definition without --init-required").Wire())
}

// Invoke refuses what contract-api would let through: a name with a lower-case
// initial (for which it then checks no schema), and surplus arguments, which it
// ignores.
func (c *Chaincode) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	name, arguments := stub.GetFunctionAndParameters()
	if _, ok := api.Lookup(name); ok {
		if len(arguments) != 1 {
			return shim.Error(fault.New(fault.UnknownFunction, "%s takes one argument, a JSON object; got %d", name, len(arguments)).Wire())
		}
	} else if name != metadata {
		return shim.Error(fault.New(fault.UnknownFunction, "there is no function %q; names are contract:Function, as docs/contract lists them", name).Wire())
	}
	return c.ContractChaincode.Invoke(stub)
}

// run hands a call to its declared function.
func run(ctx context, f *api.Function, request string) (string, error) {
	backend, err := newBackend(ctx)
	if err != nil {
		return "", refusal(err)
	}
	response, err := f.Execute(backend, []byte(request))
	if err != nil {
		return "", refusal(err)
	}
	return string(response), nil
}

// refusal is an error as it travels: contract-api answers with its text.
func refusal(err error) error { return errors.New(fault.Of(err).Wire()) }
