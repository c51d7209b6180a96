package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*condition) Runs(ctx context, request string) (string, error) {
	return run(ctx, api.Runs.Function, request)
}

func (*condition) Readings(ctx context, request string) (string, error) {
	return run(ctx, api.Readings.Function, request)
}

func (*condition) Object(ctx context, request string) (string, error) {
	return run(ctx, api.ObjectCondition.Function, request)
}
