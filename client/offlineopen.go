package client

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/internal/prepared"
)

// newStep reads a message for a gateway, and what it is about.
func newStep(step SigningStep, content, asked []byte) (*Unsigned, error) {
	u := &Unsigned{Step: step, content: content, asked: asked}
	readers := map[SigningStep]func() error{
		SignProposal: u.openProposal, SignTransaction: u.openTransaction, SignStatus: u.openStatus, SignBlocks: u.openBlocks,
	}
	read, ok := readers[step]
	if !ok {
		return nil, fmt.Errorf("client: there is no step %q", step)
	}
	if step != SignTransaction && len(asked) > 0 {
		return nil, errors.New("client: only a transaction has a proposal beside it")
	}
	if err := read(); err != nil {
		return nil, fmt.Errorf("client: read the step %s: %w", step, err)
	}
	return u, u.openCreator()
}

func (u *Unsigned) openProposal() error {
	var proposed gateway.ProposedTransaction
	if err := proto.Unmarshal(u.content, &proposed); err != nil {
		return err
	}
	u.message = proposed.GetProposal().GetProposalBytes()
	return u.openAsked(u.message)
}

// openAsked reads what a proposal says.
func (u *Unsigned) openAsked(proposal []byte) error {
	var whole peer.Proposal
	var header common.Header
	var channel common.ChannelHeader
	var payload peer.ChaincodeProposalPayload
	if err := proto.Unmarshal(proposal, &whole); err != nil {
		return err
	}
	if err := errors.Join(
		proto.Unmarshal(whole.GetHeader(), &header),
		proto.Unmarshal(header.GetChannelHeader(), &channel),
		proto.Unmarshal(whole.GetPayload(), &payload),
	); err != nil {
		return err
	}
	if t := common.HeaderType(channel.GetType()); t != common.HeaderType_ENDORSER_TRANSACTION {
		return fmt.Errorf("it is of type %s", t)
	}
	var signer common.SignatureHeader
	var called peer.ChaincodeInvocationSpec
	var run peer.ChaincodeHeaderExtension
	if err := errors.Join(
		proto.Unmarshal(header.GetSignatureHeader(), &signer),
		proto.Unmarshal(payload.GetInput(), &called),
		proto.Unmarshal(channel.GetExtension(), &run),
	); err != nil {
		return err
	}
	spec := called.GetChaincodeSpec()
	arguments := spec.GetInput().GetArgs()
	switch {
	case len(arguments) != 2:
		return fmt.Errorf("it calls with %d arguments: a function and its request are two", len(arguments))
	case run.GetChaincodeId().GetName() != spec.GetChaincodeId().GetName(): // peers run this one and hold it against no other
		return fmt.Errorf("it is for %s, and has peers run %s", spec.GetChaincodeId().GetName(), run.GetChaincodeId().GetName())
	case spec.GetInput().GetIsInit():
		return errors.New("it initializes the chaincode")
	}
	u.Channel, u.Transaction, u.creator = channel.GetChannelId(), channel.GetTxId(), signer.GetCreator()
	u.Chaincode, u.Function, u.Request = spec.GetChaincodeId().GetName(), string(arguments[0]), arguments[1]
	u.Transient = slices.Sorted(maps.Keys(payload.GetTransientMap()))
	return nil
}

// openTransaction reads a transaction, and holds it against the proposal that was
// sent.
func (u *Unsigned) openTransaction() error {
	var answered gateway.PreparedTransaction
	var proposed gateway.ProposedTransaction
	if err := errors.Join(proto.Unmarshal(u.content, &answered), proto.Unmarshal(u.asked, &proposed)); err != nil {
		return err
	}
	u.message = answered.GetEnvelope().GetPayload()
	done, err := prepared.Check(proposed.GetProposal().GetProposalBytes(), u.message)
	if err != nil {
		return err
	}
	if err := u.openAsked(proposed.GetProposal().GetProposalBytes()); err != nil {
		return err
	}
	u.Transient = nil
	if answered.GetTransactionId() != u.Transaction {
		return fmt.Errorf("%w: its id differs", ErrOtherTransaction)
	}
	var action peer.ChaincodeAction
	if err := proto.Unmarshal(done, &action); err != nil {
		return err
	}
	u.Result = action.GetResponse().GetPayload()
	return nil
}

// A transaction's id is a SHA-256 in hexadecimal.
var transactionID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// openStatus takes a question in one form alone: else the bytes of a proposal could be
// made to pass for one, as both begin with two texts and end with the creator.
func (u *Unsigned) openStatus() error {
	var signed gateway.SignedCommitStatusRequest
	var request gateway.CommitStatusRequest
	if err := proto.Unmarshal(u.content, &signed); err != nil {
		return err
	}
	if err := proto.Unmarshal(signed.GetRequest(), &request); err != nil {
		return err
	}
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(&request)
	if err != nil {
		return err
	}
	if !bytes.Equal(plain, signed.GetRequest()) || len(request.ProtoReflect().GetUnknown()) > 0 || !transactionID.MatchString(request.GetTransactionId()) {
		return errors.New("it is no question for a transaction")
	}
	u.message = signed.GetRequest()
	u.Channel, u.Transaction, u.creator = request.GetChannelId(), request.GetTransactionId(), request.GetIdentity()
	return nil
}

func (u *Unsigned) openBlocks() error {
	var envelope common.Envelope
	var payload common.Payload
	var channel common.ChannelHeader
	var signer common.SignatureHeader
	var seek orderer.SeekInfo
	if err := proto.Unmarshal(u.content, &envelope); err != nil {
		return err
	}
	if err := proto.Unmarshal(envelope.GetPayload(), &payload); err != nil {
		return err
	}
	if err := errors.Join(
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &channel),
		proto.Unmarshal(payload.GetHeader().GetSignatureHeader(), &signer),
		proto.Unmarshal(payload.GetData(), &seek),
	); err != nil {
		return err
	}
	if t := common.HeaderType(channel.GetType()); t != common.HeaderType_DELIVER_SEEK_INFO {
		return fmt.Errorf("it is of type %s", t)
	}
	if seek.GetStart().GetSpecified() == nil || seek.GetStop().GetSpecified() == nil {
		return errors.New("it does not say from which block to which")
	}
	u.message = envelope.GetPayload()
	u.Channel, u.creator = channel.GetChannelId(), signer.GetCreator()
	u.From, u.To = seek.GetStart().GetSpecified().GetNumber(), seek.GetStop().GetSpecified().GetNumber()
	return nil
}

// openCreator reads whose signature is asked for.
func (u *Unsigned) openCreator() error {
	var creator msp.SerializedIdentity
	if err := proto.Unmarshal(u.creator, &creator); err != nil {
		return fmt.Errorf("client: whose step this is: %w", err)
	}
	block, _ := pem.Decode(creator.GetIdBytes())
	if block == nil {
		return errors.New("client: whose step this is: no certificate in PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("client: whose step this is: %w", err)
	}
	u.MSP, u.Subject, u.key = creator.GetMspid(), certificate.Subject.String(), certificate.PublicKey
	return nil
}
