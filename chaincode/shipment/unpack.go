package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// unpacking is an AggregationEvent with DELETE: children come out of their parent,
// or, when it lists none, all that is in it does, in one write however much that
// is.
var unpacking = rule{
	gate:  true,
	check: needsParent,
	opens: true,
	lots:  true,
	apply: func(c *capture, p *plan) error {
		return c.takeOut(p, func(t *product.Twin) error {
			if err := c.emptyLots(p, t); err != nil {
				return err
			}
			return c.batch.Unpack(t)
		})
	},
}

// takeOut takes children out of a container, all of them by a way to empty it:
// [product.Batch.Unpack] or [product.Batch.Detach].
func (c *capture) takeOut(p *plan, empty func(*product.Twin) error) error {
	at := *p.parent()
	container := c.batch.Twin(at.id)
	if container == nil {
		return p.refuseItem(at, errUnknown())
	}
	p.deed = product.Deed{Kind: product.Opening, By: c.caller}
	if err := c.mayOpen(p, container); err != nil {
		return p.refuseItem(at, err)
	}
	if err := c.pass(p, container); err != nil {
		return p.refuseItem(at, err)
	}
	c.opens(p, container, container)
	effect := product.Unloaded
	if len(p.children())+len(p.lines) == 0 {
		effect = product.Emptied
		if err := empty(container); err != nil {
			return p.refuseItem(at, err)
		}
	}
	for _, i := range p.children() {
		if err := c.comeOut(p, i, container); err != nil {
			return p.refuseItem(i, err)
		}
	}
	if err := c.unpackLots(p, container); err != nil {
		return err
	}
	if err := c.batch.Vacate(container); err != nil {
		return err
	}
	follow(container, p)
	c.batch.Record(container, p.event, effect, c.flags(p, at.id)...)
	return nil
}

// mayOpen refuses a container that is not at hand, or that is on hold, itself or
// with a container around it, while nobody permits to open it. Where that is
// permitted, things come out one by one, each with the hold, and quantities not at
// all: nobody could tell them from others of their lot. What is on hold in it may
// be taken out.
func (c *capture) mayOpen(p *plan, container *product.Twin) error {
	if err := c.atHand(container); err != nil {
		return err
	}
	if err := c.held(p, container); err != nil {
		return err
	}
	if by := container.HeldBy(); by != nil && (len(p.children()) == 0 || len(p.lines) > 0) {
		return fault.New(fault.Held, "what comes out of something on hold is named one by one: each thing stays on hold").With("through", by.ID)
	}
	return nil
}

// comeOut takes an object out of a container and records it. One that is not in
// there, by the ledger, was seen outside of whatever it is in.
func (c *capture) comeOut(p *plan, i item, container *product.Twin) error {
	t := c.batch.Twin(i.id)
	if t == nil {
		return errUnknown()
	}
	if err := c.atHand(t); err != nil {
		return err
	}
	if err := c.pass(p, t); err != nil {
		return err
	}
	effect := product.Unpacked
	switch t.Container() {
	case container:
		if err := c.batch.TakeOutHeld(t); err != nil {
			return err
		}
	case nil:
		effect = product.Observed
		c.flag(p, t, product.FlagOutside)
	default:
		if err := c.leave(p, t); err != nil {
			return err
		}
	}
	follow(t, p)
	c.batch.Record(t, p.event, effect, c.flags(p, i.id)...)
	return nil
}
