package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// A gate is where goods pass: shipped, received, taken out of a container, made into
// something else, or moved from a place that is watched. There it
// is asked what the readings of the watches say that are about an object, about a
// container around it or about the place where it is, up to the time of the event
// (package condition). What they do not show is flagged, or refused, as the policy of the watch wants it.

// openGates reads the watches of all that the document lets pass, in one trip.
func (c *capture) openGates() error {
	var subjects []string
	for _, p := range c.plans {
		if p.repeats != nil {
			continue
		}
		if b := p.body.BizLocation; b != nil {
			subjects = append(subjects, product.Places(place(b.ID))...)
		}
		for _, i := range p.items {
			if t := c.batch.Twin(i.id); t != nil && (p.rule.gate || t.Container() != nil) {
				subjects = append(subjects, passes(t)...)
			}
		}
		for _, l := range p.lines {
			if p.draws() && l.role == subject {
				subjects = append(subjects, condition.AccountSubject(l.id.Path(), c.caller))
			}
		}
	}
	var err error
	c.gates, err = condition.OpenGate(c.tx, subjects)
	return err
}

// visits notes, under places that are watched, the events that tell of things there:
// of something that is the caller's to say. What a witness says moves nothing, and
// many witnesses would make it long to find what was there.
func (c *capture) visits() error {
	for _, p := range c.plans {
		if p.repeats != nil || p.original != nil || p.body.BizLocation == nil || !slices.ContainsFunc(p.items, c.has) {
			continue
		}
		for _, at := range product.Places(place(p.body.BizLocation.ID)) {
			watched, err := c.gates.Watched(at)
			if err != nil {
				return err
			}
			if !watched {
				continue
			}
			if err := product.StoreVisit(c.tx, at, p.event.Record.Time, p.event.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// has reports whether the caller has an object.
func (c *capture) has(i item) bool {
	t := c.batch.Twin(i.id)
	return t != nil && t.Custodian == c.caller
}

// passes returns what is asked about when an object passes: the object, the
// containers around it, and the place where they are.
func passes(t *product.Twin) []string {
	subjects := []string{t.ID}
	for _, container := range t.Ancestors() {
		subjects = append(subjects, container.ID)
	}
	return append(subjects, product.Places(t.Place)...)
}

// pass flags an object that passes a gate although readings do not show that it was
// kept as it must be, or refuses the event. Goods that have arrived are there: a
// receipt is never refused, nor what destroys.
func (c *capture) pass(p *plan, t *product.Twin) error { return c.passOf(p, t, passes(t)) }

// passPlace lets an object that is in nothing pass the gate of the place that it was
// at, when an event says that it is elsewhere: it would ship from there, and the
// place not be asked.
func (c *capture) passPlace(p *plan, t *product.Twin) error {
	if t.Container() != nil || p.body.BizLocation == nil || !elsewhere(place(p.body.BizLocation.ID), t.Place) {
		return nil
	}
	return c.passOf(p, t, product.Places(t.Place))
}

func (c *capture) passOf(p *plan, t *product.Twin, subjects []string) error {
	passage, err := c.gates.Pass(subjects, p.body.EventTime)
	if err != nil {
		return err
	}
	if passage.Refused != nil && !p.arrives() && p.body.BizStep != "destroying" {
		return passage.Refused
	}
	if passage.Broken {
		c.flag(p, t, product.FlagConditionBroken)
	}
	if passage.Undetermined {
		c.flag(p, t, product.FlagConditionUndetermined)
	}
	return nil
}

// passLot says how a quantity passes that the caller ships of what it has of a lot:
// with flags, or not at all.
func (c *capture) passLot(p *plan, lot string) ([]product.Flag, error) {
	passage, err := c.gates.Pass([]string{condition.AccountSubject(lot, c.caller)}, p.body.EventTime)
	if err != nil {
		return nil, err
	}
	if passage.Refused != nil {
		return nil, passage.Refused
	}
	var flags []product.Flag
	if passage.Broken {
		flags = append(flags, product.FlagConditionBroken)
	}
	if passage.Undetermined {
		flags = append(flags, product.FlagConditionUndetermined)
	}
	return flags, nil
}

// draws reports whether an event takes what passes a gate from an account.
func (p *plan) draws() bool { return p.rule.gate && p.body.BizStep == "shipping" }

// arrives reports whether an event says that goods came in.
func (p *plan) arrives() bool {
	return p.body.BizStep == "receiving" || p.body.BizStep == "accepting"
}
