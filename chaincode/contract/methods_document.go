package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) LinkDocument(ctx context, request string) (string, error) {
	return run(ctx, api.LinkDocument.Function, request)
}

func (*product) WithdrawDocument(ctx context, request string) (string, error) {
	return run(ctx, api.WithdrawDocument.Function, request)
}

func (*product) Documents(ctx context, request string) (string, error) {
	return run(ctx, api.Documents.Function, request)
}
