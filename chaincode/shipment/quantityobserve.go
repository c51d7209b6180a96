package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/product"
)

// observeLots lets place and disposition of the caller's quantities follow an
// event; of anybody else's, the event is witnessed.
func (c *capture) observeLots(p *plan) error {
	return c.linesOf(p, subject, func(l line, lot *product.Lot) error { return c.observeLot(p, l, lot) })
}

// observeLot moves an amount between the caller's own holdings. An event says
// what is at a place and how it is: what is there and so already counts, and only
// what is lacking comes from elsewhere; from the place that the source names all
// of it does. An amount that the caller does not have at hand is witnessed, and
// flagged when it has some.
func (c *capture) observeLot(p *plan, l line, lot *product.Lot) error {
	stock, err := c.observed(p, l)
	if err != nil {
		return err
	}
	after := func(s product.Stock) product.Stock { followStock(p, &s); return s }
	var from []*product.Holding
	left := l.amount
	if p.from.location != "" {
		from = slices.DeleteFunc(slices.Clone(stock), func(h *product.Holding) bool { return h.Place != p.from.location })
	} else {
		from = slices.DeleteFunc(slices.Clone(stock), func(h *product.Holding) bool {
			so := after(h.Stock) == h.Stock
			if so {
				left -= min(left, h.Amount)
			}
			return so
		})
	}
	slices.SortStableFunc(from, func(a, b *product.Holding) int { return c.distance(p, a) - c.distance(p, b) })
	drawn, lacking := drawFrom(from, left)
	switch {
	case lacking > 0 && len(stock) == 0:
		c.batch.WitnessLot(lot, p.event)
		return nil
	case lacking > 0:
		c.batch.WitnessLot(lot, p.event, product.FlagQuantity)
		return nil
	}
	var moves []product.LotMove
	for _, d := range drawn {
		if to := after(d.stock); to != d.stock {
			moves = append(moves, product.LotMove{From: &d.stock, To: &to, Amount: d.amount})
		}
	}
	return c.batch.MoveLots(lot, c.caller, p.event, product.Observed, moves)
}

// distance says which holdings an observed amount comes from first: what is at
// the place already, what is nobody knows where, the caller's own.
func (c *capture) distance(p *plan, h *product.Holding) int {
	distance := 0
	if h.Owner != c.caller {
		distance++
	}
	if p.body.BizLocation != nil && h.Place != place(p.body.BizLocation.ID) {
		distance += 2
		if h.Place != "" {
			distance += 2
		}
	}
	return distance
}

// observed returns the caller's holdings that an event can be about. Whatever it
// says of sources is nothing to refuse an observation for.
func (c *capture) observed(p *plan, l line) ([]*product.Holding, error) {
	party := ""
	if from := c.parties[p.from.possessor]; from.Outside && from.MSP == c.caller {
		party = p.from.possessor
	}
	stock, err := c.batch.StockOf(l.id.Path(), c.caller, party)
	return slices.DeleteFunc(stock, func(h *product.Holding) bool {
		return h.Unit != l.unit || p.from.owner != "" && h.Owner != c.parties[p.from.owner].MSP
	}), err
}
