package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Twin returns the present state of an object, named in any GS1 form: an EPC
// URN, a Digital Link, or the ledger's own path; fault.NotFound.
func (c *Client) Twin(ctx context.Context, id string) (*product.View, error) {
	return query(ctx, c, api.Twin, product.ReadTwinRequest{ID: id})
}

// History yields the events of an object in the order of the ledger, from the
// first.
func (c *Client) History(ctx context.Context, id string) iter.Seq2[product.HistoryEntry, error] {
	return c.HistoryFrom(ctx, id, 1)
}

// HistoryFrom yields the events of an object from a number on.
func (c *Client) HistoryFrom(ctx context.Context, id string, number uint64) iter.Seq2[product.HistoryEntry, error] {
	return func(yield func(product.HistoryEntry, error) bool) {
		for next := max(number, 1); next > 0; {
			page, err := query(ctx, c, api.History, product.ReadHistoryRequest{ID: id, From: next})
			if err != nil {
				yield(product.HistoryEntry{}, err)
				return
			}
			for _, entry := range page.Entries {
				if !yield(entry, nil) {
					return
				}
			}
			next = page.Next
		}
	}
}

// Witnesses yields what organisations observed of an object that another held.
// It is in no history, and in no order of time.
func (c *Client) Witnesses(ctx context.Context, id string) iter.Seq2[product.Witness, error] {
	return pages(func(bookmark string) ([]product.Witness, string, error) {
		page, err := query(ctx, c, api.Witnesses, product.ReadWitnessesRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Witnesses, page.Bookmark, nil
	})
}

// Event returns an event as it was recorded, by its CBV 2.0 hash; fault.NotFound.
func (c *Client) Event(ctx context.Context, event string) (*product.ReadEventResponse, error) {
	return query(ctx, c, api.Event, product.ReadEventRequest{Event: event})
}

// AttestTwin has the present state of an object signed by the peers of
// organisations, named by MSP id: evidence that verifies offline. It fails as
// [Client.AttestCall] does.
func (c *Client) AttestTwin(ctx context.Context, id string, by ...string) (*evidence.Statement, error) {
	return Attest(ctx, c, api.Twin, product.ReadTwinRequest{ID: id}, by...)
}

// AttestHistory has a stretch of an object's history signed, up to 100 events
// from a number on.
func (c *Client) AttestHistory(ctx context.Context, id string, number uint64, by ...string) (*evidence.Statement, error) {
	return Attest(ctx, c, api.History, product.ReadHistoryRequest{ID: id, From: number}, by...)
}
