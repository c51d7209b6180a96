package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// One line a function: contract-api finds methods by reflection, and each hands
// over to its declaration. A test holds the two lists against each other.

type participant struct{ contractapi.Contract }

func (*participant) Propose(ctx context, request string) (string, error) {
	return run(ctx, api.Propose.Function, request)
}

func (*participant) Approve(ctx context, request string) (string, error) {
	return run(ctx, api.Approve.Function, request)
}

func (*participant) Proposal(ctx context, request string) (string, error) {
	return run(ctx, api.Proposal.Function, request)
}

func (*participant) Organisation(ctx context, request string) (string, error) {
	return run(ctx, api.Organisation.Function, request)
}

func (*participant) Organisations(ctx context, request string) (string, error) {
	return run(ctx, api.Organisations.Function, request)
}

func (*participant) Party(ctx context, request string) (string, error) {
	return run(ctx, api.Party.Function, request)
}

func (*participant) RegisterParty(ctx context, request string) (string, error) {
	return run(ctx, api.RegisterParty.Function, request)
}

func (*participant) EndParty(ctx context, request string) (string, error) {
	return run(ctx, api.EndParty.Function, request)
}

func (*participant) Delegate(ctx context, request string) (string, error) {
	return run(ctx, api.Delegate.Function, request)
}

func (*participant) EndDelegation(ctx context, request string) (string, error) {
	return run(ctx, api.EndDelegation.Function, request)
}

func (*participant) Delegations(ctx context, request string) (string, error) {
	return run(ctx, api.Delegations.Function, request)
}

func (*participant) RegisterDevice(ctx context, request string) (string, error) {
	return run(ctx, api.RegisterDevice.Function, request)
}

func (*participant) RevokeDevice(ctx context, request string) (string, error) {
	return run(ctx, api.RevokeDevice.Function, request)
}

func (*participant) Device(ctx context, request string) (string, error) {
	return run(ctx, api.Device.Function, request)
}

type product struct{ contractapi.Contract }

func (*product) Twin(ctx context, request string) (string, error) {
	return run(ctx, api.Twin.Function, request)
}

func (*product) History(ctx context, request string) (string, error) {
	return run(ctx, api.History.Function, request)
}

func (*product) Witnesses(ctx context, request string) (string, error) {
	return run(ctx, api.Witnesses.Function, request)
}

func (*product) Event(ctx context, request string) (string, error) {
	return run(ctx, api.Event.Function, request)
}

type shipment struct{ contractapi.Contract }

func (*shipment) Capture(ctx context, request string) (string, error) {
	return run(ctx, api.Capture.Function, request)
}

type condition struct{ contractapi.Contract }

func (*condition) DefinePolicy(ctx context, request string) (string, error) {
	return run(ctx, api.DefinePolicy.Function, request)
}

func (*condition) Policy(ctx context, request string) (string, error) {
	return run(ctx, api.Policy.Function, request)
}

func (*condition) StartWatch(ctx context, request string) (string, error) {
	return run(ctx, api.StartWatch.Function, request)
}

func (*condition) EndWatch(ctx context, request string) (string, error) {
	return run(ctx, api.EndWatch.Function, request)
}

func (*condition) Watch(ctx context, request string) (string, error) {
	return run(ctx, api.Watch.Function, request)
}

func (*condition) Record(ctx context, request string) (string, error) {
	return run(ctx, api.Record.Function, request)
}

func (*condition) Recording(ctx context, request string) (string, error) {
	return run(ctx, api.Recording.Function, request)
}

func (*condition) Breach(ctx context, request string) (string, error) {
	return run(ctx, api.Breach.Function, request)
}

func (*condition) Breaches(ctx context, request string) (string, error) {
	return run(ctx, api.Breaches.Function, request)
}

func (*condition) Decide(ctx context, request string) (string, error) {
	return run(ctx, api.Decide.Function, request)
}
