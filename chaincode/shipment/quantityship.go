package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// shipLots puts the quantities of an event on the shipment that it opens.
func (c *capture) shipLots(p *plan, offer *product.Offer) error {
	return c.linesOf(p, subject, func(l line, lot *product.Lot) error {
		drawn, err := c.draw(p, l)
		if err != nil {
			return err
		}
		flags, err := c.passLot(p, lot.ID)
		if err != nil {
			return err
		}
		moves := make([]product.LotMove, len(drawn))
		for i, d := range drawn {
			to := d.stock
			to.Kind, to.Event, to.By = product.StockOnOffer, offer.Event, offer.By
			if offer.Owner != "" {
				if err := c.give(p, &to.Owner, &to.NextOwner, offer.Owner); err != nil {
					return err
				}
			}
			moves[i] = product.LotMove{From: &d.stock, To: &to, Amount: d.amount}
		}
		return c.batch.ShipLot(lot, offer, p.event, moves, p.body.Disposition, flags...)
	})
}

// voidLots takes quantities back from shipments: by the shipper, who calls them
// off, or by whom they were offered to, who refuses them. The destination or the
// source of the event tells which of the two the caller is, and else what there
// is. Each amount goes back to where it was before. It fails with fault.Closed
// when nothing is under way, and fault.NotEnough when that is less.
func (c *capture) voidLots(p *plan) error {
	return c.linesOf(p, subject, func(l line, lot *product.Lot) error {
		refusing, other, err := c.refusing(p)
		if err != nil {
			return err
		}
		var found []*product.Holding
		if !refusing {
			if found, err = c.batch.Outgoing(lot.ID, c.caller, other); err != nil {
				return err
			}
		}
		effect := product.Voided
		if refusing || other == "" && sum(found, l.unit) < l.amount {
			incoming, err := c.batch.AllIncoming(lot.ID, c.caller, other)
			if err != nil {
				return err
			}
			if refusing || sum(incoming, l.unit) > sum(found, l.unit) {
				found, effect = incoming, product.Refused
			}
		}
		return c.putBack(p, l, lot, found, effect)
	})
}

// refusing reports whether an event by which shipments are taken back is a
// refusal, as far as it says so, and names the other side.
func (c *capture) refusing(p *plan) (refusing bool, other string, err error) {
	if p.to.possessor != "" {
		to, err := c.party(p.to.possessor, p.to.possessorAt)
		if err != nil || to.MSP != c.caller {
			return false, to.MSP, err
		}
		refusing = true
	}
	if p.from.possessor == "" {
		return refusing, "", nil
	}
	from, err := c.party(p.from.possessor, p.from.possessorAt)
	if err != nil || from.MSP == c.caller {
		return false, "", err
	}
	return true, from.MSP, nil
}

// sum adds up what there is in a unit, as far as that can be counted.
func sum(holdings []*product.Holding, unit string) (all product.Amount) {
	for _, h := range holdings {
		if h.Unit != unit {
			continue
		}
		more, err := all.Plus(h.Amount)
		if err != nil {
			return all
		}
		all = more
	}
	return all
}

func (c *capture) putBack(p *plan, l line, lot *product.Lot, found []*product.Holding, effect product.Effect) error {
	var shippers []string
	back := map[string][]product.LotMove{}
	left := l.amount
	for _, h := range found {
		if h.Unit != l.unit || left == 0 {
			continue
		}
		some := min(left, h.Amount)
		left -= some
		from, to := h.Stock, h.Stock
		to.Kind, to.Event, to.By = product.StockAtHand, "", ""
		if to.Owner == to.Custodian {
			to.NextOwner = ""
		}
		if effect == product.Voided { // whoever refuses does not say how it is with the shipper
			followStock(p, &to)
		}
		if back[h.Custodian] == nil {
			shippers = append(shippers, h.Custodian)
		}
		back[h.Custodian] = append(back[h.Custodian], product.LotMove{From: &from, To: &to, Amount: some})
	}
	switch {
	case left == l.amount:
		return fault.New(fault.Closed, "no shipment of it is under way in this unit, from %s or to it", c.caller)
	case left > 0:
		available := (l.amount - left).String()
		return fault.New(fault.NotEnough, "only %s of it are under way", available).With("available", available).At(l.at + "/quantity")
	}
	for _, shipper := range shippers {
		if err := c.batch.MoveLots(lot, shipper, p.event, effect, back[shipper]); err != nil {
			return err
		}
	}
	if effect == product.Refused && len(shippers) > 0 {
		return c.batch.MoveLots(lot, c.caller, p.event, effect, nil)
	}
	return nil
}

// followStock lets place and disposition of a quantity follow an event.
func followStock(p *plan, s *product.Stock) {
	if p.body.BizLocation != nil {
		s.Place = place(p.body.BizLocation.ID)
	}
	if p.body.Disposition != "" {
		s.Disposition = p.body.Disposition
	}
}
