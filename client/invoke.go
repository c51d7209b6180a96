package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
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
	// RequestID names the call, so that it can be made again safely; see
	// [WithRequestID].
	RequestID string
	// Timeouts bound the stages of this call; a zero field keeps the client's.
	Timeouts Timeouts
	// Tries is how often the call is made at most; 0 keeps the client's.
	Tries int
}

// Receipt says where a transaction is on the ledger.
type Receipt struct {
	Transaction string
	Block       uint64
}

// flight is one call on its way: what was asked for, with the client's defaults in
// place, by whom, and how far it has come.
type flight struct {
	Invocation
	*session

	try         int
	transaction string              // of the last try
	asked       string              // the gateway that was asked; empty when it is the caller's
	seen        heights             // what gateways were seen to have before it was asked
	known       uint64              // the last block that was known when the call began, or was first refused
	elsewhere   uint64              // the last block of another gateway, once the call was refused
	refusals    int                 // how often the call was refused
	handed      *client.Transaction // the same, once an orderer has accepted it
}

// prepare makes a call ready. It takes the client's session once.
func (c *Client) prepare(call Invocation) (*flight, error) {
	if call.RequestID != "" {
		request, err := identified(call)
		if err != nil {
			return nil, err
		}
		call.Request = request
	}
	for _, t := range []struct {
		of      *time.Duration
		initial time.Duration
	}{
		{&call.Timeouts.Evaluate, c.timeouts.Evaluate},
		{&call.Timeouts.Endorse, c.timeouts.Endorse},
		{&call.Timeouts.Submit, c.timeouts.Submit},
		{&call.Timeouts.Commit, c.timeouts.Commit},
		{&call.Timeouts.Resolve, c.timeouts.Resolve},
	} {
		if *t.of <= 0 {
			*t.of = t.initial
		}
	}
	if call.Tries <= 0 {
		call.Tries = c.tries
	}
	return &flight{Invocation: call, session: c.session()}, nil
}

// step is a stage of the call's present try.
func (f *flight) step(stage Stage) Step {
	return Step{Stage: stage, Function: f.Function.FullName(), Transaction: f.transaction, Try: f.try}
}

func (f *flight) propose() (*client.Proposal, error) {
	options := make([]client.ProposalOption, 1, 3)
	options[0] = client.WithBytesArguments(f.Request)
	if len(f.Transient) > 0 {
		options = append(options, client.WithTransient(f.Transient))
	}
	if len(f.EndorsingOrganisations) > 0 {
		options = append(options, client.WithEndorsingOrganizations(f.EndorsingOrganisations...))
	}
	proposal, err := f.contract.NewProposal(f.Function.FullName(), options...)
	if err != nil {
		return nil, fmt.Errorf("client: make the proposal for %s: %w", f.Function.FullName(), err)
	}
	f.transaction = proposal.TransactionID()
	return proposal, nil
}

// Evaluate runs a query at one peer and returns its answer, in bytes. A private
// query goes to the caller's own organisation unless the call names another. It
// fails with [Error].
func (c *Client) Evaluate(ctx context.Context, call Invocation) ([]byte, error) {
	if call.Function == nil {
		return nil, errNoFunction
	}
	if call.Function.Kind == api.PrivateQuery && len(call.EndorsingOrganisations) == 0 {
		call.EndorsingOrganisations = []string{c.msp}
	}
	f, err := c.prepare(call)
	if err != nil {
		return nil, err
	}
	return observed(ctx, c, f, c.evaluateOnce)
}

func (c *Client) evaluateOnce(ctx context.Context, f *flight) ([]byte, error) {
	proposal, err := f.propose()
	if err != nil {
		return nil, err
	}
	return c.evaluated(ctx, f, proposal)
}

func (c *Client) evaluated(ctx context.Context, f *flight, proposal *client.Proposal) ([]byte, error) {
	f.transaction = proposal.TransactionID()
	ctx, end := c.step(ctx, f.step(StageEvaluate))
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Evaluate)
	defer cancel()
	ctx, at := gateways.Noting(ctx)
	f.begin(c)
	result, err := proposal.EvaluateWithContext(ctx, roomy)
	f.asked = at()
	if err != nil {
		failed := failure(StageEvaluate, f.Invocation, f.transaction, err)
		end(outcome(failed))
		return nil, failed
	}
	end(Outcome{Code: CodeOK})
	return result, nil
}

// Submit runs a function at peers of several organisations, hands over what they
// endorsed, and waits until it is on the ledger. It fails with [Error] when
// nothing has changed, and with [OutcomeUnknownError] when that cannot be said.
// It repeats what is safe to repeat: lost races (after which the contract may
// well refuse), disagreement between peers of different height, peers and gateways
// that are out of reach, overloaded or starting. docs/errors.md lists it all.
//
// Only an [api.Update] or [api.Private] function can be submitted, and the latter
// only when the call names the collection's members: what is private must not
// reach other peers.
func (c *Client) Submit(ctx context.Context, call Invocation) (result []byte, receipt *Receipt, err error) {
	f, err := c.submission(call)
	if err != nil {
		return nil, nil, err
	}
	done, err := observed(ctx, c, f, c.submitOnce)
	if err != nil {
		return c.first(ctx, f, err)
	}
	return done.result, &done.receipt, nil
}

var errNoFunction = errors.New("client: the invocation names no function")

// submission checks that a call can be submitted, and makes it ready.
func (c *Client) submission(call Invocation) (*flight, error) {
	if call.Function == nil {
		return nil, errNoFunction
	}
	if call.Function.Kind != api.Update && call.Function.Kind != api.Private {
		return nil, fmt.Errorf("client: %s only reads, and is not submitted", call.Function.FullName())
	}
	if call.Function.Kind == api.Private && len(call.EndorsingOrganisations) == 0 {
		return nil, fmt.Errorf("client: name the members of the collection that shall endorse %s", call.Function.FullName())
	}
	return c.prepare(call)
}

// submitted is what a submit that succeeded returns.
type submitted struct {
	result  []byte
	receipt Receipt
}

func (s submitted) size() int { return len(s.result) }

func (c *Client) submitOnce(ctx context.Context, f *flight) (submitted, error) {
	transaction, err := c.endorsed(ctx, f)
	if err != nil {
		return submitted{}, err
	}
	settled, err := c.commit(ctx, f, transaction)
	if err != nil {
		return submitted{}, err
	}
	if !settled.Successful {
		f.known = max(f.known, settled.BlockNumber) // what it lost against
		return submitted{}, invalid(f.Function.FullName(), settled)
	}
	return submitted{transaction.Result(), *c.receipt(settled)}, nil
}

// endorsed proposes the call and has it endorsed.
func (c *Client) endorsed(ctx context.Context, f *flight) (*client.Transaction, error) {
	proposal, err := f.propose()
	if err != nil {
		return nil, err
	}
	ctx, end := c.step(ctx, f.step(StageEndorse))
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Endorse)
	defer cancel()
	ctx, at := gateways.Noting(ctx)
	f.begin(c)
	transaction, err := proposal.EndorseWithContext(ctx, roomy)
	f.asked = at()
	if err != nil {
		failed := failure(StageEndorse, f.Invocation, f.transaction, err)
		end(outcome(failed))
		return nil, failed
	}
	end(Outcome{Code: CodeOK})
	return transaction, nil
}

// maxAnswer bounds what a gateway may answer, in bytes: a transaction that
// orderers take by default, rather than gRPC's 4 MiB.
const maxAnswer = 16 << 20

var roomy = grpc.MaxCallRecvMsgSize(maxAnswer)

// hand hands a transaction over to the orderer. It does not begin for a caller who
// has gone: then nothing has changed, and it can be said. Whether it arrived when
// lost is not nil, nobody knows.
func (c *Client) hand(ctx context.Context, f *flight, transaction *client.Transaction) (commit *client.Commit, lost, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, failure(StageSubmit, f.Invocation, f.transaction, status.FromContextError(err).Err())
	}
	ctx, end := c.step(ctx, f.step(StageSubmit))
	submitting, cancel := context.WithTimeout(ctx, f.Timeouts.Submit)
	defer cancel()
	commit, lost = transaction.SubmitWithContext(submitting)
	if lost == nil {
		f.handed = transaction
		end(Outcome{Code: CodeOK})
		return commit, nil, nil
	}
	failed := failure(StageSubmit, f.Invocation, f.transaction, lost)
	end(outcome(failed))
	if refusedByOrderer(lost) {
		return nil, nil, failed
	}
	return nil, lost, nil
}

// commit hands a transaction over and finds out what becomes of it.
func (c *Client) commit(ctx context.Context, f *flight, transaction *client.Transaction) (*client.Status, error) {
	commit, lost, err := c.hand(ctx, f, transaction)
	if err != nil {
		return nil, err
	}
	if lost != nil {
		return c.resolve(ctx, f, transaction, lost)
	}
	return c.await(ctx, f, commit)
}

// await waits for a transaction that an orderer has accepted. That it has is nobody's
// promise: an orderer that dies, or leads and hangs, takes with it what it has
// accepted. So what is not on the ledger after a while is handed over again; and as it
// may be the gateway whose ledger stands still, another is asked, if there is one.
func (c *Client) await(ctx context.Context, f *flight, commit *client.Commit) (*client.Status, error) {
	within, end := c.step(ctx, f.step(StageCommit))
	within, cancel := context.WithTimeout(within, f.Timeouts.Commit)
	defer cancel()
	within, asked := gateways.Noting(within)
	for ask, other := within, false; ; {
		settled, err := statusWithin(ask, commit, handAgainAfter)
		if err == nil {
			c.has(asked(), settled.BlockNumber)
			end(Outcome{Code: settledCode(settled)})
			return settled, nil
		}
		over := timeOver(err)
		if within.Err() != nil || f.handed == nil || !over && !other {
			end(Outcome{Code: grpcCode(err)})
			return c.resolve(ctx, f, nil, err)
		}
		// That another gateway will not answer says nothing of the first, which may yet.
		if ask, other = within, false; over {
			away := gateways.Away(within, asked())
			f.handAgain(away)
			ask, other = away, true
		}
	}
}

// handAgainAfter is how long a transaction that an orderer has accepted is waited for
// before it is handed over again: longer than an election takes.
const handAgainAfter = 5 * time.Second

func statusWithin(ctx context.Context, commit *client.Commit, limit time.Duration, options ...grpc.CallOption) (*client.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return commit.StatusWithContext(ctx, options...)
}

// timeOver tells whether only the time was over.
func timeOver(err error) bool { return status.Code(err) == codes.DeadlineExceeded }

// handAgain hands the same transaction over once more, which is safe: the ledger takes
// an id once, and its status is that of the first. Whether it arrives, the status will
// tell.
func (f *flight) handAgain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, f.Timeouts.Submit)
	defer cancel()
	_, _ = f.handed.SubmitWithContext(ctx)
}
