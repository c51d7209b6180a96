package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// rule says what events of one kind do.
type rule struct {
	// begins are the roles of objects that may begin with the event, and so
	// are asked about in the licences.
	begins []role
	// check looks at the event alone, before anything is read; nil: nothing
	// to check.
	check func(*plan) error
	// opens says that it opens the container of the event.
	opens bool
	// gate says that what it is about passes a gate: see [capture.pass].
	gate bool
	// lots says that it takes quantities of lots, too.
	lots bool
	// apply refuses the event, or changes its twins and records it.
	apply func(*capture, *plan) error
}

// endings are the business steps that end an object's life, whatever the action.
var endings = []string{"destroying", "decommissioning", "dispensing", "retail_selling", "consuming"}

// ruleOf returns the rule of an event, by its type, action and bizStep.
func ruleOf(e *epcis.Event) (rule, error) {
	switch e.Type {
	case epcis.ObjectEvent:
		return objectRule(e)
	case epcis.AggregationEvent:
		return byAction(e, packing, counting, unpacking), nil
	case epcis.AssociationEvent:
		return byAction(e, attaching, counting, detaching), nil
	case epcis.TransactionEvent:
		return transacting, nil
	case epcis.TransformationEvent:
		return transforming, nil
	}
	return rule{}, fault.New(fault.Unsupported, "this version does not record events of type %s", e.Type).At("/type")
}

func byAction(e *epcis.Event, add, observe, remove rule) rule {
	switch e.Action {
	case epcis.Add:
		return add
	case epcis.Delete:
		return remove
	}
	return observe
}

func objectRule(e *epcis.Event) (rule, error) {
	unsupported := fault.New(fault.Unsupported, "this version does not record %s with bizStep %q", e.Action, e.BizStep).At("/bizStep")
	switch e.Action {
	case epcis.Add:
		switch {
		case e.BizStep == "commissioning":
			return commissioning, nil
		case e.BizStep == "shipping" || e.BizStep == "void_shipping" || slices.Contains(endings, e.BizStep):
			return rule{}, unsupported // what begins with an event does not leave or end with it
		}
		return adopting, nil
	case epcis.Delete:
		if e.BizStep != "" && !slices.Contains(endings, e.BizStep) {
			return rule{}, unsupported
		}
		return ending, nil
	}
	switch {
	case len(e.EPCList)+len(e.QuantityList) == 0:
		return observing, nil // of a place: nothing follows for any object
	case takesBack(e):
		return takingBack, nil
	}
	switch e.BizStep {
	case "shipping":
		if !addressed(e) {
			return departing, nil
		}
		return shipping, nil
	case "receiving", "accepting":
		return receiving, nil
	case "void_shipping":
		return voiding, nil
	}
	// What was dispensed in part is still there (CBV 2.0, section 7.2).
	if slices.Contains(endings, e.BizStep) && e.Disposition != "partially_dispensed" {
		return ending, nil
	}
	return observing, nil
}

// each applies a function to the objects of an event that are on the ledger, in
// the order in which it lists them, and records what it did to each.
func (c *capture) each(p *plan, f func(item, *product.Twin) (product.Effect, error)) error {
	for _, i := range p.items {
		twin := c.batch.Twin(i.id)
		if twin == nil {
			return p.refuseItem(i, errUnknown())
		}
		effect, err := f(i, twin)
		if err != nil {
			return p.refuseItem(i, err)
		}
		c.batch.Record(twin, p.event, effect, c.flags(p, i.id)...)
	}
	return nil
}

func errUnknown() error {
	return fault.New(fault.NotFound, "the object is not on the ledger: commission it first")
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
	if t.Holds > 0 {
		t.Persist([]string{product.Unavailable}, nil)
	}
}

// mine refuses an object that the caller may not act on.
func (c *capture) mine(t *product.Twin) error {
	switch {
	case t.State != product.Active:
		return errEnded(t)
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
	if offer := c.batch.Offer(t); offer != nil {
		return fault.New(fault.InTransit, "the object is on its way to %s: it is received there, or the shipment is voided", offer.To).
			With("to", offer.To).With("event", product.EventURI(offer.Event))
	}
	return nil
}
