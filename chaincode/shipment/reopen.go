package shipment

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// MaxUndispensed is how long after a medicine was dispensed its end can be taken
// back, by ledger time: Commission Delegated Regulation (EU) 2016/161, Article 13,
// which also asks that the same pharmacy does it, and that the pack has not
// expired.
const MaxUndispensed = 10 * 24 * time.Hour

// takesBack reports whether an event says that objects came back.
func takesBack(e *epcis.Event) bool {
	return e.Type == epcis.ObjectEvent && e.Action == epcis.Observe && e.Disposition == "returned" &&
		slices.Contains([]string{"receiving", "stocking"}, e.BizStep)
}

// takingBack reopens the lives of objects that whoever sold or dispensed them has
// got back. Other objects of the event are received, or seen, as in any other.
var takingBack = rule{lots: true, apply: takeBack}

func takeBack(c *capture, p *plan) error {
	var rest []item
	for _, i := range p.items {
		t := c.batch.Twin(i.id)
		if t == nil || t.State != product.Ended || t.Custodian != c.caller {
			rest = append(rest, i)
			continue
		}
		if err := c.reopen(t); err != nil {
			return p.refuseItem(i, err)
		}
		if err := c.holdAgain(t); err != nil {
			return p.refuseItem(i, err)
		}
		follow(t, p)
		c.batch.Record(t, p.event, product.Reopened)
	}
	if len(rest) == 0 && len(p.lines) == 0 {
		return nil
	}
	defer func(all []item) { p.items = all }(p.items)
	p.items = rest
	if p.body.BizStep == "receiving" {
		return receiving.apply(c, p)
	}
	return observing.apply(c, p)
}

// reopen takes the end of an object's life back, when its custodian may.
func (c *capture) reopen(t *product.Twin) error {
	how, err := c.batch.LastChange(t)
	if err != nil {
		return err
	}
	switch how.BizStep {
	case "retail_selling":
	case "dispensing":
		if c.tx.Time().Sub(how.Recorded) > MaxUndispensed {
			return fault.New(fault.ObjectEnded, "the object was dispensed more than %d days ago: that is not taken back", MaxUndispensed/(24*time.Hour)).
				With("event", how.Event)
		}
		if t.Expires != "" && t.Expires < c.tx.Time().Format(time.DateOnly) {
			return fault.New(fault.ObjectEnded, "the object expired on %s: it is not taken back", t.Expires).With("event", how.Event)
		}
	default:
		return fault.New(fault.ObjectEnded, "the object's life ended with %q: only what was sold or dispensed comes back; declare the event an error if it is one", how.BizStep).
			With("event", how.Event)
	}
	if how.RecordedBy != c.caller {
		return fault.New(fault.ObjectEnded, "the object's life was ended by %s", how.RecordedBy).With("event", how.Event)
	}
	t.State = product.Active
	return nil
}
