package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

type disclosure struct{ contractapi.Contract }

func (*disclosure) Request(ctx context, request string) (string, error) {
	return run(ctx, api.RequestDisclosure.Function, request)
}

func (*disclosure) CarryRequest(ctx context, request string) (string, error) {
	return run(ctx, api.CarryDisclosureRequest.Function, request)
}

func (*disclosure) Vote(ctx context, request string) (string, error) {
	return run(ctx, api.VoteDisclosure.Function, request)
}

func (*disclosure) Deliver(ctx context, request string) (string, error) {
	return run(ctx, api.DeliverDisclosure.Function, request)
}

func (*disclosure) RecordDelivery(ctx context, request string) (string, error) {
	return run(ctx, api.RecordDelivery.Function, request)
}

func (*disclosure) Acknowledge(ctx context, request string) (string, error) {
	return run(ctx, api.AcknowledgeDisclosure.Function, request)
}

func (*disclosure) CarryAcknowledgement(ctx context, request string) (string, error) {
	return run(ctx, api.CarryDisclosureAcknowledgement.Function, request)
}

func (*disclosure) Revoke(ctx context, request string) (string, error) {
	return run(ctx, api.RevokeDisclosure.Function, request)
}

func (*disclosure) Erase(ctx context, request string) (string, error) {
	return run(ctx, api.EraseDisclosure.Function, request)
}

func (*disclosure) RecordErasure(ctx context, request string) (string, error) {
	return run(ctx, api.RecordErasure.Function, request)
}

func (*disclosure) Status(ctx context, request string) (string, error) {
	return run(ctx, api.DisclosureStatus.Function, request)
}

func (*disclosure) SignedRequest(ctx context, request string) (string, error) {
	return run(ctx, api.SignedDisclosureRequest.Function, request)
}

func (*disclosure) Requests(ctx context, request string) (string, error) {
	return run(ctx, api.Disclosures.Function, request)
}

func (*disclosure) Received(ctx context, request string) (string, error) {
	return run(ctx, api.ReceivedDisclosure.Function, request)
}

func (*participant) CarryCertificateRevocation(ctx context, request string) (string, error) {
	return run(ctx, api.CarryCertificateRevocation.Function, request)
}
