package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// counting is an AggregationEvent or AssociationEvent with OBSERVE: its parent is
// seen, with children in it. The list may be incomplete (EPCIS 2.0, section
// 7.4.2), so that nothing follows of what it leaves out.
//
// With the bizStep of a shipment it is that of the parent, as an ObjectEvent of
// the parent would be: many systems list the contents of what they ship. The
// children go along; which of them were seen is in the event.
var counting = rule{
	check: func(p *plan) error {
		if p.moves() && p.body.BizStep == "shipping" { // to somebody
			return shipping.check(p)
		}
		return nil
	},
	lots: true,
	apply: func(c *capture, p *plan) error {
		if err := count(c, p); err != nil {
			return err
		}
		return c.countLots(p)
	},
}

// moves reports whether an observation is about a container that changes hands.
func (p *plan) moves() bool {
	switch p.body.BizStep {
	case "shipping":
		return p.parent() != nil && addressed(p.body)
	case "receiving", "accepting", "void_shipping":
		return p.parent() != nil
	}
	return false
}

func count(c *capture, p *plan) error {
	if p.parent() == nil {
		return observe(c, p)
	}
	if p.moves() {
		return c.move(p)
	}
	at := *p.parent()
	if p.body.BizStep == "shipping" {
		c.flagAt(p, at.id.Path(), product.FlagUnaddressed)
	}
	container := c.batch.Twin(at.id)
	if container == nil {
		return p.refuseItem(at, errUnknown())
	}
	if container.State != product.Active || container.Custodian != c.caller {
		return observe(c, p)
	}
	l := c.looking(p, container)
	for _, i := range p.children() {
		if err := l.see(i); err != nil {
			return p.refuseItem(i, err)
		}
	}
	l.record(product.Observed)
	return nil
}

// looking is a look into a container, which may turn out to be a packing.
func (c *capture) looking(p *plan, container *product.Twin) *loading {
	l := &loading{capture: c, plan: p, container: container, insert: c.batch.PutIn}
	if p.body.Type == epcis.AssociationEvent {
		l.insert = c.batch.Attach
	}
	return l
}

// see finds an object in the container where it was seen. Had the ledger it
// elsewhere, it goes in now, as far as it could be packed, and is flagged: who has
// both says so. Of what another has, the caller is a witness.
func (l *loading) see(i item) error {
	t := l.batch.Twin(i.id)
	switch {
	case t == nil:
		return errUnknown()
	case t.Container() == l.container:
		l.seen = append(l.seen, i)
		return nil
	}
	if t.State != product.Active || t.Custodian != l.caller {
		l.batch.Record(t, l.plan.event, product.Witnessed, product.FlagOutside)
		return nil
	}
	if err := l.mayOpen(l.plan, l.container); err != nil {
		return err
	}
	if t.Container() == nil { // else leaving flags it
		l.flag(l.plan, t, product.FlagOutside)
	}
	return l.add(i)
}

// move lets a container change hands as an ObjectEvent about it would. What else
// the event lists in it goes in before it is shipped, or after it is received.
func (c *capture) move(p *plan) error {
	if p.body.BizStep == "shipping" {
		if err := c.complete(p); err != nil {
			return err
		}
	}
	all := p.items
	p.items = all[:1]
	err := objectMoves[p.body.BizStep].apply(c, p)
	p.items = all
	if err != nil || p.body.BizStep != "receiving" && p.body.BizStep != "accepting" {
		return err
	}
	return c.complete(p)
}

var objectMoves = map[string]rule{"shipping": shipping, "receiving": receiving, "accepting": receiving, "void_shipping": voiding}

// complete puts into a container what an event lists in it and the ledger has
// elsewhere. What is in there is not written: it inherits.
func (c *capture) complete(p *plan) error {
	container := c.batch.Twin(p.parent().id)
	if container == nil || container.State != product.Active || container.Custodian != c.caller {
		return nil
	}
	l := c.looking(p, container)
	for _, i := range p.children() {
		if err := l.see(i); err != nil {
			return p.refuseItem(i, err)
		}
	}
	if l.seen = nil; len(l.packed) > 0 {
		l.record(product.Loaded)
	}
	return nil
}
