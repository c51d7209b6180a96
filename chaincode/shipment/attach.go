package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// An AssociationEvent (EPCIS 2.0, section 7.4.6) fixes a device, a part or an asset
// to another, or installs it at a place. What is fixed moves with its parent as
// what is packed does, and stays when that is unpacked. A place contains nothing,
// it is where its children are. Fixing takes the custodian of both; or of the
// children, who owns the parent: what it fixes there is in the hands of who has
// the parent from then on, who alone can take it off.
var (
	attaching = rule{begins: []role{parent}, lots: true, check: fixes, apply: attach}
	detaching = rule{lots: true, check: fixes, apply: detach}
)

// fixes refuses what has no name of its own: it could not be taken off again as
// itself.
func fixes(p *plan) error {
	if len(p.lines) > 0 {
		return fault.New(fault.Unsupported, "what is fixed to something is named one by one: a quantity of a class cannot be told apart from what is fixed elsewhere").
			About(p.lines[0].id.Path()).At(p.lines[0].at)
	}
	if p.body.Action == epcis.Add {
		return packs(p)
	}
	return needsParent(p)
}

func attach(c *capture, p *plan) error {
	if p.site != "" {
		return c.install(p)
	}
	return c.putIn(p, c.batch.Attach)
}

func detach(c *capture, p *plan) error {
	if p.site != "" {
		return observe(c, p)
	}
	return c.takeOut(p, c.batch.Detach)
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

// mayFix refuses a parent that is neither at hand nor the caller's own.
func (c *capture) mayFix(t *product.Twin) error {
	if t.State != product.Active || t.Custodian == c.caller || t.Owner != c.caller {
		return c.atHand(t)
	}
	if offer := c.batch.Offer(t); offer != nil {
		return fault.New(fault.InTransit, "the parent is on its way to %s", offer.To).With("to", offer.To).With("event", product.EventURI(offer.Event))
	}
	return nil
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
