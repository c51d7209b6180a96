package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*product) ConfirmOrigin(ctx context, request string) (string, error) {
	return run(ctx, api.ConfirmOrigin.Function, request)
}

func (*product) Suspicions(ctx context, request string) (string, error) {
	return run(ctx, api.Suspicions.Function, request)
}

func (*product) Declarations(ctx context, request string) (string, error) {
	return run(ctx, api.Declarations.Function, request)
}

func (*product) BindTag(ctx context, request string) (string, error) {
	return run(ctx, api.BindTag.Function, request)
}

func (*product) Authenticate(ctx context, request string) (string, error) {
	return run(ctx, api.Authenticate.Function, request)
}

func (*product) Tag(ctx context, request string) (string, error) {
	return run(ctx, api.Tag.Function, request)
}

func (*product) TagReadings(ctx context, request string) (string, error) {
	return run(ctx, api.TagReadings.Function, request)
}
