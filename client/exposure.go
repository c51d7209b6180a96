package client

import (
	"context"
	"fmt"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
)

// SpreadError says that a transaction is on record, and that what a breach affects
// has not all been found and put on hold, or freed: [Client.SpreadBreach] goes on.
type SpreadError struct {
	// Breach is its id.
	Breach string
	// Err is what came in between.
	Err error
}

// Error names the breach.
func (e *SpreadError) Error() string {
	return fmt.Sprintf("client: on record, but breach %s has not been spread to all that it affects: %v", e.Breach, e.Err)
}

// Unwrap returns what came in between.
func (e *SpreadError) Unwrap() error { return e.Err }

// SpreadBreach has all found that a breach affects, named and put on hold, or freed
// after a release: 500 things a transaction, as many of them as it takes.
// [Client.Record] and [Client.Decide] do so by themselves. Of a breach that waits
// for a decision it looks through all once more: events that were recorded since
// may say that other things were there, too.
func (c *Client) SpreadBreach(ctx context.Context, breach string) (*condition.SpreadBreachResponse, error) {
	var total condition.SpreadBreachResponse
	for {
		response, _, err := Call(ctx, c, api.SpreadBreach, condition.SpreadBreachRequest{Breach: breach})
		if err != nil {
			return nil, err
		}
		response.Placed += total.Placed
		response.Released += total.Released
		if total = response; total.Done {
			return &total, nil
		}
	}
}

// finish goes on with a breach that may affect, or free, more than one transaction
// took.
func (c *Client) finish(ctx context.Context, breach string, more bool) (*condition.SpreadBreachResponse, error) {
	if !more {
		status, err := query(ctx, c, api.Affected, condition.ListAffectedRequest{Breach: breach, Size: 1})
		switch {
		case err != nil:
			return nil, &SpreadError{Breach: breach, Err: err}
		case status.Done:
			return &condition.SpreadBreachResponse{Breach: breach, Done: true, Affected: status.Affected}, nil
		}
	}
	response, err := c.SpreadBreach(ctx, breach)
	if err != nil {
		return nil, &SpreadError{Breach: breach, Err: err}
	}
	return response, nil
}

// Affected yields what a breach affects, by path: what is in one of these is
// affected with it.
func (c *Client) Affected(ctx context.Context, breach string) iter.Seq2[string, error] {
	return pages(func(bookmark string) ([]string, string, error) {
		page, err := query(ctx, c, api.Affected, condition.ListAffectedRequest{Breach: breach, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Objects, page.Bookmark, nil
	})
}
