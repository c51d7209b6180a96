package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var ending = rule{lots: true, apply: end}

func end(c *capture, p *plan) error {
	c.heldInnermostFirst(p)
	err := c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if err := c.atHand(t); err != nil {
			return "", err
		}
		if err := c.partFromOthers(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		t.State, t.NextOwner = product.Ended, ""
		return product.Finished, nil
	})
	if err != nil {
		return err
	}
	if p.body.BizStep == "destroying" {
		p.deed = product.Deed{Kind: product.Destroying, By: c.caller}
	}
	return c.linesOf(p, subject, func(l line, _ *product.Lot) error {
		_, err := c.drawLot(p, l, product.Finished)
		return err
	})
}

// partFromOthers takes what ends out of its container, and all out of it: that
// does not end with it.
func (c *capture) partFromOthers(p *plan, t *product.Twin) error {
	if t.HeldBy() != nil {
		if p.body.BizStep == "destroying" {
			p.deed = product.Deed{Kind: product.Destroying, By: c.caller}
		}
		if err := c.held(p, t); err != nil {
			return err
		}
		return c.destroyHeld(p, t)
	}
	if err := c.leave(p, t); err != nil {
		return err
	}
	return c.empty(p, t)
}

// destroyHeld readies for its end what is on hold, itself or with a container
// around it. Nothing comes off the hold thereby: quantities in it are destroyed
// with it, and single objects by the same event, or before it.
func (c *capture) destroyHeld(p *plan, t *product.Twin) error {
	if err := c.endLotsIn(p, t); err != nil {
		return err
	}
	if err := c.batch.Vacate(t); err != nil {
		return err
	}
	if t.Loaded() {
		return fault.New(fault.Held, "what is in it is on hold with it: destroy that, too").With("through", t.HeldBy().ID)
	}
	if t.Container() == nil {
		return nil
	}
	if !p.goesAlong(t) {
		c.flag(p, t, product.FlagOutside)
	}
	c.opens(p, t, t.Container())
	return c.batch.TakeOut(t)
}

// heldInnermostFirst puts what is in containers before these, in an event that
// destroys something on hold.
func (c *capture) heldInnermostFirst(p *plan) {
	held := slices.ContainsFunc(p.items, func(i item) bool {
		t := c.batch.Twin(i.id)
		return t != nil && t.HeldBy() != nil
	})
	if held && p.body.BizStep == "destroying" {
		c.outermostFirst(p)
		slices.Reverse(p.items)
	}
}

func errEnded(t *product.Twin) error {
	if t.State == product.Undone {
		return fault.New(fault.ObjectEnded, "the object's beginning was declared an error")
	}
	return fault.New(fault.ObjectEnded, "the object's life has ended")
}
