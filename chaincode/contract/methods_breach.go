package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*condition) AcknowledgeBreach(ctx context, request string) (string, error) {
	return run(ctx, api.AcknowledgeBreach.Function, request)
}

func (*condition) InvestigateBreach(ctx context, request string) (string, error) {
	return run(ctx, api.InvestigateBreach.Function, request)
}

func (*condition) ConfirmBreach(ctx context, request string) (string, error) {
	return run(ctx, api.ConfirmBreach.Function, request)
}

func (*condition) Review(ctx context, request string) (string, error) {
	return run(ctx, api.Review.Function, request)
}

func (*condition) Steps(ctx context, request string) (string, error) {
	return run(ctx, api.BreachSteps.Function, request)
}

func (*condition) OpenBreaches(ctx context, request string) (string, error) {
	return run(ctx, api.OpenBreaches.Function, request)
}

func (*condition) Decision(ctx context, request string) (string, error) {
	return run(ctx, api.Decision.Function, request)
}

func (*condition) AuthoriseBreach(ctx context, request string) (string, error) {
	return run(ctx, api.AuthoriseBreach.Function, request)
}

func (*condition) Permits(ctx context, request string) (string, error) {
	return run(ctx, api.Permits.Function, request)
}

func (*condition) Permission(ctx context, request string) (string, error) {
	return run(ctx, api.Permission.Function, request)
}

func (*participant) RevokeCertificate(ctx context, request string) (string, error) {
	return run(ctx, api.RevokeCertificate.Function, request)
}

func (*participant) RevokedCertificates(ctx context, request string) (string, error) {
	return run(ctx, api.RevokedCertificates.Function, request)
}
