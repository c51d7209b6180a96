package shipment

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// declaring is any event with an error declaration: its recorder says that the
// event, which is on record, is wrong. The first declaration of an event reverses
// it for each object of which it is the last that changed it; the others are
// contested. Further declarations are put on record beside it.
//
// What an event did between objects, such as packing, is reversed for all of them
// or for none.
var declaring = rule{lots: true, apply: declare}

// understandDeclaration checks what an error declaration says on its own.
func (p *plan) understandDeclaration(tx *ledger.Tx) error {
	if when := p.body.ErrorDeclaration.DeclarationTime; when.After(tx.Time().Add(MaxAhead)) {
		return fault.New(fault.TimeAhead, "the declaration lies at %s, the ledger at %s: it may be at most %v ahead",
			when.Format(time.RFC3339), tx.Time().Format(time.RFC3339), MaxAhead).At("/errorDeclaration/declarationTime")
	}
	p.rule = declaring
	return nil
}

// original is the event that an error declaration is about, as the caller's
// organisation recorded it.
type original struct {
	ref    product.Ref
	record *product.EventRecord
}

func declare(c *capture, p *plan) error {
	first := len(p.original.record.Declared) == 0
	if err := c.batch.Declare(p.original.ref, p.original.record, p.event); err != nil {
		return fault.Of(err).At("/errorDeclaration")
	}
	if !first {
		return nil
	}
	twins, objects := c.declared(p)
	found, err := c.batch.Reversals(twins, p.original.ref, p.original.record)
	if err != nil {
		return err
	}
	reversible := c.reversible(p, found[:objects])
	if !reversible {
		for _, r := range found {
			r.Possible = false
		}
	}
	if err := c.endStands(found[:objects]); err != nil {
		return err
	}
	c.batch.Withdraw(found[:objects])
	c.unlink(p, found)
	if err := c.batch.Reverse(found, p.event); err != nil {
		return err
	}
	for _, r := range found[:objects] {
		switch {
		case r.Possible:
			c.unseal(r.Twin, p.original.ref)
		case r.Touched:
			r.Twin.Contested = true
			c.batch.Record(r.Twin, p.event, product.Contested)
		}
	}
	return c.declareLots(p, reversible)
}

// unseal takes off the seals that an event said were applied. One that it said was
// broken stays so: no declaration makes a seal whole.
func (c *capture) unseal(t *product.Twin, event product.Ref) {
	t.Seals = slices.DeleteFunc(slices.Clone(t.Seals), func(s product.Seal) bool { return s.By == c.caller && s.Event == event.Hash })
	if len(t.Seals) == 0 {
		t.Seals = nil
	}
}

// declared returns the twins of an event: first those of its objects, of which
// it says how many there are, then the containers around its parent, which learn
// what goes into that.
func (c *capture) declared(p *plan) (twins []*product.Twin, objects int) {
	var around []*product.Twin
	for _, i := range p.items {
		t := c.batch.Twin(i.id)
		if t == nil {
			continue
		}
		twins = append(twins, t)
		if i.role == parent {
			around = t.Ancestors()
		}
	}
	return append(twins, around...), len(twins)
}

// reversible reports whether an event can be reversed at all, and, where it did
// something between objects, for all of them.
func (c *capture) reversible(p *plan, found []*product.Reversal) bool {
	// What was dispensed is not made new by calling that an error either.
	if p.body.BizStep == "dispensing" && c.tx.Time().Sub(p.original.record.Recorded) > MaxUndispensed {
		return false
	}
	switch p.body.Type {
	case epcis.AggregationEvent, epcis.AssociationEvent, epcis.TransformationEvent:
		for _, r := range found {
			if r.Touched && !r.Possible {
				return false
			}
		}
		// What several events tell of one process is not told apart again.
		return len(p.lines) == 0 && p.body.TransformationID == ""
	}
	return true
}

// unlink takes a transformation that is reversed out of the genealogy.
func (c *capture) unlink(p *plan, found []*product.Reversal) {
	if p.body.Type != epcis.TransformationEvent {
		return
	}
	possible := map[string]*product.Twin{}
	for _, r := range found {
		if r.Possible {
			possible[r.Twin.ID] = r.Twin
		}
	}
	var inputs, outputs []product.Part
	var lots []string
	for _, i := range p.items {
		t := possible[i.id.Path()]
		switch {
		case t == nil:
			continue
		case i.role == input:
			inputs = append(inputs, product.Part{Path: t.ID})
		default:
			outputs = append(outputs, product.Part{Path: t.ID})
			lots = append(lots, t.LotPath())
		}
	}
	slices.Sort(lots)
	lots = slices.DeleteFunc(slices.Compact(lots), func(lot string) bool { return lot == "" })
	c.batch.Unlink(p.original.ref, p.original.record, inputs, outputs, lots)
}
