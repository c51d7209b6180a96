package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) TraceBack(ctx context, request string) (string, error) {
	return run(ctx, api.TraceBack.Function, request)
}

func (*product) TraceForward(ctx context, request string) (string, error) {
	return run(ctx, api.TraceForward.Function, request)
}
