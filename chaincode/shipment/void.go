package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var voiding = rule{
	lots: true,
	check: func(p *plan) (err error) {
		if len(p.lines) > 0 && slices.ContainsFunc(p.body.DestinationList, func(d epcis.Party) bool { return d.Type == "possessing_party" }) {
			p.to, err = destinationOf(p.body)
		}
		return err
	},
	apply: void,
}

// void calls a shipment off: by the shipper, or by whom it was offered to, who
// refuses it. What the shipping changed is as it was before.
func void(c *capture, p *plan) error {
	before, err := c.beforeShipping(p)
	if err != nil {
		return p.refuse(err)
	}
	at := -1
	err = c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		at++
		if p.goesAlong(t) {
			return c.along(p, t), nil
		}
		offer := c.batch.Offer(t)
		effect := product.Voided
		if offer != nil && offer.To == c.caller && t.Custodian != c.caller && t.State == product.Active {
			effect = product.Refused
		} else if err := c.mine(t); err != nil {
			return "", err
		}
		switch {
		case offer == nil:
			return "", fault.New(fault.Closed, "no shipment of the object is under way")
		case t.Container() != nil:
			return "", fault.New(fault.InTransit, "the object was shipped in %s: void that shipment", t.Container().ID)
		}
		was := before[at]
		t.Place, t.Disposition, t.NextOwner, t.Offer = was.Place, was.Disposition, was.NextOwner, nil
		if t.Contents != nil && was.Contents != nil {
			t.Contents.NextOwner, t.Contents.Changed = was.Contents.NextOwner, was.Contents.Changed
		}
		if effect == product.Voided {
			follow(t, p) // whoever refuses does not say where it is
		}
		return effect, nil
	})
	if err != nil {
		return err
	}
	return c.voidLots(p)
}

// beforeShipping returns, for each object of an event, what it was before it was
// shipped, in one trip.
func (c *capture) beforeShipping(p *plan) ([]product.Facts, error) {
	moments := make([]product.Moment, len(p.items))
	for n, i := range p.items {
		t := c.batch.Twin(i.id)
		if t == nil || t.Offer == nil || t.Container() != nil {
			continue
		}
		moments[n] = product.Moment{Twin: t, Number: t.Offer.Number}
	}
	return c.batch.FactsBefore(moments)
}
