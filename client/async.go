package client

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// Commit is a transaction that an orderer has been handed, and that may not be on
// the ledger yet.
type Commit struct {
	client *Client
	flight *flight
	commit *client.Commit
	// Of a transaction that was handed over when the connection was lost:
	pending *client.Transaction
	lost    error
}

// TransactionID returns the transaction's id. Who keeps it can ask [Client.Outcome]
// later, and from another process.
func (c *Commit) TransactionID() string { return c.flight.transaction }

// Status waits until the transaction is on the ledger, as [Client.Submit] does, and finds
// out what became of it when connections are lost meanwhile. It fails with
// [Error] at [StageCommit] when the transaction is not valid: lost races included,
// which are the caller's to repeat (Retry tells), as what was endorsed is no longer
// true; and with [OutcomeUnknownError]. It is for one caller at a time.
func (c *Commit) Status(ctx context.Context) (*Receipt, error) {
	var settled *client.Status
	var err error
	if c.commit == nil {
		settled, err = c.client.resolve(ctx, c.flight, c.pending, c.lost)
	} else {
		settled, err = c.client.await(ctx, c.flight, c.commit)
	}
	switch {
	case err != nil:
		return nil, err
	case !settled.Successful:
		return nil, invalid(c.flight.Function.FullName(), settled)
	}
	return c.client.receipt(settled), nil
}

// SubmitAsync has a function endorsed and hands the transaction to the orderer, and
// returns what it will have answered once it is on the ledger, and the commit to
// wait for. It repeats what is safe to repeat up to there, and fails with [Error]
// when nothing has changed. [Client.Submit] does all of it; a [Submitter] does so for
// many calls at a time.
//
// A named call that was made before (see [WithRequestID]) returns its first answer
// and commit.
func (c *Client) SubmitAsync(ctx context.Context, call Invocation) ([]byte, *Commit, error) {
	f, err := c.submission(call)
	if err != nil {
		return nil, nil, err
	}
	handed, err := observed(ctx, c, f, c.handOnce)
	if err == nil {
		return handed.result, handed.commit, nil
	}
	result, receipt, err := c.first(ctx, f, err)
	if err != nil {
		return nil, nil, err
	}
	f.transaction = receipt.Transaction
	commit, err := c.commitOf(f.session, receipt.Transaction)
	return result, &Commit{client: c, flight: f, commit: commit}, err
}

// handed is a transaction that was handed over.
type handed struct {
	result []byte
	commit *Commit
}

func (h handed) size() int { return len(h.result) }

func (c *Client) handOnce(ctx context.Context, f *flight) (handed, error) {
	transaction, err := c.endorsed(ctx, f)
	if err != nil {
		return handed{}, err
	}
	commit, lost, err := c.hand(ctx, f, transaction)
	if err != nil {
		return handed{}, err
	}
	return handed{transaction.Result(), &Commit{client: c, flight: f, commit: commit, pending: transaction, lost: lost}}, nil
}

// CallAsync calls a declared function that is submitted, and returns when the
// orderer has the transaction: [Client.SubmitAsync] with types. The response holds
// once the commit's status says so. It fails with [AnswerError], too; then there is a
// commit to wait for all the same.
func CallAsync[Req, Resp any](ctx context.Context, c *Client, f api.Declared[Req, Resp], request Req, options ...CallOption) (response Resp, commit *Commit, err error) {
	call, err := invocation(f, request, options)
	if err != nil {
		return response, nil, err
	}
	result, commit, err := c.SubmitAsync(ctx, call)
	if err != nil {
		return response, nil, err
	}
	if err := json.Unmarshal(result, &response); err != nil {
		return response, commit, &AnswerError{Function: f.FullName(), cause: err}
	}
	return response, commit, nil
}

// ErrSubmitterClosed says that a [Submitter] takes no more calls.
var ErrSubmitterClosed = errors.New("client: the submitter is closed")
