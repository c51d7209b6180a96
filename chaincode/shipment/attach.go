package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// An AssociationEvent (EPCIS 2.0, section 7.4.6) fixes a device, a part or an asset
// to another, or installs it at a place. What is fixed moves with its parent as
// what is packed does; a place contains nothing, it is where its children are.
var (
	attaching = rule{begins: []role{parent}, check: packs, apply: attach}
	detaching = rule{check: needsParent, apply: detach}
)

func attach(c *capture, p *plan) error {
	if p.site != "" {
		return c.install(p)
	}
	return c.putIn(p, c.batch.PutIn)
}

func detach(c *capture, p *plan) error {
	if p.site != "" {
		return observe(c, p)
	}
	return c.takeOut(p, c.batch.Empty)
}

// install says of objects that they are at the place that is their parent.
func (c *capture) install(p *plan) error {
	return c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if t.State != product.Active || t.Custodian != c.caller {
			return product.Witnessed, nil
		}
		if err := c.leave(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		t.Place = p.site
		return product.Observed, nil
	})
}

// siteOf returns the ledger form of the place that is the parent of an
// association; "" when the parent is an object.
func siteOf(e *epcis.Event) string {
	if e.Type != epcis.AssociationEvent || e.ParentID == "" {
		return ""
	}
	id, err := gs1.Parse(e.ParentID)
	if err != nil || id.Kind() != gs1.SGLN {
		return ""
	}
	return id.Path()
}
