package evidence

import (
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// FromEnvelope makes a statement of the transaction that a gateway prepared
// from endorsements and that is not going to be submitted. It checks the form
// and no signature, and fails with [FormatError].
func FromEnvelope(envelope *common.Envelope) (*Statement, error) {
	var payload common.Payload
	if err := unmarshal("envelope", envelope.GetPayload(), &payload); err != nil {
		return nil, err
	}
	var transaction peer.Transaction
	if err := unmarshal("transaction", payload.GetData(), &transaction); err != nil {
		return nil, err
	}
	if n := len(transaction.GetActions()); n != 1 {
		return nil, malformed("the transaction has %d actions, not one", n)
	}
	var action peer.ChaincodeActionPayload
	if err := unmarshal("transaction's action", transaction.GetActions()[0].GetPayload(), &action); err != nil {
		return nil, err
	}
	header, err := proto.Marshal(payload.GetHeader())
	if err != nil {
		return nil, &FormatError{Reason: "the header cannot be written", cause: err}
	}
	proposal, err := proto.Marshal(&peer.Proposal{Header: header, Payload: action.GetChaincodeProposalPayload()})
	if err != nil {
		return nil, &FormatError{Reason: "the proposal cannot be written", cause: err}
	}
	endorsements, err := openEndorsements(action.GetAction().GetEndorsements())
	if err != nil {
		return nil, err
	}
	return New(proposal, action.GetAction().GetProposalResponsePayload(), endorsements)
}

func openEndorsements(signed []*peer.Endorsement) ([]Endorsement, error) {
	endorsements := make([]Endorsement, 0, len(signed))
	for _, e := range signed {
		var identity msp.SerializedIdentity
		if err := unmarshal("endorser", e.GetEndorser(), &identity); err != nil {
			return nil, err
		}
		endorsements = append(endorsements, Endorsement{MSP: identity.GetMspid(), Endorser: e.GetEndorser(), Signature: e.GetSignature()})
	}
	return endorsements, nil
}

// unmarshal reads what a gateway wrapped around what is signed: of that nothing is
// kept, so any form will do.
func unmarshal(what string, text []byte, into proto.Message) error {
	if err := proto.Unmarshal(text, into); err != nil {
		return &FormatError{Reason: "the " + what + " cannot be read", cause: err}
	}
	return nil
}
