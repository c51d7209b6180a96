package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

type confidential struct{ contractapi.Contract }

func (*confidential) Write(ctx context, request string) (string, error) {
	return run(ctx, api.WriteConfidential.Function, request)
}

func (*confidential) Read(ctx context, request string) (string, error) {
	return run(ctx, api.ReadConfidential.Function, request)
}

func (*confidential) Publish(ctx context, request string) (string, error) {
	return run(ctx, api.PublishConfidential.Function, request)
}

func (*confidential) Record(ctx context, request string) (string, error) {
	return run(ctx, api.ConfidentialRecord.Function, request)
}

func (*confidential) Records(ctx context, request string) (string, error) {
	return run(ctx, api.ConfidentialRecords.Function, request)
}

func (*confidential) PlaceLegalHold(ctx context, request string) (string, error) {
	return run(ctx, api.PlaceLegalHold.Function, request)
}

func (*confidential) LiftLegalHold(ctx context, request string) (string, error) {
	return run(ctx, api.LiftLegalHold.Function, request)
}

func (*confidential) CarryLegalHold(ctx context, request string) (string, error) {
	return run(ctx, api.CarryLegalHold.Function, request)
}

func (*confidential) CarryLiftedLegalHold(ctx context, request string) (string, error) {
	return run(ctx, api.CarryLiftedLegalHold.Function, request)
}

func (*confidential) LegalHoldSteps(ctx context, request string) (string, error) {
	return run(ctx, api.LegalHoldSteps.Function, request)
}

func (*confidential) Purge(ctx context, request string) (string, error) {
	return run(ctx, api.PurgeConfidential.Function, request)
}

func (*confidential) RecordPurge(ctx context, request string) (string, error) {
	return run(ctx, api.RecordConfidentialPurge.Function, request)
}
