package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*condition) SpreadBreach(ctx context, request string) (string, error) {
	return run(ctx, api.SpreadBreach.Function, request)
}

func (*condition) Affected(ctx context, request string) (string, error) {
	return run(ctx, api.Affected.Function, request)
}
