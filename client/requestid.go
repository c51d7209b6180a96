package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// WithRequestID names a call, so that it can be made again safely, also by another
// process after a crash: what the caller's organisation has done under a name is not
// done again. Made again with the same request, the call returns what it returned
// the first time, read from the organisation's own peer, and the first receipt; with
// another request it fails with fault.RequestIDConflict. A call that was refused
// leaves its name free.
//
// Keep the name beside what is to be done, in the same database transaction, before
// the first call. It has 1 to 64 printable ASCII characters and no space, and
// everybody on the channel can read it: a UUID, or the number of an order that may
// be known.
//
// Every [api.Update] takes a name but [Client.Capture] and [Client.Record], whose
// events and recordings have an identity of their own.
func WithRequestID(id string) CallOption { return func(call *Invocation) { call.RequestID = id } }

// identified puts a call's name into its request.
func identified(call Invocation) ([]byte, error) {
	switch {
	case !call.Function.RequestID:
		return nil, fmt.Errorf("client: %s takes no request id", call.Function.FullName())
	case !api.ValidRequestID(call.RequestID):
		return nil, fault.New(fault.InvalidRequest, "a request id has 1 to %d printable ASCII characters and no space", api.MaxRequestID).At("/" + api.MemberRequestID)
	}
	object := bytes.TrimSpace(call.Request)
	if len(object) < len("{}") || object[0] != '{' {
		return nil, fault.New(fault.InvalidRequest, "the request of %s must be a JSON object", call.Function.FullName())
	}
	id, err := json.Marshal(call.RequestID)
	if err != nil {
		return nil, fmt.Errorf("client: write the request id: %w", err)
	}
	text := make([]byte, 0, len(object)+len(id)+len(`"requestId":,`))
	text = append(text, `{"`+api.MemberRequestID+`":`...)
	text = append(text, id...)
	if rest := bytes.TrimSpace(object[1:]); rest[0] != '}' {
		text = append(text, ',')
	}
	return append(text, object[1:]...), nil
}

// first returns what the first call of the same name returned, when an error says
// that there was one; the error else.
func (c *Client) first(ctx context.Context, f *flight, err error) ([]byte, *Receipt, error) {
	var failed *Error
	if f.RequestID == "" || !errors.As(err, &failed) || failed.Fault == nil || failed.Fault.Code != fault.AlreadyRecorded || failed.Fault.Detail[api.MemberRequestID] != f.RequestID {
		return nil, nil, err
	}
	result, receipt, unread := c.reread(ctx, f, failed.Fault.Detail["transaction"])
	if unread != nil {
		return nil, nil, errors.Join(err, unread)
	}
	return result, receipt, nil
}

// reread returns what a transaction of one's own answered, and where it is, from a
// peer of the caller's organisation, as soon as the peer has it.
func (c *Client) reread(ctx context.Context, f *flight, transaction string) ([]byte, *Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Resolve)
	defer cancel()
	for pauses := newPauses(); ; {
		result, err := c.answerOf(ctx, f, transaction)
		if err == nil {
			receipt, err := c.Outcome(ctx, transaction)
			return result, receipt, err
		}
		if errors.Is(err, errOtherTransaction) || !pause(ctx, pauses) {
			return nil, nil, fmt.Errorf("client: read the answer of transaction %s: %w", transaction, err)
		}
	}
}

var errOtherTransaction = errors.New("it is not a valid transaction of this request")

// answerOf reads the answer that is in a transaction.
func (c *Client) answerOf(ctx context.Context, f *flight, transaction string) ([]byte, error) {
	text, err := c.System(ctx, "qscc", "GetTransactionByID", []byte(c.channel), []byte(transaction))
	if err != nil {
		return nil, err
	}
	var processed peer.ProcessedTransaction
	if err := proto.Unmarshal(text, &processed); err != nil {
		return nil, errors.Join(errOtherTransaction, err)
	}
	action, arguments, err := openTransaction(processed.GetTransactionEnvelope())
	if err != nil {
		return nil, errors.Join(errOtherTransaction, err)
	}
	ours := senderOf(processed.GetTransactionEnvelope()) == c.msp && action.GetChaincodeId().GetName() == c.chaincode &&
		len(arguments) == 2 && string(arguments[0]) == f.Function.FullName() && sameRequest(arguments[1], f.Request)
	if processed.GetValidationCode() != int32(peer.TxValidationCode_VALID) || !ours {
		return nil, errOtherTransaction
	}
	return action.GetResponse().GetPayload(), nil
}

// senderOf returns the organisation that made a transaction, by MSP id; empty when it
// does not say. Names belong to an organisation: another one's transaction of the same
// request and name is not the first call, whatever an endorser claims.
func senderOf(envelope *common.Envelope) string {
	var payload common.Payload
	var header common.SignatureHeader
	var creator msp.SerializedIdentity
	if proto.Unmarshal(envelope.GetPayload(), &payload) != nil || proto.Unmarshal(payload.GetHeader().GetSignatureHeader(), &header) != nil ||
		proto.Unmarshal(header.GetCreator(), &creator) != nil {
		return ""
	}
	return creator.GetMspid()
}

// sameRequest tells whether two requests say the same, but for white space and the
// order of their members.
func sameRequest(a, b []byte) bool {
	var left, right map[string]json.RawMessage
	if json.Unmarshal(a, &left) != nil || json.Unmarshal(b, &right) != nil {
		return false
	}
	one, err := json.Marshal(left)
	if err != nil {
		return false
	}
	two, err := json.Marshal(right)
	return err == nil && bytes.Equal(one, two)
}

// openTransaction returns what a transaction did and what it was asked for.
func openTransaction(envelope *common.Envelope) (*peer.ChaincodeAction, [][]byte, error) {
	var payload common.Payload
	var transaction peer.Transaction
	var action peer.ChaincodeActionPayload
	var response peer.ProposalResponsePayload
	var done peer.ChaincodeAction
	var proposal peer.ChaincodeProposalPayload
	var invoked peer.ChaincodeInvocationSpec
	for _, part := range []struct {
		text func() []byte
		into proto.Message
	}{
		{envelope.GetPayload, &payload},
		{func() []byte { return payload.GetData() }, &transaction},
		{func() []byte {
			if len(transaction.GetActions()) != 1 {
				return nil
			}
			return transaction.GetActions()[0].GetPayload()
		}, &action},
		{func() []byte { return action.GetAction().GetProposalResponsePayload() }, &response},
		{func() []byte { return response.GetExtension() }, &done},
		{func() []byte { return action.GetChaincodeProposalPayload() }, &proposal},
		{func() []byte { return proposal.GetInput() }, &invoked},
	} {
		if err := proto.Unmarshal(part.text(), part.into); err != nil {
			return nil, nil, err
		}
	}
	return &done, invoked.GetChaincodeSpec().GetInput().GetArgs(), nil
}
