package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var commissioning = rule{begins: []role{subject}, apply: commission}

func commission(c *capture, p *plan) error {
	lot, expires := facts(p.body)
	for _, i := range p.items {
		t, err := c.begin(p, i)
		if err != nil {
			return p.refuseItem(i, err)
		}
		t.Lot, t.Expires = lot, expires
		follow(t, p)
		c.batch.Record(t, p.event, product.Commissioned)
	}
	return nil
}

// begin makes a new object of the caller's, who must be licensed for its key.
func (c *capture) begin(p *plan, i item) (*product.Twin, error) {
	right := c.rights[i.id]
	if !right.May {
		return nil, fault.New(fault.NotLicensee, "%s holds no licence for this key now, nor a delegation of one", c.caller).With("licensee", right.Holder)
	}
	if t := c.batch.Twin(i.id); t != nil {
		return nil, fault.New(fault.AlreadyExists, "the object was commissioned by %s", t.CommissionedBy)
	}
	t := &product.Twin{
		V: product.Version, ID: i.id.Path(), Facts: product.Facts{State: product.Active, Custodian: c.caller, Owner: c.caller},
		CommissionedBy: c.caller, Commissioned: p.event.Record.Time,
	}
	if right.Delegated {
		t.Licensee = right.Holder
	}
	c.batch.Add(t)
	return t, nil
}
