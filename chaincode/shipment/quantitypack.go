package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// packLots puts the quantities of an event into its parent, and returns the
// containers around that which learn something new. It comes before the event is
// recorded of the parent. What is inside is where the container is, and nobody
// draws on it before it is unpacked.
func (c *capture) packLots(p *plan, container *product.Twin) (outer []*product.Twin, err error) {
	err = c.linesOf(p, child, func(l line, lot *product.Lot) error {
		drawn, err := c.drawOf(p, l, container.Party)
		if err != nil {
			return err
		}
		moves := make([]product.LotMove, len(drawn))
		for i, d := range drawn {
			to, changed, err := c.batch.Receptacle(lot, d.stock, container)
			if err != nil {
				return err
			}
			outer = append(outer, changed...)
			moves[i] = product.LotMove{From: &d.stock, To: &to, Amount: d.amount}
		}
		return c.batch.PackLot(lot, container, c.caller, p.event, moves)
	})
	return outer, err
}

// unpackLots takes the quantities of an event out of its parent, into the hands of
// who has that. It fails with fault.NotEnough where less is in there, and comes
// before the event is recorded of the parent.
func (c *capture) unpackLots(p *plan, container *product.Twin) error {
	return c.linesOf(p, child, func(l line, lot *product.Lot) error {
		inside, err := c.batch.InContainer(lot.ID, container)
		if err != nil {
			return err
		}
		inside = slices.DeleteFunc(inside, func(h *product.Holding) bool { return h.Unit != l.unit })
		drawn, left := drawFrom(inside, l.amount)
		if left > 0 {
			available := (l.amount - left).String()
			return fault.New(fault.NotEnough, "%s of it are in the container, and the event takes out %s", available, l.amount).
				With("available", available).At(l.at + "/quantity")
		}
		return c.comesOut(p, lot, container, drawn)
	})
}

// emptyLots takes all quantities out of a container, which the caller has, before
// [product.Batch.Empty] takes out all else.
func (c *capture) emptyLots(p *plan, container *product.Twin) error {
	return c.eachLotIn(container, func(lot *product.Lot, all []portion) error { return c.comesOut(p, lot, container, all) })
}

// endLotsIn ends all quantities in a container, which the caller has.
func (c *capture) endLotsIn(p *plan, container *product.Twin) error {
	return c.eachLotIn(container, func(lot *product.Lot, all []portion) error {
		if err := c.comesOut(p, lot, container, all); err != nil {
			return err
		}
		moves := make([]product.LotMove, len(all))
		for i, d := range all {
			out := product.Outside(d.stock, container)
			followStock(p, &out)
			moves[i] = product.LotMove{From: &out, Amount: d.amount}
		}
		return c.batch.MoveLots(lot, c.caller, p.event, product.Finished, moves)
	})
}

// leaveLots takes all quantities out of a container that goes over to the caller,
// and leaves them with whom they are.
func (c *capture) leaveLots(p *plan, container *product.Twin) error {
	return c.eachLotIn(container, func(lot *product.Lot, all []portion) error {
		moves := make([]product.LotMove, len(all))
		for i, d := range all {
			to := product.Outside(d.stock, container)
			moves[i] = product.LotMove{From: &d.stock, To: &to, Amount: d.amount}
		}
		return c.batch.UnpackLot(lot, container, container.Custodian, p.event, moves)
	})
}

// eachLotIn applies a function to each lot of which something is in a container,
// and to all of it.
func (c *capture) eachLotIn(container *product.Twin, f func(*product.Lot, []portion) error) error {
	ids, err := c.batch.LotsIn(container)
	if err != nil {
		return err
	}
	if err := c.batch.LoadLots(ids, c.caller); err != nil {
		return err
	}
	for _, id := range ids {
		inside, err := c.batch.InContainer(id.Path(), container)
		if err != nil {
			return err
		}
		all := make([]portion, len(inside))
		for i, h := range inside {
			all[i] = portion{stock: h.Stock, amount: h.Amount}
		}
		if err := f(c.batch.Lot(id), all); err != nil {
			return err
		}
	}
	return nil
}

// empty takes everything out of a container.
func (c *capture) empty(p *plan, container *product.Twin) error {
	if err := c.emptyLots(p, container); err != nil {
		return err
	}
	return c.batch.Empty(container)
}

func (c *capture) comesOut(p *plan, lot *product.Lot, container *product.Twin, portions []portion) error {
	moves := make([]product.LotMove, len(portions))
	for i, d := range portions {
		to := product.Outside(d.stock, container)
		if p.body.Type != epcis.TransformationEvent { // place and disposition are said of the outputs
			followStock(p, &to)
		}
		moves[i] = product.LotMove{From: &d.stock, To: &to, Amount: d.amount}
	}
	return c.batch.UnpackLot(lot, container, c.caller, p.event, moves)
}

// countLots looks at the quantities that an event says it saw in its parent: they
// are witnessed, and flagged when less is in there. Seen in no container, they are
// observed.
func (c *capture) countLots(p *plan) error {
	return c.linesOf(p, child, func(l line, lot *product.Lot) error {
		if p.parent() == nil {
			return c.observeLot(p, l, lot)
		}
		container := c.batch.Twin(p.parent().id)
		if container == nil {
			return errUnknown()
		}
		inside, err := c.batch.InContainer(lot.ID, container)
		if err != nil {
			return err
		}
		if sum(inside, l.unit) < l.amount {
			c.batch.WitnessLot(lot, p.event, product.FlagQuantity)
		} else {
			c.batch.WitnessLot(lot, p.event)
		}
		return nil
	})
}
