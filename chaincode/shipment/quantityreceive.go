package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// mismatchQuantity is the disposition (CBV 2.0, section 7.2) by which a receipt
// says that there is more or less of a lot than was shipped.
const mismatchQuantity = "mismatch_quantity"

// lotReceipt is what became of one quantity of a receipt.
type lotReceipt struct {
	line line
	// taken was received; excess is what the event says beyond all that was
	// offered, and only an event with the disposition mismatch_quantity may.
	taken, excess product.Amount
	// parts are the shipments that it was drawn from, the oldest first.
	parts []lotPart
	// seen says that nothing was offered, and the caller has what it accepts.
	seen bool
}

// lotPart is what was received of one shipment, and what of it in the same unit is
// left there.
type lotPart struct {
	offer       *product.Offer
	taken, left product.Amount
}

// receiveLots takes over the quantities of an event, from what is on its way to
// the caller: of the shipper that the source names, or of all; the oldest shipment
// first. Less than was offered leaves the rest under way.
//
// More than was offered is fault.NotEnough (detail available), and
// fault.NotYetShipped when nothing is under way at all. With the disposition
// mismatch_quantity it is taken as far as it was offered; and less than was
// offered means that the rest is not there.
func (c *capture) receiveLots(p *plan) ([]lotReceipt, error) {
	var receipts []lotReceipt
	err := c.linesOf(p, subject, func(l line, lot *product.Lot) error {
		r, err := c.receiveLot(p, l, lot)
		if err == nil && r.seen {
			err = c.observeLot(p, l, lot)
		}
		receipts = append(receipts, r)
		return err
	})
	return receipts, err
}

func (c *capture) receiveLot(p *plan, l line, lot *product.Lot) (lotReceipt, error) {
	r := lotReceipt{line: l}
	from, owner, err := c.sender(p)
	if err != nil {
		return r, err
	}
	in, err := c.batch.Incoming(lot.ID, c.caller, from)
	if err != nil {
		return r, err
	}
	var moves []product.LotMove
	anything := false
	for r.taken < l.amount {
		offer, left, err := in.Next()
		if err != nil {
			return r, err
		}
		if offer == nil {
			break
		}
		anything = true
		part := lotPart{offer: offer}
		for _, h := range left {
			if h.Unit != l.unit || owner != "" && h.Owner != owner {
				continue
			}
			some := min(l.amount-r.taken, h.Amount)
			part.left += h.Amount - some
			if some == 0 {
				continue
			}
			moves = append(moves, c.receipt(p, h, some))
			part.taken += some
			r.taken += some
		}
		if part.taken > 0 {
			r.parts = append(r.parts, part)
		}
	}
	r.excess = l.amount - r.taken
	if r.seen, err = c.lacking(p, l, r, anything); err != nil || r.seen {
		return r, err
	}
	if last := len(r.parts) - 1; p.body.Disposition == mismatchQuantity && r.parts[last].left > 0 {
		if err := c.batch.Short(lot.ID, r.parts[last].offer.Ref(), l.unit); err != nil {
			return r, err
		}
	}
	return r, c.batch.MoveLots(lot, c.caller, p.event, product.Received, moves)
}

// lacking refuses a receipt of more than was offered, unless the event says that
// it knows; and reports whether it only accepts what the caller has already.
func (c *capture) lacking(p *plan, l line, r lotReceipt, anything bool) (seen bool, err error) {
	if r.excess == 0 || r.taken > 0 && p.body.Disposition == mismatchQuantity {
		return false, nil
	}
	if p.body.BizStep == "accepting" {
		stock, err := c.stockOnly(l)
		if err != nil || sum(stock, l.unit) >= l.amount {
			return err == nil, err
		}
	}
	if !anything {
		return false, fault.New(fault.NotYetShipped, "nobody has shipped of it to %s, or not more than was received; try again when that is so", c.caller)
	}
	return false, fault.New(fault.NotEnough, "%s of it are on their way to %s, and the event takes %s", r.taken, c.caller, l.amount).
		With("available", r.taken.String()).At(l.at + "/quantity")
}

func (c *capture) stockOnly(l line) ([]*product.Holding, error) {
	return c.batch.StockOf(l.id.Path(), c.caller, "")
}

// sender returns from whom quantities are received, and whose they are, as far as
// the source of the event says.
func (c *capture) sender(p *plan) (from, owner string, err error) {
	if p.from.possessor != "" {
		party, err := c.party(p.from.possessor, p.from.possessorAt)
		if err != nil {
			return "", "", err
		}
		from = party.MSP
	}
	if p.from.owner != "" {
		party, err := c.party(p.from.owner, p.from.ownerAt)
		if err != nil {
			return "", "", err
		}
		owner = party.MSP
	}
	return from, owner, nil
}

// receipt is the move of an amount from a shipment to the caller. A party outside
// of the channel has what its sponsor answers for.
func (c *capture) receipt(p *plan, h *product.Holding, amount product.Amount) product.LotMove {
	from, to := h.Stock, h.Stock
	to.Kind, to.Event, to.By, to.Custodian, to.Party, to.Place = product.StockAtHand, "", "", c.caller, h.ToParty, ""
	c.own(&to.Owner, &to.NextOwner)
	if h.Now != "" {
		to.Disposition = h.Now
	}
	said := p.body.Disposition
	followStock(p, &to)
	if said == mismatchQuantity { // that is how much there is, not how it is
		to.Disposition = h.Disposition
	}
	return product.LotMove{From: &from, To: &to, Amount: amount}
}

// lotsDiffer returns what differs about the quantities of a receipt, for
// discrepancies between the caller and the shippers.
func (c *capture) lotsDiffer(p *plan, receipts []lotReceipt) []differing {
	var found []differing
	add := func(kind Kind, r lotReceipt, offer *product.Offer, amount product.Amount) {
		if amount > 0 && offer.From != c.caller {
			l := r.line
			l.amount = amount
			found = append(found, differing{kind: kind, offer: offer, other: offer.From, lot: &l})
		}
	}
	for _, r := range receipts {
		if len(r.parts) == 0 {
			continue
		}
		last := r.parts[len(r.parts)-1]
		switch p.body.Disposition {
		case mismatchQuantity:
			add(Over, r, last.offer, r.excess)
			add(Short, r, last.offer, last.left)
		case damagedDisposition:
			for _, part := range r.parts {
				add(Damaged, r, part.offer, part.taken)
			}
		}
	}
	return found
}
