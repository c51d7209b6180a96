package product

import (
	"math"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// readHoldings lists how much of a lot or class is where. A quantity in a
// container is where that is: it inherits as an object would.
func readHoldings(tx *ledger.Tx, entries []ledger.Entry, page *ReadRecallScopeResponse) error {
	b := newBatch(tx)
	var stocks []*Twin
	var containers []string
	var amounts []Measured
	for _, e := range entries {
		h, err := ledger.Decode[Holding](e.Key, e.Value)
		if err != nil {
			return err
		}
		stock := h.asThing()
		if stock.In != nil {
			containers = append(containers, stock.In.Container)
		}
		stocks, amounts = append(stocks, stock), append(amounts, Measured{Amount: h.Amount, Unit: h.Unit})
	}
	if err := b.load(containers); err != nil {
		return err
	}
	if err := b.settle(stocks); err != nil {
		return err
	}
	for i, stock := range stocks {
		a := b.affected(stock)
		a.Amounts = []Measured{amounts[i]}
		page.Affected = append(page.Affected, a)
	}
	return nil
}

// asThing returns what would be so of a single object that is held like this.
func (h *Holding) asThing() *Twin {
	t := &Twin{ID: h.Lot, Facts: Facts{
		State: Active, Custodian: h.Custodian, Party: h.Party, Owner: h.Owner, NextOwner: h.NextOwner, Place: h.Place, Disposition: h.Disposition,
	}}
	if h.Now != "" {
		t.Disposition = h.Now
	}
	switch h.Kind {
	case StockOnOffer:
		t.Offer = &OfferRef{Event: h.Event, By: h.By}
		t.Place = "" // it has left
	case StockInside:
		t.In = &Stay{Container: h.Container, Epoch: h.Epoch}
		if h.Apart {
			t.In.First = math.MaxUint64 // its title does not pass with the container
		}
	}
	return t
}

// readEnded lists, by organisation, how much of a lot or class is over.
func readEnded(_ *ledger.Tx, entries []ledger.Entry, page *ReadRecallScopeResponse) error {
	for _, e := range entries {
		account, err := ledger.Decode[Account](e.Key, e.Value)
		if err != nil {
			return err
		}
		var ended []Measured
		for _, total := range account.Totals {
			if total.Ended > 0 {
				ended = append(ended, Measured{Amount: total.Ended, Unit: total.Unit})
			}
		}
		if ended != nil {
			page.Affected = append(page.Affected, Affected{ID: account.Lot, State: Over, Custodian: account.Organisation, Amounts: ended})
		}
	}
	return nil
}
