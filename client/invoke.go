package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// Invocation is one call of a contract function, in bytes.
type Invocation struct {
	Function *api.Function
	// Request is the function's argument: one JSON object.
	Request []byte
	// Transient travels to the endorsers and never to the ledger.
	Transient map[string][]byte
	// EndorsingOrganisations names whose peers are asked, and no others; empty
	// leaves the choice to the gateway. A query is answered by one of them.
	EndorsingOrganisations []string
}

// Receipt says where a transaction is on the ledger.
type Receipt struct {
	Transaction string
	Block       uint64
}

func (c *Client) propose(call Invocation) (*client.Proposal, error) {
	options := []client.ProposalOption{client.WithBytesArguments(call.Request)}
	if len(call.Transient) > 0 {
		options = append(options, client.WithTransient(call.Transient))
	}
	if len(call.EndorsingOrganisations) > 0 {
		options = append(options, client.WithEndorsingOrganizations(call.EndorsingOrganisations...))
	}
	proposal, err := c.session().contract.NewProposal(call.Function.FullName(), options...)
	if err != nil {
		return nil, fmt.Errorf("client: make the proposal for %s: %w", call.Function.FullName(), err)
	}
	return proposal, nil
}

// Evaluate runs a query at one peer and returns its answer, in bytes. A private
// query goes to the caller's own organisation unless the call names another. It
// fails with [Error].
func (c *Client) Evaluate(ctx context.Context, call Invocation) ([]byte, error) {
	if call.Function.Kind == api.PrivateQuery && len(call.EndorsingOrganisations) == 0 {
		call.EndorsingOrganisations = []string{c.msp}
	}
	return again(ctx, c, func() ([]byte, error) {
		proposal, err := c.propose(call)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, c.timeouts.Evaluate)
		defer cancel()
		result, err := proposal.EvaluateWithContext(ctx, roomy)
		if err != nil {
			return nil, failure(StageEvaluate, call, proposal.TransactionID(), err)
		}
		return result, nil
	})
}

// Submit runs a function at peers of several organisations, hands over what they
// endorsed, and waits until it is on the ledger. It fails with [Error] when
// nothing has changed, and with [OutcomeUnknownError] when that cannot be said.
// It repeats what is safe to repeat: lost races (after which the contract may
// well refuse), disagreement between peers of different height, a gateway that
// is out of reach or overloaded.
//
// Only an [api.Update] or [api.Private] function can be submitted, and the latter
// only when the call names the collection's members: what is private must not
// reach other peers.
func (c *Client) Submit(ctx context.Context, call Invocation) (result []byte, receipt *Receipt, err error) {
	if call.Function.Kind != api.Update && call.Function.Kind != api.Private {
		return nil, nil, fmt.Errorf("client: %s only reads, and is not submitted", call.Function.FullName())
	}
	if call.Function.Kind == api.Private && len(call.EndorsingOrganisations) == 0 {
		return nil, nil, fmt.Errorf("client: name the members of the collection that shall endorse %s", call.Function.FullName())
	}
	result, err = again(ctx, c, func() (result []byte, err error) {
		result, receipt, err = c.submitOnce(ctx, call)
		return result, err
	})
	return result, receipt, err
}

func (c *Client) submitOnce(ctx context.Context, call Invocation) ([]byte, *Receipt, error) {
	proposal, err := c.propose(call)
	if err != nil {
		return nil, nil, err
	}
	transaction, err := c.endorse(ctx, call, proposal)
	if err != nil {
		return nil, nil, err
	}
	settled, err := c.commit(ctx, call, transaction)
	if err != nil {
		return nil, nil, err
	}
	if !settled.Successful {
		return nil, nil, c.invalid(call, settled)
	}
	return transaction.Result(), &Receipt{Transaction: settled.TransactionID, Block: settled.BlockNumber}, nil
}

func (c *Client) endorse(ctx context.Context, call Invocation, proposal *client.Proposal) (*client.Transaction, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeouts.Endorse)
	defer cancel()
	transaction, err := proposal.EndorseWithContext(ctx, roomy)
	if err != nil {
		return nil, failure(StageEndorse, call, proposal.TransactionID(), err)
	}
	return transaction, nil
}

// maxAnswer bounds what a gateway may answer, in bytes: a transaction that
// orderers take by default, rather than gRPC's 4 MiB.
const maxAnswer = 16 << 20

var roomy = grpc.MaxCallRecvMsgSize(maxAnswer)

// commit hands a transaction over and finds out what becomes of it. It does not
// begin for a caller who has gone: then nothing has changed, and it can be said.
func (c *Client) commit(ctx context.Context, call Invocation, transaction *client.Transaction) (*client.Status, error) {
	if err := ctx.Err(); err != nil {
		return nil, failure(StageSubmit, call, transaction.TransactionID(), status.FromContextError(err).Err())
	}
	submitting, cancel := context.WithTimeout(ctx, c.timeouts.Submit)
	defer cancel()
	commit, err := transaction.SubmitWithContext(submitting)
	if err != nil {
		if refusedByOrderer(err) {
			return nil, failure(StageSubmit, call, transaction.TransactionID(), err)
		}
		return c.resolve(ctx, call, transaction, false, err)
	}
	waiting, cancel := context.WithTimeout(ctx, c.timeouts.Commit)
	defer cancel()
	settled, err := commit.StatusWithContext(waiting)
	if err != nil {
		return c.resolve(ctx, call, transaction, true, err)
	}
	return settled, nil
}

func (c *Client) invalid(call Invocation, settled *client.Status) *Error {
	return &Error{
		Stage: StageCommit, Function: call.Function.FullName(), Transaction: settled.TransactionID,
		Validation: settled.Code.String(),
		Retry:      settled.Code == peer.TxValidationCode_MVCC_READ_CONFLICT || settled.Code == peer.TxValidationCode_PHANTOM_READ_CONFLICT,
	}
}

// resolve finds out what became of a transaction that was, or may have been,
// accepted by the orderer, on a context of its own: the end of the caller's does
// not make the outcome any less important.
//
// One that may not have been accepted is handed over again meanwhile, unless the
// caller has gone. That is safe, because it is the same transaction: the ledger
// takes an id once, and its status is that of the first.
func (c *Client) resolve(caller context.Context, call Invocation, transaction *client.Transaction, accepted bool, why error) (*client.Status, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), c.timeouts.Resolve)
	defer cancel()
	for {
		settled, err := c.settledWithin(ctx, accepted, transaction.TransactionID())
		switch {
		case err == nil:
			return settled, nil
		case ctx.Err() != nil || accepted || !errors.Is(err, errNotYet):
			return nil, &OutcomeUnknownError{Function: call.Function.FullName(), Transaction: transaction.TransactionID(), cause: errors.Join(why, err)}
		case caller.Err() == nil:
			_, err := transaction.SubmitWithContext(ctx)
			accepted = err == nil
		}
	}
}

const resolvePause = 500 * time.Millisecond

var errNotYet = errors.New("client: the transaction is not on the ledger yet")

// settledWithin waits for a transaction: as long as ctx lasts when it has been
// accepted, a moment else.
func (c *Client) settledWithin(ctx context.Context, accepted bool, transaction string) (*client.Status, error) {
	if accepted {
		return c.settled(ctx, transaction)
	}
	moment, cancel := context.WithTimeout(ctx, resolvePause)
	defer cancel()
	settled, err := c.settled(moment, transaction)
	if ended := status.Code(err); err != nil && (moment.Err() != nil || ended == codes.DeadlineExceeded) {
		return nil, fmt.Errorf("%w: %w", errNotYet, err) // the peer may notice the end of the moment first
	}
	return settled, err
}

// settled waits until a transaction is on the ledger, through lost connections.
func (c *Client) settled(ctx context.Context, transaction string) (*client.Status, error) {
	for pauses := newPauses(); ; {
		commit, err := c.commitOf(transaction)
		if err != nil {
			return nil, err
		}
		status, err := commit.StatusWithContext(ctx, grpc.WaitForReady(true))
		if err == nil || !unreachable(err) || !pause(ctx, pauses) {
			return status, err
		}
	}
}

func unreachable(err error) bool {
	st := status.Convert(err)
	return st.Code() == codes.Unavailable || st.Code() == codes.Aborted || overloaded(st)
}

func (c *Client) commitOf(transaction string) (*client.Commit, error) {
	request, err := proto.Marshal(&gateway.CommitStatusRequest{TransactionId: transaction, ChannelId: c.channel, Identity: c.session().creator})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	signed, err := proto.Marshal(&gateway.SignedCommitStatusRequest{Request: request})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	return c.session().gateway.NewCommit(signed)
}

func serialize(id identity.Identity) ([]byte, error) {
	creator, err := proto.Marshal(&msp.SerializedIdentity{Mspid: id.MspID(), IdBytes: id.Credentials()})
	if err != nil {
		return nil, fmt.Errorf("client: the identity: %w", err)
	}
	return creator, nil
}

// Outcome waits until a transaction is on the ledger, as long as the context
// lasts. It fails with [Error] at [StageCommit] when the transaction is not
// valid, and with [OutcomeUnknownError] when it is not there in time.
func (c *Client) Outcome(ctx context.Context, transaction string) (*Receipt, error) {
	settled, err := c.settled(ctx, transaction)
	if err != nil {
		return nil, &OutcomeUnknownError{Function: "outcome", Transaction: transaction, cause: err}
	}
	if !settled.Successful {
		return nil, &Error{Stage: StageCommit, Function: "outcome", Transaction: transaction, Validation: settled.Code.String()}
	}
	return &Receipt{Transaction: transaction, Block: settled.BlockNumber}, nil
}
