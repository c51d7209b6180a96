package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

type version struct{ contractapi.Contract }

func (*version) Versions(ctx context, request string) (string, error) {
	return run(ctx, api.Versions.Function, request)
}
