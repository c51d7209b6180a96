package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var receiving = rule{gate: true, lots: true, apply: receive}

// receive completes legs. What was not offered to the caller is refused, so that
// a client can wait for the shipper's word, unless the event says that it knows:
// with the disposition mismatch_instance it is witnessed and a discrepancy, and
// custody stays until the custodian agrees. With the disposition damaged what was
// offered is received, and a discrepancy all the same.
func receive(c *capture, p *plan) error {
	var differs []differing
	witnessed := true
	arrived := map[product.Ref]bool{}
	err := c.each(p, func(i item, t *product.Twin) (product.Effect, error) {
		offer := c.batch.Offer(t)
		if t.State != product.Active {
			return "", errEnded(t)
		}
		if d := mismatch(c, p, i, t, offer); d != nil {
			differs = append(differs, *d)
			return product.Witnessed, nil
		}
		witnessed = false
		if err := c.pass(p, t); err != nil {
			return "", err
		}
		switch {
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
		c.arrive(p, offer, arrived)
		follow(t, p)
		if p.body.Disposition == damagedDisposition && offer.From != c.caller {
			differs = append(differs, differing{kind: Damaged, offer: offer, other: offer.From, item: &i})
		}
		return product.Received, nil
	})
	if err != nil {
		return err
	}
	lots, err := c.receiveLots(p)
	if err != nil {
		return err
	}
	for _, r := range lots {
		witnessed = witnessed && len(r.parts) == 0
		for _, part := range r.parts {
			c.arrive(p, part.offer, arrived)
		}
	}
	return c.report(p, append(differs, c.lotsDiffer(p, lots)...), witnessed)
}

// mismatch returns what differs about an object that the caller says it has,
// knowing that nobody shipped it there; nil when that is not so.
func mismatch(c *capture, p *plan, i item, t *product.Twin, offer *product.Offer) *differing {
	switch {
	case p.body.Disposition != mismatchDisposition || t.Custodian == c.caller:
		return nil
	case offer == nil:
		return &differing{kind: Unannounced, other: t.Custodian, item: &i}
	case offer.To != c.caller:
		return &differing{kind: Wrong, offer: offer, other: t.Custodian, item: &i}
	}
	return nil
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
