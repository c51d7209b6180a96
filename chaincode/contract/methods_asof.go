package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) TwinAsOf(ctx context, request string) (string, error) {
	return run(ctx, api.TwinAsOf.Function, request)
}
