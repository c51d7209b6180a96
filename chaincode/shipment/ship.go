package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var shipping = rule{
	gate: true,
	lots: true,
	check: func(p *plan) (err error) {
		p.to, err = destinationOf(p.body)
		return err
	},
	apply: ship,
}

func ship(c *capture, p *plan) error {
	offer, err := c.offer(p)
	if err != nil {
		return p.refuse(err)
	}
	c.addOffer(offer)
	p.deed = product.Deed{
		Kind: product.Shipping, By: c.caller, To: offer.To, ToGLN: offer.ToGLN, Outside: offer.Outside, Returned: p.body.Disposition == "returned",
	}
	returned := p.body.Disposition == "returned" && offer.To != c.caller && len(p.items) > 0
	err = c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if p.goesAlong(t) {
			return c.along(p, t), nil
		}
		if err := c.atHand(t); err != nil {
			return "", err
		}
		if _, err := c.free(p, t); err != nil {
			return "", err
		}
		if err := c.pass(p, t); err != nil {
			return "", err
		}
		c.batch.Remember(t)
		if err := c.leave(p, t); err != nil {
			return "", err
		}
		if err := c.passOn(p, t, offer.Owner); err != nil {
			return "", err
		}
		t.Offer = &product.OfferRef{Event: offer.Event, By: offer.By, Number: t.Events + 1}
		t.Place = "" // it has left; unless the event says where it is
		follow(t, p)
		returned = returned && t.From == offer.To
		return product.Shipped, nil
	})
	// The objects tell, one by one; the record is written when all are done.
	offer.Return = returned
	if err != nil {
		return err
	}
	return c.shipLots(p, offer)
}

// addOffer puts a shipment on record, and into the lists of both sides.
func (c *capture) addOffer(offer *product.Offer) {
	c.batch.AddOffer(offer)
	c.batch.Put(legKey(legsFrom, offer.From, c.tx.Time(), offer.Ref()), leg{V: Version})
	c.batch.Put(legKey(legsTo, offer.To, c.tx.Time(), offer.Ref()), leg{V: Version})
}

// offer is the shipment that an event opens.
func (c *capture) offer(p *plan) (*product.Offer, error) {
	to, err := c.party(p.to.possessor, p.to.possessorAt)
	if err != nil {
		return nil, err
	}
	offer := &product.Offer{
		V: product.Version, Event: p.event.Ref.Hash, By: p.event.Ref.By, From: c.caller, To: to.MSP, ToGLN: p.to.possessor, Outside: to.Outside,
		Time: p.event.Record.Time, Location: p.to.location,
	}
	if p.body.ReadPoint != nil {
		offer.ReadPoint = place(p.body.ReadPoint.ID)
	}
	if p.to.owner != "" {
		owner, err := c.party(p.to.owner, p.to.ownerAt)
		switch {
		case err != nil:
			return nil, err
		case owner.Outside:
			return nil, errOutsideOwner(owner).At(p.to.ownerAt)
		}
		offer.Owner = owner.MSP
	}
	return offer, nil
}

// errOutsideOwner refuses to pass title to a party without an MSP. A sponsor
// answers for what such a party has; that does not make it the owner, and nobody
// could pass the title on.
func errOutsideOwner(owner participant.Party) *fault.Error {
	return fault.New(fault.Unsupported, "the party %s is outside of the channel: it can have what %s answers for, and own nothing on the ledger", owner.GLN, owner.MSP).
		With("sponsor", owner.MSP)
}

// party returns who stands behind the GLN of a destination: an organisation, or
// a party outside of the channel with its sponsor.
func (c *capture) party(gln, pointer string) (participant.Party, error) {
	found := c.parties[gln]
	switch {
	case found.MSP == "":
		return found, fault.New(fault.NotFound, "nobody on record has the GLN %s: a party without an MSP is registered by its sponsor", gln).At(pointer)
	case found.Reader:
		return found, fault.New(fault.ReaderOnly, "%s reads only and can take nothing over", found.MSP).At(pointer)
	}
	return found, nil
}

// passOn notes that ownership goes to another with the shipment. Ownership is
// the owner's to give: anybody else can only repeat what the owner has said.
// With a container goes what is in it, as long as that is all of one owner; a
// loaded asset keeps its own.
func (c *capture) passOn(p *plan, t *product.Twin, owner string) error {
	if owner == "" {
		return nil
	}
	if t.Packed() {
		k := t.Contents
		if k.Mixed > 0 && owner != c.caller {
			return fault.New(fault.NotOwner, "what is in it belongs to several owners: ownership goes with each alone").At(p.to.ownerAt)
		}
		if err := c.give(p, &k.Owner, &k.NextOwner, owner); err != nil {
			return err
		}
		if t.IsAsset() {
			return nil
		}
	}
	return c.give(p, &t.Owner, &t.NextOwner, owner)
}

func (c *capture) give(p *plan, of, next *string, owner string) error {
	switch {
	case *of == c.caller:
		*next = ""
		if owner != c.caller {
			*next = owner
		}
		return nil
	case owner == *of || owner == *next:
		return nil
	}
	return fault.New(fault.NotOwner, "the object belongs to %s, who has not passed it on to %s", *of, owner).
		At(p.to.ownerAt).With("owner", *of)
}
