package client

import (
	"context"
	"iter"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
)

// ChangedBreach is the answer to a step in the life of a breach.
type ChangedBreach struct {
	Receipt
	Breach condition.Breach
}

// AcknowledgeBreach puts on record that who is connected took note of a breach, and
// so will not decide on it.
func (c *Client) AcknowledgeBreach(ctx context.Context, step condition.StepRequest, options ...CallOption) (*ChangedBreach, error) {
	return takeStep(ctx, c, api.AcknowledgeBreach, step, options...)
}

// InvestigateBreach puts findings about a breach on record: a reason, a root cause,
// documents by their hashes.
func (c *Client) InvestigateBreach(ctx context.Context, step condition.StepRequest, options ...CallOption) (*ChangedBreach, error) {
	return takeStep(ctx, c, api.InvestigateBreach, step, options...)
}

// ConfirmBreach confirms a suspected breach, as a person of the quality unit that
// decides on it. What is more than one transaction holds follows in others, before
// this returns; when that fails, the error is a [SpreadError].
func (c *Client) ConfirmBreach(ctx context.Context, step condition.StepRequest, options ...CallOption) (*ChangedBreach, error) {
	confirmed, err := takeStep(ctx, c, api.ConfirmBreach, step, options...)
	if err != nil {
		return nil, err
	}
	_, err = c.finish(ctx, step.Breach, false)
	return confirmed, err
}

func takeStep(ctx context.Context, c *Client, f api.Declared[condition.StepRequest, condition.Breach], step condition.StepRequest, options ...CallOption) (*ChangedBreach, error) {
	response, receipt, err := Call(ctx, c, f, step, options...)
	if err != nil {
		return nil, err
	}
	return &ChangedBreach{*receipt, response}, nil
}

// Reviewed is the answer to [Client.Review].
type Reviewed struct {
	Receipt
	condition.ReviewResponse
}

// Review has all devices of a watch looked at together: breaches are confirmed or
// refuted by what others show, and the answer says which devices' readings are
// missing. With an object, its allowance is judged by all of its watches together,
// and a breach opened when they have used it up. What is more than one transaction
// holds or frees follows in others; when that fails, the error is a [SpreadError].
func (c *Client) Review(ctx context.Context, review condition.ReviewRequest, options ...CallOption) (*Reviewed, error) {
	response, receipt, err := Call(ctx, c, api.Review, review, options...)
	if err != nil {
		return nil, err
	}
	for _, breach := range slices.Concat(response.Opened, response.Confirmed, response.Refuted) {
		if _, err := c.finish(ctx, breach, response.More); err != nil {
			return &Reviewed{*receipt, response}, err
		}
	}
	return &Reviewed{*receipt, response}, nil
}

// BreachSteps yields what became of a breach, the first step first; fault.NotFound.
func (c *Client) BreachSteps(ctx context.Context, breach string) iter.Seq2[condition.Step, error] {
	return pages(func(bookmark string) ([]condition.Step, string, error) {
		page, err := query(ctx, c, api.BreachSteps, condition.ListStepsRequest{Breach: breach, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Steps, page.Bookmark, nil
	})
}

// OpenBreaches yields the breaches that wait for the quality unit of an
// organisation, "" for one's own: what it looks at every morning.
func (c *Client) OpenBreaches(ctx context.Context, msp string) iter.Seq2[condition.Breach, error] {
	return pages(func(bookmark string) ([]condition.Breach, string, error) {
		page, err := query(ctx, c, api.OpenBreaches, condition.OpenBreachesRequest{Quality: msp, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Breaches, page.Bookmark, nil
	})
}

// Decision returns a decision by its id, "MSP/id", with the signature of who took
// it; fault.NotFound.
func (c *Client) Decision(ctx context.Context, id string) (*condition.Decision, error) {
	return query(ctx, c, api.Decision, condition.ReadStatementRequest{ID: id})
}
