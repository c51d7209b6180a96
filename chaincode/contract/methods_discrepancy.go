package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*shipment) Shipment(ctx context, request string) (string, error) {
	return run(ctx, api.Shipment.Function, request)
}

func (*shipment) Offers(ctx context, request string) (string, error) {
	return run(ctx, api.Offers.Function, request)
}

func (*shipment) Claim(ctx context, request string) (string, error) {
	return run(ctx, api.Claim.Function, request)
}

func (*shipment) Answer(ctx context, request string) (string, error) {
	return run(ctx, api.Answer.Function, request)
}

func (*shipment) Withdraw(ctx context, request string) (string, error) {
	return run(ctx, api.Withdraw.Function, request)
}

func (*shipment) Discrepancy(ctx context, request string) (string, error) {
	return run(ctx, api.Discrepancy.Function, request)
}

func (*shipment) Discrepancies(ctx context, request string) (string, error) {
	return run(ctx, api.Discrepancies.Function, request)
}
