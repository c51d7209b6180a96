package shipment

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// leave takes an object, which an event tells of on its own, out of the container
// that it was in. That it left was not said when it did, so it is flagged, and so
// is a seal that nobody said was broken. It does not slip out of a container that
// has a hold; where that is permitted, it takes the hold along.
func (c *capture) leave(p *plan, t *product.Twin) error {
	container := t.Container()
	if container == nil {
		return nil
	}
	if by := container.HeldBy(); by != nil {
		if p.deed.Kind == "" {
			return fault.New(fault.Held, "the object is in %s, which is on hold", by.ID).With("through", by.ID)
		}
		if err := c.held(p, container); err != nil {
			return err
		}
	}
	if err := c.pass(p, t); err != nil {
		return err
	}
	c.flag(p, t, product.FlagOutside)
	c.opens(p, t, container)
	return c.batch.TakeOutHeld(t)
}

// leaveIfElsewhere takes an object out of its container when its event says that
// it is elsewhere than the container, and does not tell of that, too.
func (c *capture) leaveIfElsewhere(p *plan, t *product.Twin) error {
	if t.Container() == nil || p.body.BizLocation == nil || !elsewhere(place(p.body.BizLocation.ID), t.Container().Place) || p.goesAlong(t) {
		return nil
	}
	return c.leave(p, t)
}

// elsewhere reports whether what is at one place cannot be at the other: a shelf
// is in its store, and a place that is not known contradicts nothing.
func elsewhere(one, other string) bool {
	return one != other && other != "" && !strings.HasPrefix(one, other+"/") && !strings.HasPrefix(other, one+"/")
}

// goesAlong reports whether an event that lists an object lists a container around
// it, too: then it tells of the object in there.
func (p *plan) goesAlong(t *product.Twin) bool {
	for _, container := range t.Ancestors() {
		if p.tellsOf(container) {
			return true
		}
	}
	return false
}

// along records an object that goes with a container which the event lists, too:
// what happens to that happens to it.
func (c *capture) along(p *plan, t *product.Twin) product.Effect {
	if t.State != product.Active || t.Custodian != c.caller {
		return product.Witnessed
	}
	follow(t, p)
	return product.Observed
}

// outermostFirst puts containers before what is in them, in an event that lists
// both: what happens to a container happens to what it contains first.
func (c *capture) outermostFirst(p *plan) {
	if len(p.items) < 2 || p.body.Type != epcis.ObjectEvent {
		return
	}
	depths := make(map[gs1.ID]int, len(p.items))
	for _, i := range p.items {
		if t := c.batch.Twin(i.id); t != nil {
			depths[i.id] = len(t.Ancestors())
		}
	}
	slices.SortStableFunc(p.items, func(a, b item) int { return depths[a.id] - depths[b.id] })
}

// tellsOf reports whether an object is among those that the event lists.
func (p *plan) tellsOf(t *product.Twin) bool {
	if p.listed == nil {
		p.listed = make(map[string]bool, len(p.items))
		for _, i := range p.items {
			p.listed[i.id.Path()] = true
		}
	}
	return p.listed[t.ID]
}

// flag notes a flag for the record of an event of an object.
func (c *capture) flag(p *plan, t *product.Twin, flag product.Flag) { c.flagAt(p, t.ID, flag) }

func (c *capture) flagAt(p *plan, path string, flag product.Flag) {
	if p.flags == nil {
		p.flags = map[string][]product.Flag{}
	}
	if !slices.Contains(p.flags[path], flag) {
		p.flags[path] = append(p.flags[path], flag)
	}
}

func (c *capture) flags(p *plan, id gs1.ID) []product.Flag { return p.flags[id.Path()] }
