package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) Lot(ctx context, request string) (string, error) {
	return run(ctx, api.Lot.Function, request)
}

func (*product) Holdings(ctx context, request string) (string, error) {
	return run(ctx, api.Holdings.Function, request)
}

func (*product) LotHolds(ctx context, request string) (string, error) {
	return run(ctx, api.LotHolds.Function, request)
}

func (*product) LotHistory(ctx context, request string) (string, error) {
	return run(ctx, api.LotHistory.Function, request)
}
