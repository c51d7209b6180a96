package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) Recall(ctx context, request string) (string, error) {
	return run(ctx, api.Recall.Function, request)
}

func (*product) EndRecall(ctx context, request string) (string, error) {
	return run(ctx, api.EndRecall.Function, request)
}

func (*product) AcknowledgeRecall(ctx context, request string) (string, error) {
	return run(ctx, api.AcknowledgeRecall.Function, request)
}

func (*product) RecallStatus(ctx context, request string) (string, error) {
	return run(ctx, api.RecallStatus.Function, request)
}

func (*product) Recalls(ctx context, request string) (string, error) {
	return run(ctx, api.Recalls.Function, request)
}

func (*product) RecallScope(ctx context, request string) (string, error) {
	return run(ctx, api.RecallScope.Function, request)
}

func (*product) Flags(ctx context, request string) (string, error) {
	return run(ctx, api.Flags.Function, request)
}
