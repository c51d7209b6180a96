package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Lot returns a lot, or a class of which quantities are counted, named in any GS1
// form, with what up to 100 organisations did with it and the sum of that;
// fault.NotFound. [Client.LotAccounts] yields all of them.
func (c *Client) Lot(ctx context.Context, id string) (*product.ReadLotResponse, error) {
	return query(ctx, c, api.Lot, product.ReadLotRequest{ID: id})
}

// LotAccounts yields what each organisation did with a lot, in the order of their
// MSP ids.
func (c *Client) LotAccounts(ctx context.Context, id string) iter.Seq2[product.Account, error] {
	return pages(func(bookmark string) ([]product.Account, string, error) {
		page, err := query(ctx, c, api.Lot, product.ReadLotRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Accounts, page.Bookmark, nil
	})
}

// Holdings yields who has how much of a lot: all there is, or what the request
// narrows it to. Its size and bookmark are the client's to set.
func (c *Client) Holdings(ctx context.Context, wanted product.ReadHoldingsRequest) iter.Seq2[product.Holding, error] {
	return pages(func(bookmark string) ([]product.Holding, string, error) {
		wanted.Size, wanted.Bookmark = 0, bookmark
		page, err := query(ctx, c, api.Holdings, wanted)
		if err != nil {
			return nil, "", err
		}
		return page.Holdings, page.Bookmark, nil
	})
}

// LotHolds yields the holds on what organisations have of a lot: of one, named by
// MSP id, or of all when that is empty.
func (c *Client) LotHolds(ctx context.Context, id, organisation string) iter.Seq2[product.LotHold, error] {
	return pages(func(bookmark string) ([]product.LotHold, string, error) {
		page, err := query(ctx, c, api.LotHolds, product.ReadLotHoldsRequest{ID: id, Organisation: organisation, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Holds, page.Bookmark, nil
	})
}

// LotHistory yields what an organisation, named by MSP id, did with a lot, from
// the first event; fault.NotFound when that is nothing.
func (c *Client) LotHistory(ctx context.Context, id, organisation string) iter.Seq2[product.LotHistoryEntry, error] {
	return func(yield func(product.LotHistoryEntry, error) bool) {
		for next := uint64(1); next > 0; {
			page, err := query(ctx, c, api.LotHistory, product.ReadLotHistoryRequest{ID: id, Organisation: organisation, From: next})
			if err != nil {
				yield(product.LotHistoryEntry{}, err)
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
