package verify

import (
	"encoding/json"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// claimedKeys returns the keys of the ledger that a function's answer to a
// request is about: each must be among the keys that the endorsers read and
// found, else the answer does not come from the ledger. A function that lists has
// none here: the endorsers' word is all there is.
func claimedKeys(function string, request []byte) ([]string, error) {
	claim, ok := claims[function]
	if !ok {
		return nil, nil
	}
	key, err := claim(request)
	if err != nil {
		return nil, err
	}
	return []string{string(key)}, nil
}

// claims has the key of each function that answers from one record. The layouts
// are those that the rules document in their packages.
var claims = map[string]func(request []byte) (ledger.Key, error){
	api.Twin.FullName():      claim(func(r product.ReadTwinRequest) (ledger.Key, error) { return twinKey(r.ID) }),
	api.TwinAsOf.FullName():  claim(func(r product.ReadTwinAsOfRequest) (ledger.Key, error) { return twinKey(r.ID) }),
	api.History.FullName():   claim(func(r product.ReadHistoryRequest) (ledger.Key, error) { return twinKey(r.ID) }),
	api.Contents.FullName():  claim(func(r product.ReadContentsRequest) (ledger.Key, error) { return twinKey(r.ID) }),
	api.Witnesses.FullName(): claim(func(r product.ReadWitnessesRequest) (ledger.Key, error) { return thingKey(r.ID) }),
	api.Lot.FullName():       claim(func(r product.ReadLotRequest) (ledger.Key, error) { return lotKey("lot", r.ID) }),
	api.LotHistory.FullName(): claim(func(r product.ReadLotHistoryRequest) (ledger.Key, error) {
		return lotKey("account", r.ID, r.Organisation)
	}),
	api.Event.FullName():           claim(eventKey),
	api.Organisation.FullName():    claim(organisationKey),
	api.Device.FullName():          claim(deviceKey),
	api.Watch.FullName():           claim(func(r condition.ReadWatchRequest) (ledger.Key, error) { return ledger.NewKey("watch", r.ID), nil }),
	api.Breach.FullName():          claim(func(r condition.ReadBreachRequest) (ledger.Key, error) { return ledger.NewKey("breach", r.Breach), nil }),
	api.Decision.FullName():        claim(statementKey("decision")),
	api.Permission.FullName():      claim(statementKey("permission")),
	api.Permits.FullName():         claim(func(r condition.ReadBreachRequest) (ledger.Key, error) { return ledger.NewKey("breach", r.Breach), nil }),
	api.Policy.FullName():          claim(policyKey),
	api.Recording.FullName():       claim(recordingKey),
	api.ObjectCondition.FullName(): claim(func(r condition.ReadObjectRequest) (ledger.Key, error) { return twinKey(r.Object) }),
	api.Proposal.FullName(): claim(func(r participant.ReadProposalRequest) (ledger.Key, error) {
		return ledger.NewKey("proposal", r.Proposal), nil
	}),
	api.ConfidentialRecord.FullName():      claim(func(r confidential.RecordRequest) (ledger.Key, error) { return ledger.NewKey("record", r.ID), nil }),
	api.Party.FullName():                   claim(partyKey),
	api.Tag.FullName():                     claim(tagKey),
	api.DisclosureStatus.FullName():        claim(disclosureKey("disclosure")),
	api.SignedDisclosureRequest.FullName(): claim(disclosureKey("signedrequest")),
	api.Discrepancy.FullName(): claim(func(r shipment.ReadDiscrepancyRequest) (ledger.Key, error) {
		return ledger.NewKey("discrepancy", r.Discrepancy), nil
	}),
	api.Shipment.FullName(): claim(shipmentKey),
	api.RecallStatus.FullName(): claim(func(r product.ReadRecallRequest) (ledger.Key, error) {
		return ledger.NewKey("recall", r.By, r.ID), nil
	}),
}

func claim[Req any](key func(Req) (ledger.Key, error)) func([]byte) (ledger.Key, error) {
	return func(text []byte) (ledger.Key, error) {
		var request Req
		if err := json.Unmarshal(text, &request); err != nil {
			return "", err
		}
		return key(request)
	}
}

// statementKey is the key of what a person signed.
func statementKey(kind string) func(condition.ReadStatementRequest) (ledger.Key, error) {
	return func(r condition.ReadStatementRequest) (ledger.Key, error) { return ledger.NewKey(kind, r.ID), nil }
}

// disclosureKey is the key of a request for a disclosure, or of its signature.
func disclosureKey(kind string) func(disclosure.RefRequest) (ledger.Key, error) {
	return func(r disclosure.RefRequest) (ledger.Key, error) { return ledger.NewKey(kind, r.Request), nil }
}

func twinKey(id string) (ledger.Key, error) {
	object, err := product.ParseObject(id)
	if err != nil {
		return "", err
	}
	return product.TwinKey(object.Path()), nil
}

func tagKey(r product.ReadTagRequest) (ledger.Key, error) {
	object, err := product.ParseObject(r.ID)
	if err != nil {
		return "", err
	}
	return ledger.NewKey("tag", object.Path()), nil
}

func lotKey(kind, id string, more ...string) (ledger.Key, error) {
	lot, err := product.ParseLot(id)
	if err != nil {
		return "", err
	}
	return ledger.NewKey(kind, append([]string{lot.Path()}, more...)...), nil
}

// thingKey is the key of what an object, lot or class has on record.
func thingKey(id string) (ledger.Key, error) {
	if key, err := lotKey("lot", id); err == nil {
		return key, nil
	}
	return twinKey(id)
}

func eventKey(r product.ReadEventRequest) (ledger.Key, error) {
	hash, err := product.EventHash(r.Event)
	if err != nil {
		return "", err
	}
	return ledger.NewKey("event", hash, r.Declaration, r.RecordedBy), nil
}

func shipmentKey(r shipment.ReadShipmentRequest) (ledger.Key, error) {
	hash, err := product.EventHash(r.Event)
	if err != nil {
		return "", err
	}
	return product.OfferKey(product.Ref{Hash: hash, By: r.RecordedBy}), nil
}

func organisationKey(r participant.ReadOrganisationRequest) (ledger.Key, error) {
	return ledger.NewKey("organisation", r.MSP), nil
}

func deviceKey(r participant.ReadDeviceRequest) (ledger.Key, error) {
	device, err := gs1.Parse(r.ID)
	if err != nil {
		return "", err
	}
	return ledger.NewKey("device", device.Path()), nil
}

func recordingKey(r condition.ReadRecordingRequest) (ledger.Key, error) {
	device, err := gs1.Parse(r.Device)
	switch {
	case err != nil:
		return "", err
	case r.Sequence == 0: // the last, which the device's head names
		return ledger.NewKey("head", device.Path()), nil
	}
	return ledger.NewKey("recording", device.Path(), ledger.Number(r.Sequence)), nil
}

func partyKey(r participant.FindPartyRequest) (ledger.Key, error) {
	path, err := participant.PartyPath(r.GLN)
	if err != nil {
		return "", err
	}
	return ledger.NewKey("party", path), nil
}

func policyKey(r condition.PolicyRef) (ledger.Key, error) {
	if r.Version < 0 {
		return "", strconv.ErrRange
	}
	return ledger.NewKey("policy", r.ID, ledger.Number(uint64(r.Version))), nil
}
