package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// A gate is where goods pass: shipped, received, taken out of a container. There it
// is asked what the readings of the watches say that are about an object or about a
// container around it, up to the time of the event (package condition). What they
// do not show is flagged, or refused, as the policy of the watch wants it.

// openGates reads the watches of all that the document lets pass, in one trip.
func (c *capture) openGates() error {
	var subjects []string
	for _, p := range c.plans {
		if p.repeats != nil {
			continue
		}
		for _, i := range p.items {
			if t := c.batch.Twin(i.id); t != nil && (p.rule.gate || t.Container() != nil) {
				subjects = append(subjects, passes(t)...)
			}
		}
	}
	var err error
	c.gates, err = condition.OpenGate(c.tx, subjects)
	return err
}

// passes returns what is asked about when an object passes: the object, and the
// containers around it.
func passes(t *product.Twin) []string {
	subjects := []string{t.ID}
	for _, container := range t.Ancestors() {
		subjects = append(subjects, container.ID)
	}
	return subjects
}

// pass flags an object that passes a gate although readings do not show that it was
// kept as it must be, or refuses the event. Goods that have arrived are there: a
// receipt is never refused, nor what destroys.
func (c *capture) pass(p *plan, t *product.Twin) error {
	passage, err := c.gates.Pass(passes(t), p.body.EventTime)
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

// arrives reports whether an event says that goods came in.
func (p *plan) arrives() bool {
	return p.body.BizStep == "receiving" || p.body.BizStep == "accepting"
}
