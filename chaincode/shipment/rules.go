package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// rule says what one event does to one object: it refuses, or returns the
// changed twin. The twin is nil for an object that is not on the ledger, which
// only commissioning is given.
type rule func(gs1.ID, *product.Twin) (*product.Twin, product.Effect, error)

// rule returns the rule of an event, after checks that concern all its objects.
func (c *capture) rule(p *plan) (rule, error) {
	switch p.step {
	case commission:
		return c.commission(p), nil
	case ship:
		return c.ship(p)
	case receive:
		return c.receive(p), nil
	case void:
		return c.void(p), nil
	case end:
		return c.end(p), nil
	default:
		return c.observe(p), nil
	}
}

func (c *capture) commission(p *plan) rule {
	lot, expires := facts(p.body)
	return func(id gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		if licensee := c.licensees[id]; licensee != c.caller {
			return nil, "", fault.New(fault.NotLicensee, "%s holds no licence for this key now", c.caller).With("licensee", licensee)
		}
		if t != nil {
			return nil, "", fault.New(fault.AlreadyExists, "the object was commissioned by %s", t.CommissionedBy)
		}
		t = &product.Twin{
			V: product.Version, ID: id.Path(), State: product.Active, Custodian: c.caller, Owner: c.caller,
			Lot: lot, Expires: expires, CommissionedBy: c.caller, Commissioned: p.event.Record.Time,
		}
		if class := id.Class(); class != id {
			t.Class = class.Path()
		}
		follow(t, p)
		c.batch.Add(t)
		return t, product.Commissioned, nil
	}
}

// follow lets place and dispositions follow an event, as EPCIS 2.0 (section
// 7.4.1) has it: what an event does not say stays as it was.
func follow(t *product.Twin, p *plan) {
	if p.body.BizLocation != nil {
		t.Place = place(p.body.BizLocation.ID)
	}
	if p.body.Disposition != "" {
		t.Disposition = p.body.Disposition
	}
	if d := p.body.PersistentDisposition; d != nil {
		t.Persist(d.Set, d.Unset)
	}
	// Only lifting the hold makes a held object available.
	if len(t.Holds) > 0 {
		t.Persist([]string{product.Unavailable}, nil)
	}
}

// mine refuses an object that the caller may not act on.
func (c *capture) mine(t *product.Twin) error {
	switch {
	case t.State == product.Ended:
		return fault.New(fault.ObjectEnded, "the object's life has ended")
	case t.Custodian != c.caller:
		return fault.New(fault.NotCustodian, "the object is in the custody of %s", t.Custodian).With("custodian", t.Custodian)
	}
	return nil
}

// atHand refuses an object that is not the caller's, or under way.
func (c *capture) atHand(t *product.Twin) error {
	if err := c.mine(t); err != nil {
		return err
	}
	if t.Offer != nil {
		return fault.New(fault.InTransit, "the object is on its way to %s: it is received there, or the shipment is voided", t.Offer.To).
			With("to", t.Offer.To).With("event", product.EventURI(t.Offer.Event))
	}
	return nil
}

func held(t *product.Twin) error {
	if len(t.Holds) == 0 {
		return nil
	}
	h := t.Holds[0]
	return fault.New(fault.Held, "the object is on hold: %s", h.Reason).
		With("hold", h.ID).With("breach", h.Breach).With("holds", strconv.Itoa(len(t.Holds)))
}

func (c *capture) ship(p *plan) (rule, error) {
	to, err := c.party(p.to.possessor, p.to.possessorAt)
	if err != nil {
		return nil, err
	}
	owner := ""
	if p.to.owner != "" {
		found, err := c.party(p.to.owner, p.to.ownerAt)
		if err != nil {
			return nil, err
		}
		owner = found.MSP
	}
	return func(_ gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		if err := c.atHand(t); err != nil {
			return nil, "", err
		}
		if err := held(t); err != nil {
			return nil, "", err
		}
		offer := &product.Offer{
			To: to.MSP, ToGLN: p.to.possessor, From: c.caller, Event: p.event.Ref.Hash, Time: p.event.Record.Time,
			Location: p.to.location, Place: t.Place, Disposition: t.Disposition,
		}
		if p.body.ReadPoint != nil {
			offer.ReadPoint = place(p.body.ReadPoint.ID)
		}
		if err := c.passOn(t, offer, owner, p.to.ownerAt); err != nil {
			return nil, "", err
		}
		t.Offer = offer
		t.Place = "" // it has left; unless the event says where it is
		follow(t, p)
		return t, product.Shipped, nil
	}, nil
}

// party returns the organisation behind the GLN of a destination.
func (c *capture) party(gln, pointer string) (*participant.Participant, error) {
	found := c.parties[gln]
	switch {
	case found == nil:
		return nil, fault.New(fault.NotFound, "no organisation on record has the GLN %s; this version ships to participants only", gln).At(pointer)
	case found.Reader:
		return nil, fault.New(fault.ReaderOnly, "%s reads only and can take nothing over", found.MSP).At(pointer)
	}
	return found, nil
}

// passOn notes that ownership goes to another with the shipment. Ownership is
// the owner's to give: anybody else can only repeat what the owner has said.
func (c *capture) passOn(t *product.Twin, offer *product.Offer, owner, pointer string) error {
	switch {
	case owner == "":
		return nil
	case t.Owner == c.caller:
		t.NextOwner, offer.Owner = "", ""
		if owner != c.caller {
			t.NextOwner, offer.Owner = owner, owner
		}
		return nil
	case owner == t.Owner || owner == t.NextOwner:
		return nil
	}
	return fault.New(fault.NotOwner, "the object belongs to %s, who has not passed it on to %s", t.Owner, owner).
		At(pointer).With("owner", t.Owner)
}

func (c *capture) receive(p *plan) rule {
	return func(_ gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		switch {
		case t.State == product.Ended:
			return nil, "", fault.New(fault.ObjectEnded, "the object's life has ended")
		case t.Offer == nil && t.Custodian == c.caller:
			// Accepting what has been received, or a move within the company.
			follow(t, p)
			return t, product.Observed, nil
		case t.Offer == nil:
			return nil, "", fault.New(fault.NotYetShipped, "nobody has shipped the object to %s; try again when %s has", c.caller, t.Custodian).
				With("custodian", t.Custodian)
		case t.Offer.To != c.caller:
			return nil, "", fault.New(fault.NotOffered, "the object was shipped to %s", t.Offer.To).With("to", t.Offer.To)
		}
		t.Custodian, t.Offer, t.Place = c.caller, nil, ""
		if t.NextOwner == c.caller {
			t.Owner, t.NextOwner = c.caller, ""
		}
		follow(t, p)
		return t, product.Received, nil
	}
}

func (c *capture) void(p *plan) rule {
	return func(_ gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		if err := c.mine(t); err != nil {
			return nil, "", err
		}
		if t.Offer == nil {
			return nil, "", fault.New(fault.Closed, "no shipment of the object is under way")
		}
		t.Place, t.Disposition = t.Offer.Place, t.Offer.Disposition
		if t.Offer.Owner != "" {
			t.NextOwner = ""
		}
		t.Offer = nil
		follow(t, p)
		return t, product.Voided, nil
	}
}

func (c *capture) end(p *plan) rule {
	return func(_ gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		if err := c.atHand(t); err != nil {
			return nil, "", err
		}
		// Destroying puts a held object into nobody's hands; selling would.
		if err := held(t); err != nil && p.body.BizStep != "destroying" {
			return nil, "", err
		}
		follow(t, p)
		t.State, t.NextOwner = product.Ended, ""
		return t, product.Finished, nil
	}
}

func (c *capture) observe(p *plan) rule {
	return func(_ gs1.ID, t *product.Twin) (*product.Twin, product.Effect, error) {
		if t.State == product.Ended || t.Custodian != c.caller {
			return t, product.Witnessed, nil
		}
		follow(t, p)
		return t, product.Observed, nil
	}
}
