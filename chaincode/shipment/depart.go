package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// departing is a shipping that names nobody whom it goes to. The goods leave, and
// nobody is offered custody: it is an observation like any other, flagged, since
// whoever receives will find no offer.
var departing = rule{lots: true, apply: func(c *capture, p *plan) error {
	for _, i := range p.items {
		if t := c.batch.Twin(i.id); t != nil && t.Custodian == c.caller {
			c.flag(p, t, product.FlagUnaddressed)
		}
	}
	return observe(c, p)
}}

// addressed reports whether a shipment names a party that it goes to.
func addressed(e *epcis.Event) bool {
	for _, d := range e.DestinationList {
		if d.Type == "possessing_party" || d.Type == "owning_party" {
			return true
		}
	}
	return false
}
