package client

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// RecordedRecall is the answer to [Client.Recall] and [Client.EndRecall].
type RecordedRecall struct {
	Receipt
	// Recall is the record.
	Recall product.Recall
}

// Recall recalls lots, classes or single objects, for the caller's organisation:
// an act of a quality person or an admin, who chooses the recall's id. All that
// belongs to them reads as recalled at once, wherever it is: see the Recalls of a
// [Client.Twin]. To repeat the call is safe: it fails with fault.AlreadyRecorded.
//
// A recall of a lot is not one of what was made of it: [Client.Scope] tells what
// was transformed, and tracing forward from there what it became.
func (c *Client) Recall(ctx context.Context, recall product.RecallRequest, options ...CallOption) (*RecordedRecall, error) {
	response, receipt, err := Call(ctx, c, api.Recall, recall, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedRecall{*receipt, response}, nil
}

// EndRecall ends a recall of the caller's organisation.
func (c *Client) EndRecall(ctx context.Context, id, reason string, options ...CallOption) (*RecordedRecall, error) {
	response, receipt, err := Call(ctx, c, api.EndRecall, product.EndRecallRequest{ID: id, Reason: reason}, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedRecall{*receipt, response}, nil
}

// AcknowledgedRecall is the answer to [Client.AcknowledgeRecall].
type AcknowledgedRecall struct {
	Receipt
	// Acknowledgement is the record.
	Acknowledgement product.Acknowledgement
}

// AcknowledgeRecall says what the caller's organisation did about a recall. A
// later answer takes the place of the one before.
func (c *Client) AcknowledgeRecall(ctx context.Context, answer product.AcknowledgeRecallRequest, options ...CallOption) (*AcknowledgedRecall, error) {
	response, receipt, err := Call(ctx, c, api.AcknowledgeRecall, answer, options...)
	if err != nil {
		return nil, err
	}
	return &AcknowledgedRecall{*receipt, response}, nil
}

// RecallStatus returns a recall, named by the MSP id of who recalls and the id
// that it chose, with what it names and the first 100 answers; fault.NotFound.
// [Client.Acknowledgements] yields all answers.
func (c *Client) RecallStatus(ctx context.Context, by, id string) (*product.ReadRecallResponse, error) {
	return query(ctx, c, api.RecallStatus, product.ReadRecallRequest{By: by, ID: id})
}

// Acknowledgements yields what organisations answered to a recall, by MSP id.
func (c *Client) Acknowledgements(ctx context.Context, by, id string) iter.Seq2[product.Acknowledgement, error] {
	return pages(func(bookmark string) ([]product.Acknowledgement, string, error) {
		page, err := query(ctx, c, api.RecallStatus, product.ReadRecallRequest{By: by, ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Acknowledgements, page.Bookmark, nil
	})
}

// Recalls yields the recalls that name an object, lot or class, in any GS1 form:
// those that run, then those that have ended. The recalls that concern an object
// through its lot and class stand in its twin.
func (c *Client) Recalls(ctx context.Context, subject string) iter.Seq2[product.Recall, error] {
	return pages(func(bookmark string) ([]product.Recall, string, error) {
		page, err := query(ctx, c, api.Recalls, product.ListRecallsRequest{Subject: subject, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Recalls, page.Bookmark, nil
	})
}

// RecallScope yields what a recall is about, each thing once, and where it is
// now: the single objects that it names, then all of its lots and classes.
func (c *Client) RecallScope(ctx context.Context, by, id string) iter.Seq2[product.Affected, error] {
	return func(yield func(product.Affected, error) bool) {
		status, err := c.RecallStatus(ctx, by, id)
		if err != nil {
			yield(product.Affected{}, err)
			return
		}
		groups, single := parted(status.Subjects)
		if len(single) > 0 && !each(c.scope(ctx, product.ReadRecallScopeRequest{By: by, ID: id}), nil, yield) {
			return
		}
		for _, group := range groups {
			if !each(c.Scope(ctx, group), single, yield) {
				return
			}
		}
	}
}

// each hands on what is not in a set, until there is no more or an error.
func each(things iter.Seq2[product.Affected, error], but map[string]bool, yield func(product.Affected, error) bool) bool {
	for thing, err := range things {
		if err == nil && but[thing.ID] {
			continue
		}
		if !yield(thing, err) || err != nil {
			return false
		}
	}
	return true
}

// parted tells the lots and classes that a recall names from the objects. A lot
// whose class is named, too, is left out.
func parted(subjects []string) (groups []string, single map[string]bool) {
	single = map[string]bool{}
	named := map[string]bool{}
	for _, s := range subjects {
		named[s] = true
	}
	for _, s := range subjects {
		id, err := gs1.Parse(s)
		switch {
		case err != nil || product.IsObject(id):
			single[s] = true
		case id.IsClass() || !named[id.Class().Path()]:
			groups = append(groups, s)
		}
	}
	return groups, single
}

// Scope yields all of a lot or class, each thing once, and where it is now.
// Nothing need be recalled: a recall can be planned, and practised.
func (c *Client) Scope(ctx context.Context, subject string) iter.Seq2[product.Affected, error] {
	return c.scope(ctx, product.ReadRecallScopeRequest{Subject: subject})
}

func (c *Client) scope(ctx context.Context, request product.ReadRecallScopeRequest) iter.Seq2[product.Affected, error] {
	return func(yield func(product.Affected, error) bool) {
		last := "" // the lot before: pages overlap by one
		for more := true; more; more = request.Bookmark != "" {
			page, err := query(ctx, c, api.RecallScope, request)
			if err != nil {
				yield(product.Affected{}, err)
				return
			}
			request.Bookmark = page.Bookmark
			for _, lot := range page.Lots {
				counted := product.ReadRecallScopeRequest{Subject: lot, Bookmark: product.ScopeStocks}
				if lot != last && !each(c.scope(ctx, counted), nil, yield) {
					return
				}
				last = lot
			}
			for _, thing := range page.Affected {
				if !yield(thing, nil) {
					return
				}
			}
		}
	}
}

// ScopeTally counts what a recall is about.
type ScopeTally struct {
	// Things is how many there are: objects, and stocks of lots.
	Things int
	// States counts them by what has become of them.
	States map[product.Whereabouts]int
	// Amounts adds up the quantities of lots among them: by what has become of
	// them, and by unit, which is empty for a count.
	Amounts map[product.Whereabouts]map[string]product.Amount
	// Holders counts those that are not over by the MSP id of who answers for
	// them: whom to write to.
	Holders map[string]int
}

// TallyScope counts what [Client.RecallScope] or [Client.Scope] yields, to the
// end or the first error; fault.LimitExceeded when amounts add up to too much.
func TallyScope(things iter.Seq2[product.Affected, error]) (*ScopeTally, error) {
	tally := &ScopeTally{
		States: map[product.Whereabouts]int{}, Holders: map[string]int{}, Amounts: map[product.Whereabouts]map[string]product.Amount{},
	}
	for thing, err := range things {
		if err != nil {
			return nil, err
		}
		tally.Things++
		tally.States[thing.State]++
		if err := tally.add(thing); err != nil {
			return nil, err
		}
		switch thing.State {
		case product.StillHeld, product.UnderWay, product.OutsideChannel:
			tally.Holders[thing.Custodian]++
		}
	}
	return tally, nil
}

func (t *ScopeTally) add(thing product.Affected) error {
	for _, a := range thing.Amounts {
		sums := t.Amounts[thing.State]
		if sums == nil {
			sums = map[string]product.Amount{}
			t.Amounts[thing.State] = sums
		}
		sum, err := sums[a.Unit].Plus(a.Amount)
		if err != nil {
			return fmt.Errorf("client: add up %s: %w", thing.ID, err)
		}
		sums[a.Unit] = sum
	}
	return nil
}

// Flags yields the events about which something is implausible, of those that
// were recorded on the day of an instant, UTC.
func (c *Client) Flags(ctx context.Context, day time.Time) iter.Seq2[product.FlaggedEvent, error] {
	return pages(func(bookmark string) ([]product.FlaggedEvent, string, error) {
		page, err := query(ctx, c, api.Flags, product.ListFlagsRequest{Day: day.UTC().Format(time.DateOnly), Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Events, page.Bookmark, nil
	})
}
