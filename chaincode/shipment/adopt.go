package shipment

import "github.com/countersign-ledger/countersign/chaincode/product"

// adopting is an ObjectEvent ADD of stock_taking or cycle_counting: stock from
// before the ledger begins on it, in the custody of who counted it. Nobody has
// said that it is genuine: its origin is unproven until the holder of the licence
// confirms it ([product.ConfirmOrigin]), unless it is the holder or a delegate
// that counts its own.
var adopting = rule{begins: []role{subject}, lots: true, apply: adopt}

func adopt(c *capture, p *plan) error {
	lot, expires := facts(p.body)
	for _, i := range p.items {
		t := c.batch.Twin(i.id)
		switch {
		case t == nil:
			t = c.create(p, i)
		case t.State == product.Undone:
			if err := c.batch.Renew(t, p.event, c.caller); err != nil {
				return p.refuseItem(i, err)
			}
		default:
			return p.refuseItem(i, c.errExists(t))
		}
		right := c.rights[i.id]
		c.license(t, right)
		t.Lot, t.Expires = lot, expires
		follow(t, p)
		if t.Unproven = !right.May; t.Unproven {
			c.flag(p, t, product.FlagUnproven)
		}
		c.batch.Record(t, p.event, product.Adopted, c.flags(p, i.id)...)
	}
	return c.makeLots(p, subject, product.Adopted)
}
