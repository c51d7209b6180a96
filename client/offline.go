package client

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Offline makes calls whose signatures come from elsewhere: a machine without a
// network, a signing service, a person with a card. Each step gives an [Unsigned],
// which can be stored; signed, it goes into the next step, in this process or another.
//
//	query    Propose -> sign -> Evaluate
//	attest   Propose -> sign -> Attest
//	submit   Propose -> sign -> Endorse -> sign -> Submit -> (Status -> sign -> Outcome)
//	blocks   AskBlocks -> sign -> Blocks
//
// Status needs only the transaction's id and can be signed together with the
// transaction. A proposal is good for 15 minutes, as endorsers hold its time against
// their clocks. Each step is made once: what may be repeated, errors say, and handing
// over the same signed transaction again is always safe.
//
// A gateway needs no trust: what it returns to be signed is held against what was
// asked for, here and again where it is signed (docs/keys.md).
type Offline struct{ client *Client }

// Offline returns the calls whose signatures come from elsewhere; usually of a client
// made [WithCertificate].
func (c *Client) Offline() *Offline { return &Offline{c} }

// Propose makes the proposal of a call, to be signed.
func (o *Offline) Propose(call Invocation) (*Unsigned, error) {
	if call.Function.Kind == api.PrivateQuery && len(call.EndorsingOrganisations) == 0 {
		call.EndorsingOrganisations = []string{o.client.msp}
	}
	f, err := o.client.prepare(call)
	if err != nil {
		return nil, err
	}
	proposal, err := f.propose()
	if err != nil {
		return nil, err
	}
	content, err := proposal.Bytes()
	if err != nil {
		return nil, fmt.Errorf("client: make the proposal for %s: %w", call.Function.FullName(), err)
	}
	return newStep(SignProposal, content, nil)
}

// AskVersion makes the question for the versions that the chaincode speaks. A client
// without a key cannot ask it by itself: have it signed, and give it to
// [Offline.Version].
func (o *Offline) AskVersion() (*Unsigned, error) {
	return o.Propose(Invocation{Function: api.Versions.Function, Request: []byte("{}")})
}

// Version asks which versions the chaincode speaks. It fails with [VersionError] when
// the client's is not among them.
func (o *Offline) Version(ctx context.Context, asked *Signed) error {
	result, err := o.Evaluate(ctx, asked)
	return o.client.versions.learn(spokenIn(result, err))
}

// taken is a signed proposal that has come back.
func (o *Offline) taken(s *Signed, step SigningStep) (*session, error) {
	now := o.client.session()
	switch {
	case s == nil || s.Step != step:
		return nil, fmt.Errorf("client: this takes a signed %s", step)
	case !bytes.Equal(s.creator, now.creator):
		return nil, fmt.Errorf("client: the %s is of %s of %s, and the client is another", step, s.Subject, s.MSP)
	case s.Channel != o.client.channel || s.Chaincode != "" && s.Chaincode != o.client.chaincode:
		return nil, fmt.Errorf("client: the %s is for %s on %s, and the client is for %s on %s", step, s.Chaincode, s.Channel, o.client.chaincode, o.client.channel)
	}
	return now, nil
}

// proposal makes a signed proposal ready to be sent.
func (o *Offline) proposal(s *Signed) (*flight, *client.Proposal, error) {
	now, err := o.taken(s, SignProposal)
	if err != nil {
		return nil, nil, err
	}
	function, ok := api.Lookup(s.Function)
	if !ok {
		return nil, nil, fmt.Errorf("client: there is no function %q", s.Function)
	}
	var proposed gateway.ProposedTransaction
	if err := proto.Unmarshal(s.content, &proposed); err != nil {
		return nil, nil, fmt.Errorf("client: %w", err)
	}
	proposal, err := now.guarded.NewSignedProposal(s.content, s.signature)
	if err != nil {
		return nil, nil, fmt.Errorf("client: %w", err)
	}
	f, err := o.client.prepare(Invocation{Function: function, Request: s.Request, EndorsingOrganisations: proposed.GetEndorsingOrganizations()})
	if err != nil {
		return nil, nil, err
	}
	f.session, f.transaction, f.try = now, s.Transaction, 1
	return f, proposal, nil
}

// Evaluate runs a signed query at one peer. It fails with [Error].
func (o *Offline) Evaluate(ctx context.Context, s *Signed) ([]byte, error) {
	f, proposal, err := o.proposal(s)
	if err != nil {
		return nil, err
	}
	return o.client.evaluated(ctx, f, proposal)
}

// Endorse has a signed proposal endorsed, and returns the transaction, to be signed.
// It fails with [Error], and with [ErrOtherTransaction] when the gateway returns
// something else.
func (o *Offline) Endorse(ctx context.Context, s *Signed) (*Unsigned, error) {
	f, proposal, err := o.proposal(s)
	if err != nil {
		return nil, err
	}
	if f.Function.Kind != api.Update && f.Function.Kind != api.Private {
		return nil, fmt.Errorf("client: %s only reads, and is not submitted", s.Function)
	}
	prepared, err := o.endorsed(ctx, f, proposal)
	if err != nil {
		return nil, err
	}
	return newStep(SignTransaction, prepared, s.content)
}

// Attest has a signed query endorsed by the organisations that it names, and returns
// what they signed; see [Client.AttestCall].
func (o *Offline) Attest(ctx context.Context, s *Signed) (*evidence.Statement, error) {
	f, proposal, err := o.proposal(s)
	if err != nil {
		return nil, err
	}
	if f.Function.Kind != api.Query || len(f.EndorsingOrganisations) == 0 {
		return nil, fmt.Errorf("client: only queries can be attested, by organisations that the proposal names; not %s", s.Function)
	}
	prepared, err := o.endorsed(ctx, f, proposal)
	if err != nil {
		return nil, err
	}
	statement, err := openPrepared(prepared)
	if err != nil {
		return nil, fmt.Errorf("client: the gateway's answer to %s is no statement: %w", s.Function, err)
	}
	if err := o.client.answers(statement, f.Invocation, f.transaction); err != nil {
		return nil, err
	}
	return statement, nil
}

func (o *Offline) endorsed(ctx context.Context, f *flight, proposal *client.Proposal) ([]byte, error) {
	ctx, end := o.client.step(ctx, f.step(StageEndorse))
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Endorse)
	defer cancel()
	transaction, err := proposal.EndorseWithContext(ctx, roomy)
	if err != nil {
		failed := failure(StageEndorse, f.Invocation, f.transaction, err)
		end(outcome(failed))
		return nil, failed
	}
	end(Outcome{Code: CodeOK})
	content, err := transaction.Bytes()
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return content, nil
}

// Submit hands a signed transaction over to the orderer, and does not wait: ask for
// its [Offline.Status]. It fails with [Error] when the orderer has refused it, and
// with [OutcomeUnknownError] when it may have arrived; the same may be handed over
// again then, by any process.
func (o *Offline) Submit(ctx context.Context, s *Signed) error {
	now, err := o.taken(s, SignTransaction)
	if err != nil {
		return err
	}
	function, ok := api.Lookup(s.Function)
	if !ok {
		return fmt.Errorf("client: there is no function %q", s.Function)
	}
	var prepared gateway.PreparedTransaction
	if err := proto.Unmarshal(s.content, &prepared); err != nil {
		return fmt.Errorf("client: %w", err)
	}
	f, err := o.client.prepare(Invocation{Function: function})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Submit)
	defer cancel()
	_, err = gateway.NewGatewayClient(now.connection).Submit(ctx, &gateway.SubmitRequest{
		TransactionId: s.Transaction, ChannelId: s.Channel,
		PreparedTransaction: &common.Envelope{Payload: prepared.GetEnvelope().GetPayload(), Signature: s.signature},
	})
	switch {
	case err == nil:
		return nil
	case refusedByOrderer(err):
		return failure(StageSubmit, f.Invocation, s.Transaction, err)
	default:
		return &OutcomeUnknownError{Function: s.Function, Transaction: s.Transaction, cause: err}
	}
}

// Status makes the question what became of a transaction, to be signed.
func (o *Offline) Status(transaction string) (*Unsigned, error) {
	request, err := proto.Marshal(&gateway.CommitStatusRequest{
		TransactionId: transaction, ChannelId: o.client.channel, Identity: o.client.session().creator,
	})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	content, err := proto.Marshal(&gateway.SignedCommitStatusRequest{Request: request})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	return newStep(SignStatus, content, nil)
}

// Outcome waits until a transaction is on the ledger, as long as the context lasts; see
// [Client.Outcome].
func (o *Offline) Outcome(ctx context.Context, s *Signed) (*Receipt, error) {
	now, err := o.taken(s, SignStatus)
	if err != nil {
		return nil, err
	}
	commit, err := now.gateway.NewSignedCommit(s.content, s.signature)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	settled, err := commit.StatusWithContext(ctx)
	if err != nil {
		return nil, &OutcomeUnknownError{Function: functionOutcome, Transaction: s.Transaction, cause: err}
	}
	if !settled.Successful {
		return nil, invalid(functionOutcome, settled)
	}
	return &Receipt{Transaction: s.Transaction, Block: settled.BlockNumber}, nil
}

// AskBlocks makes the request for the blocks from a number up to another, both
// included, to be signed.
func (o *Offline) AskBlocks(from, to uint64) (*Unsigned, error) {
	payload, err := o.client.session().blocks.seek(position(from), position(to))
	if err != nil {
		return nil, err
	}
	content, err := proto.Marshal(&common.Envelope{Payload: payload})
	if err != nil {
		return nil, fmt.Errorf("client: ask for blocks: %w", err)
	}
	return newStep(SignBlocks, content, nil)
}

// Blocks yields the blocks that were asked for, with the private data that the
// caller's organisation is entitled to and the peer has. It waits for those that are
// not there yet. An error is the last that it yields, a [BlocksError].
func (o *Offline) Blocks(ctx context.Context, s *Signed) iter.Seq2[*peer.BlockAndPrivateData, error] {
	return func(yield func(*peer.BlockAndPrivateData, error) bool) {
		now, err := o.taken(s, SignBlocks)
		if err != nil {
			yield(nil, err)
			return
		}
		now.blocks.read(ctx, &common.Envelope{Payload: s.message, Signature: s.signature}, s.From, s.To)(yield)
	}
}
