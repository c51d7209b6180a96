package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) Contents(ctx context, request string) (string, error) {
	return run(ctx, api.Contents.Function, request)
}
