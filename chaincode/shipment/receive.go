package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var receiving = rule{apply: receive}

func receive(c *capture, p *plan) error {
	return c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		offer := c.batch.Offer(t)
		switch {
		case t.State != product.Active:
			return "", errEnded(t)
		case offer == nil && t.Custodian == c.caller:
			// Accepting what has been received, or a move within the company.
			if err := c.leaveIfElsewhere(p, t); err != nil {
				return "", err
			}
			follow(t, p)
			return product.Observed, nil
		case offer == nil:
			return "", fault.New(fault.NotYetShipped, "nobody has shipped the object to %s; try again when %s has", c.caller, t.Custodian).
				With("custodian", t.Custodian)
		case offer.To != c.caller:
			return "", fault.New(fault.NotOffered, "the object was shipped to %s", offer.To).With("to", offer.To)
		}
		if err := c.leave(p, t); err != nil {
			return "", err
		}
		c.take(t, offer)
		follow(t, p)
		return product.Received, nil
	})
}

// take lets an object change hands as it was offered. A party outside of the
// channel has what its sponsor answers for.
func (c *capture) take(t *product.Twin, offer *product.Offer) {
	t.From, t.Custodian, t.Party, t.Offer, t.Place = offer.From, c.caller, "", nil, ""
	if offer.Outside {
		t.Party = offer.ToGLN
	}
	c.own(&t.Owner, &t.NextOwner)
	if k := t.Contents; k != nil {
		c.own(&k.Owner, &k.NextOwner)
	}
}

// own lets title pass to the caller when it was on its way there. When the owner
// has the object back, it is on its way to nobody.
func (c *capture) own(owner, next *string) {
	if *next == c.caller || *owner == c.caller {
		*owner, *next = c.caller, ""
	}
}
