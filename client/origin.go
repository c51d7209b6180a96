package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// ConfirmedOrigin is the answer to [Client.ConfirmOrigin].
type ConfirmedOrigin struct {
	Receipt
	// Event is the CBV 2.0 hash id of the event that the ledger made of it.
	Event string
}

// ConfirmOrigin confirms that objects, which others adopted from stock from
// before the ledger, are genuine: all of them, at most [product.MaxConfirmed], or
// none. It is for who holds the licence for their keys. To repeat the call is
// safe: it fails with fault.Closed.
func (c *Client) ConfirmOrigin(ctx context.Context, ids ...string) (*ConfirmedOrigin, error) {
	response, receipt, err := Call(ctx, c, api.ConfirmOrigin, product.ConfirmOriginRequest{IDs: ids})
	if err != nil {
		return nil, err
	}
	return &ConfirmedOrigin{Receipt: *receipt, Event: response.Event}, nil
}

// Suspicions yields what speaks for an object being counterfeit, the gravest
// first: it was commissioned twice, seen after its end, or its tag has a clone.
// The object's twin lists the first of them.
func (c *Client) Suspicions(ctx context.Context, id string) iter.Seq2[product.Suspicion, error] {
	return pages(func(bookmark string) ([]product.Suspicion, string, error) {
		page, err := query(ctx, c, api.Suspicions, product.ListSuspicionsRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Suspicions, page.Bookmark, nil
	})
}

// Declarations yields the error declarations of an event, named by its CBV 2.0
// hash, by all who recorded it.
func (c *Client) Declarations(ctx context.Context, event string) iter.Seq2[product.EventRecord, error] {
	return pages(func(bookmark string) ([]product.EventRecord, string, error) {
		page, err := query(ctx, c, api.Declarations, product.ListDeclarationsRequest{Event: event, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Declarations, page.Bookmark, nil
	})
}

// DeclaredEvent returns an event as its recorder, named by MSP id, sent it with
// an error declaration, named by its hash.
func (c *Client) DeclaredEvent(ctx context.Context, event, recordedBy, declaration string) (*product.ReadEventResponse, error) {
	return query(ctx, c, api.Event, product.ReadEventRequest{Event: event, RecordedBy: recordedBy, Declaration: declaration})
}
