package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// ErrOtherTransaction says that a gateway has returned another transaction than it
// was asked to have endorsed. Nothing was signed.
var ErrOtherTransaction = errors.New("client: the gateway returned another transaction than it was asked for, and nothing was signed")

// guard is the connection under calls of the contract. It lets nothing through to a
// chaincode that speaks another version, and nothing back to be signed that was not
// asked for: fabric-gateway signs what a gateway hands it.
type guard struct {
	grpc.ClientConnInterface
	client   *Client
	session  *session
	versions *versions
}

// Invoke implements [grpc.ClientConnInterface].
func (g *guard) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if method != gateway.Gateway_Evaluate_FullMethodName && method != gateway.Gateway_Endorse_FullMethodName {
		return g.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	}
	if err := g.spoken(ctx); err != nil {
		return err
	}
	if err := g.ClientConnInterface.Invoke(ctx, method, args, reply, options...); err != nil {
		return g.doubted(ctx, err)
	}
	asked, isRequest := args.(*gateway.EndorseRequest)
	answered, isAnswer := reply.(*gateway.EndorseResponse)
	if !isRequest || !isAnswer {
		return nil
	}
	deployed, err := bound(asked.GetProposedTransaction(), answered.GetPreparedTransaction())
	if err != nil {
		return err
	}
	g.versions.endorsed(deployed)
	return g.spoken(ctx)
}

func (g *guard) spoken(ctx context.Context) error {
	if g.session.keyless() {
		return nil // it cannot ask: see [Offline.AskVersion]
	}
	return g.versions.spoken(ctx, func(ctx context.Context) error { return g.client.askVersion(ctx, g.session) })
}

// doubted asks for the version when a refusal looks as if it had changed, and returns
// the reason of the two.
func (g *guard) doubted(ctx context.Context, err error) error {
	refused := faultIn(err)
	if refused == nil || refused.Code != fault.UnknownFunction && refused.Code != fault.InvalidRequest || !g.versions.doubt() {
		return err
	}
	var other *VersionError
	if now := g.spoken(ctx); errors.As(now, &other) {
		return now
	}
	return err
}

// faultIn finds the contract's refusal in what a gateway returned; nil without one.
func faultIn(err error) *fault.Error {
	st := status.Convert(err)
	if found, ok := fault.Find(st.Message()); ok {
		return found
	}
	for _, d := range st.Details() {
		if d, ok := d.(*gateway.ErrorDetail); ok {
			if found, ok := fault.Find(d.GetMessage()); ok {
				return found
			}
		}
	}
	return nil
}

// bound checks that a transaction is of the proposal that was sent: the same creator,
// nonce, id, channel, chaincode, function and arguments, with the endorsers' hash of
// it, and no configuration or other message in its place. It returns the version in
// the chaincode's definition.
//
// The timestamp is left to the endorsers: it is in the hash that they sign, and one
// that differs from what they saw makes the transaction invalid.
func bound(signed *peer.SignedProposal, envelope *common.Envelope) (deployed string, err error) {
	var asked, got halves
	if err := asked.fromProposal(signed.GetProposalBytes()); err != nil {
		return "", fmt.Errorf("client: read the proposal: %w", err)
	}
	endorsed, err := got.fromEnvelope(envelope.GetPayload())
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrOtherTransaction, err)
	}
	if what := asked.differs(&got); what != "" {
		return "", fmt.Errorf("%w: its %s", ErrOtherTransaction, what)
	}
	hash := sha256.New()
	hash.Write(got.header.GetChannelHeader())
	hash.Write(got.header.GetSignatureHeader())
	hash.Write(got.text)
	if !bytes.Equal(hash.Sum(nil), endorsed.GetProposalHash()) {
		return "", fmt.Errorf("%w: its endorsements are of another proposal", ErrOtherTransaction)
	}
	var action peer.ChaincodeAction
	if err := proto.Unmarshal(endorsed.GetExtension(), &action); err != nil {
		return "", fmt.Errorf("%w: %w", ErrOtherTransaction, err)
	}
	return action.GetChaincodeId().GetVersion(), nil
}

// halves are what a proposal and the transaction made of it have in common.
type halves struct {
	header  common.Header
	channel common.ChannelHeader
	payload peer.ChaincodeProposalPayload
	text    []byte // of the payload
}

func (h *halves) fromProposal(text []byte) error {
	var proposal peer.Proposal
	if err := proto.Unmarshal(text, &proposal); err != nil {
		return err
	}
	h.text = proposal.GetPayload()
	return errors.Join(
		proto.Unmarshal(proposal.GetHeader(), &h.header),
		proto.Unmarshal(h.header.GetChannelHeader(), &h.channel),
		proto.Unmarshal(h.text, &h.payload),
	)
}

func (h *halves) fromEnvelope(text []byte) (*peer.ProposalResponsePayload, error) {
	var payload common.Payload
	var transaction peer.Transaction
	if err := errors.Join(proto.Unmarshal(text, &payload), proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &h.channel)); err != nil {
		return nil, err
	}
	if t := common.HeaderType(h.channel.GetType()); t != common.HeaderType_ENDORSER_TRANSACTION {
		return nil, fmt.Errorf("it is of type %s", t)
	}
	if err := proto.Unmarshal(payload.GetData(), &transaction); err != nil {
		return nil, err
	}
	if n := len(transaction.GetActions()); n != 1 {
		return nil, fmt.Errorf("it has %d actions", n)
	}
	if !bytes.Equal(transaction.GetActions()[0].GetHeader(), payload.GetHeader().GetSignatureHeader()) {
		return nil, errors.New("its action has another creator")
	}
	var action peer.ChaincodeActionPayload
	var endorsed peer.ProposalResponsePayload
	if err := proto.Unmarshal(transaction.GetActions()[0].GetPayload(), &action); err != nil {
		return nil, err
	}
	h.header.ChannelHeader, h.header.SignatureHeader = payload.GetHeader().GetChannelHeader(), payload.GetHeader().GetSignatureHeader()
	h.text = action.GetChaincodeProposalPayload()
	return &endorsed, errors.Join(
		proto.Unmarshal(h.text, &h.payload),
		proto.Unmarshal(action.GetAction().GetProposalResponsePayload(), &endorsed),
	)
}

// differs names what a transaction has that its proposal does not.
func (h *halves) differs(got *halves) string {
	switch {
	case !bytes.Equal(h.header.GetSignatureHeader(), got.header.GetSignatureHeader()):
		return "creator or nonce differs"
	case h.channel.GetType() != got.channel.GetType() || h.channel.GetVersion() != got.channel.GetVersion() ||
		h.channel.GetChannelId() != got.channel.GetChannelId() || h.channel.GetTxId() != got.channel.GetTxId() ||
		h.channel.GetEpoch() != got.channel.GetEpoch() || !bytes.Equal(h.channel.GetExtension(), got.channel.GetExtension()) ||
		!bytes.Equal(h.channel.GetTlsCertHash(), got.channel.GetTlsCertHash()):
		return "channel header differs"
	case !bytes.Equal(h.payload.GetInput(), got.payload.GetInput()):
		return "chaincode, function or arguments differ"
	case len(got.payload.GetTransientMap()) > 0:
		return "transient values are in it: they would be on the ledger"
	default:
		return ""
	}
}
