package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// leave takes an object, which an event tells of on its own, out of the container
// that it was in. That it left was not said when it did, so it is flagged. It
// does not slip out of a container that has a hold.
func (c *capture) leave(p *plan, t *product.Twin) error {
	container := t.Container()
	if container == nil {
		return nil
	}
	if by := container.HeldBy(); by != nil {
		return fault.New(fault.Held, "the object is in %s, which is on hold", by.ID).With("through", by.ID)
	}
	c.flag(p, t, product.FlagOutside)
	return c.batch.TakeOut(t)
}

// leaveIfElsewhere takes an object out of its container when its event says that
// it is elsewhere than the container, and does not tell of that, too.
func (c *capture) leaveIfElsewhere(p *plan, t *product.Twin) error {
	if t.Container() == nil || p.body.BizLocation == nil || place(p.body.BizLocation.ID) == t.Container().Place {
		return nil
	}
	for _, container := range t.Ancestors() {
		if p.tellsOf(container) {
			return nil
		}
	}
	return c.leave(p, t)
}

// tellsOf reports whether an object is among those that the event lists.
func (p *plan) tellsOf(t *product.Twin) bool {
	if p.listed == nil {
		p.listed = make(map[string]bool, len(p.items))
		for _, i := range p.items {
			p.listed[i.id.Path()] = true
		}
	}
	return p.listed[t.ID]
}

// flag notes a flag for the record of an event of an object.
func (c *capture) flag(p *plan, t *product.Twin, flag product.Flag) {
	if p.flags == nil {
		p.flags = map[string][]product.Flag{}
	}
	p.flags[t.ID] = append(p.flags[t.ID], flag)
}

func (c *capture) flags(p *plan, id gs1.ID) []product.Flag { return p.flags[id.Path()] }
