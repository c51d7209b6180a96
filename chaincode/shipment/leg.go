package shipment

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Version is the schema version of the records of this package.
const Version = 1

// leg lists a shipment for one of its two sides. It is written once, by the
// shipping: what becomes of the objects stands in their twins, so that however
// many receipts complete a shipment, no two of them write the same key.
type leg struct {
	V int `json:"v"`
}

// Object types of the keys of legs.
const (
	legsFrom = "offerfrom"
	legsTo   = "offerto"
)

// legKey sorts the latest first.
func legKey(side, msp string, at time.Time, ref product.Ref) ledger.Key {
	return ledger.NewKey(side, msp, newest(at), ref.Hash, ref.By)
}

// receiptKey says that a receiving event completed a shipment, or a part of it.
func receiptKey(shipment, receipt product.Ref) ledger.Key {
	return ledger.NewKey("receipt", shipment.Hash, shipment.By, receipt.Hash, receipt.By)
}

// arrive notes once for an event that it received of a shipment.
func (c *capture) arrive(p *plan, offer *product.Offer, noted map[product.Ref]bool) {
	if ref := offer.Ref(); !noted[ref] {
		noted[ref] = true
		c.batch.Put(receiptKey(ref, p.event.Ref), leg{V: Version})
	}
}

// lastMilli is far in the future, of as many digits as all milliseconds until
// the year 2255 and their complements have.
const lastMilli = 9_999_999_999_999

// newest writes a ledger time so that later ones sort first.
func newest(at time.Time) string { return ledger.Number(uint64(lastMilli - at.UnixMilli())) }

// ListOffersRequest asks for a page of an organisation's shipments.
type ListOffersRequest struct {
	// Organisation is its MSP id.
	Organisation string `json:"organisation"`
	// Direction is "from" for what it shipped, "to" for what was shipped to it,
	// or to a party outside of the channel that it sponsors.
	Direction string `json:"direction" jsonschema:"enum=from,enum=to"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListOffersResponse is a page of shipments, the latest first by ledger time.
type ListOffersResponse struct {
	Offers []product.Offer `json:"offers"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListOffers lists the shipments from or to an organisation, whether they are
// under way or done: which of its objects are under way still is a question to
// their twins, one by one, and answered by [ReadShipment], page by page. Anyone
// may. It fails with fault.InvalidRequest, and fault.LimitExceeded for a size out
// of range.
func ListOffers(tx *ledger.Tx, req ListOffersRequest) (ListOffersResponse, error) {
	side := map[string]string{"from": legsFrom, "to": legsTo}[req.Direction]
	switch {
	case req.Organisation == "":
		return ListOffersResponse{}, fault.New(fault.InvalidRequest, "name the organisation by its MSP id").At("/organisation")
	case side == "":
		return ListOffersResponse{}, fault.New(fault.InvalidRequest, `the direction is "from" or "to"`).At("/direction")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey(side, req.Organisation), req.Size, req.Bookmark)
	if err != nil {
		return ListOffersResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // organisation, time, hash, recorder
		keys[i] = product.OfferKey(product.Ref{Hash: parts[2], By: parts[3]})
	}
	found, err := ledger.LoadMany[product.Offer](tx, keys)
	if err != nil {
		return ListOffersResponse{}, err
	}
	page := ListOffersResponse{Offers: make([]product.Offer, len(found)), Bookmark: next}
	for i, offer := range found {
		if offer == nil {
			return ListOffersResponse{}, fault.New(fault.Internal, "the ledger lacks the shipment %s", keys[i])
		}
		page.Offers[i] = *offer
	}
	return page, nil
}
