package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// RecordedDiscrepancy is the answer to [Client.Claim], [Client.Agree],
// [Client.Dispute] and [Client.Withdraw].
type RecordedDiscrepancy struct {
	Receipt
	// Discrepancy is the record.
	Discrepancy shipment.Discrepancy
}

// Claim says what differs of a shipment, from or to the caller's organisation.
// To repeat the call is safe: the same is claimed once, and then it fails with
// fault.AlreadyExists, with the discrepancy's id as the detail "discrepancy".
//
// What turned up and was not shipped there is no claim but a receipt with the
// disposition mismatch_instance, and what arrived damaged one with damaged:
// [Client.Capture] returns the ids of the discrepancies that these open.
func (c *Client) Claim(ctx context.Context, claim shipment.ClaimRequest, options ...CallOption) (*RecordedDiscrepancy, error) {
	response, receipt, err := Call(ctx, c, api.Claim, claim, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedDiscrepancy{*receipt, response}, nil
}

// Agree says that a discrepancy, claimed by the other side, is so. Where the
// claimant has objects that were not shipped there, their custody moves to it.
func (c *Client) Agree(ctx context.Context, discrepancy, note string, options ...CallOption) (*RecordedDiscrepancy, error) {
	return c.answer(ctx, shipment.AnswerRequest{Discrepancy: discrepancy, Agree: true, Note: note}, options...)
}

// Dispute says that a discrepancy, claimed by the other side, is not so.
func (c *Client) Dispute(ctx context.Context, discrepancy, note string, options ...CallOption) (*RecordedDiscrepancy, error) {
	return c.answer(ctx, shipment.AnswerRequest{Discrepancy: discrepancy, Note: note}, options...)
}

func (c *Client) answer(ctx context.Context, answer shipment.AnswerRequest, options ...CallOption) (*RecordedDiscrepancy, error) {
	response, receipt, err := Call(ctx, c, api.Answer, answer, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedDiscrepancy{*receipt, response}, nil
}

// Withdraw takes back what the caller's organisation claimed.
func (c *Client) Withdraw(ctx context.Context, discrepancy, note string, options ...CallOption) (*RecordedDiscrepancy, error) {
	response, receipt, err := Call(ctx, c, api.Withdraw, shipment.WithdrawRequest{Discrepancy: discrepancy, Note: note}, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedDiscrepancy{*receipt, response}, nil
}

// Discrepancy returns a discrepancy by its id; fault.NotFound.
func (c *Client) Discrepancy(ctx context.Context, id string) (*shipment.Discrepancy, error) {
	return query(ctx, c, api.Discrepancy, shipment.ReadDiscrepancyRequest{Discrepancy: id})
}

// AttestDiscrepancy has a discrepancy signed by the peers of organisations, named
// by MSP id. It fails as [Client.AttestCall] does.
func (c *Client) AttestDiscrepancy(ctx context.Context, id string, by ...string) (*evidence.Statement, error) {
	return Attest(ctx, c, api.Discrepancy, shipment.ReadDiscrepancyRequest{Discrepancy: id}, by...)
}

// Discrepancies yields what is unsettled between the caller's organisation and
// others, on either side, the latest claim first.
func (c *Client) Discrepancies(ctx context.Context) iter.Seq2[shipment.Discrepancy, error] {
	return c.ListDiscrepancies(ctx, shipment.ListDiscrepanciesRequest{Organisation: c.msp, Unsettled: true})
}

// ListDiscrepancies yields the discrepancies of an organisation or of a shipment,
// the latest claim first, from the page on that the request names.
func (c *Client) ListDiscrepancies(ctx context.Context, request shipment.ListDiscrepanciesRequest) iter.Seq2[shipment.Discrepancy, error] {
	return pages(func(bookmark string) ([]shipment.Discrepancy, string, error) {
		if bookmark != "" {
			request.Bookmark = bookmark
		}
		page, err := query(ctx, c, api.Discrepancies, request)
		if err != nil {
			return nil, "", err
		}
		return page.Discrepancies, page.Bookmark, nil
	})
}

// Shipment returns a shipment, named by the CBV 2.0 hash of the event that opened
// it, and the first 100 of what is on it; fault.NotFound. [Client.Shipped] yields
// all.
func (c *Client) Shipment(ctx context.Context, event string) (*shipment.ReadShipmentResponse, error) {
	return query(ctx, c, api.Shipment, shipment.ReadShipmentRequest{Event: event})
}

// Shipped yields what is on a shipment, in the order of the shipping event, with
// whether each object is under way still.
func (c *Client) Shipped(ctx context.Context, event string) iter.Seq2[shipment.ShippedItem, error] {
	return func(yield func(shipment.ShippedItem, error) bool) {
		for from, more := 0, true; more; more = from > 0 {
			page, err := query(ctx, c, api.Shipment, shipment.ReadShipmentRequest{Event: event, From: from})
			if err != nil {
				yield(shipment.ShippedItem{}, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			from = page.Next
		}
	}
}

// ShippedFrom yields the shipments of an organisation, done or under way, the
// latest first.
func (c *Client) ShippedFrom(ctx context.Context, msp string) iter.Seq2[product.Offer, error] {
	return c.offers(ctx, msp, "from")
}

// ShippedTo yields the shipments to an organisation, or to a party outside of the
// channel that it sponsors, done or under way, the latest first.
func (c *Client) ShippedTo(ctx context.Context, msp string) iter.Seq2[product.Offer, error] {
	return c.offers(ctx, msp, "to")
}

func (c *Client) offers(ctx context.Context, msp, direction string) iter.Seq2[product.Offer, error] {
	return pages(func(bookmark string) ([]product.Offer, string, error) {
		page, err := query(ctx, c, api.Offers, shipment.ListOffersRequest{Organisation: msp, Direction: direction, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Offers, page.Bookmark, nil
	})
}
