package shipment

import (
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Extensions in our namespace ([product.Namespace]) by which an event says what
// happened to the tamper seals on the one container that it is about: each is the
// number of a seal, or a list of them. EPCIS has no word for seals.
const (
	sealApplied = "sealApplied"
	sealChecked = "sealChecked" // found whole
	sealBroken  = "sealBroken"  // opened, or found broken
)

// Limits on seals, and on their numbers in bytes.
const (
	MaxSeals      = 8
	MaxSealNumber = 40
)

// seals are what an event says of seals.
type seals struct{ applied, checked, broken []string }

func (s seals) any() bool { return len(s.applied)+len(s.checked)+len(s.broken) > 0 }

// sealsOf reads what an event says of seals.
func sealsOf(e *epcis.Event) (s seals, err error) {
	for _, m := range e.ExtensionsIn(product.Namespace) {
		switch m.Name {
		case sealApplied:
			s.applied, err = sealNumbers(s.applied, m)
		case sealChecked:
			s.checked, err = sealNumbers(s.checked, m)
		case sealBroken:
			s.broken, err = sealNumbers(s.broken, m)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func sealNumbers(numbers []string, m epcis.Member) ([]string, error) {
	items := []epcis.Value{m.Value}
	if m.Value.Kind == epcis.Array {
		items = m.Value.Items
	}
	if len(numbers)+len(items) > MaxSeals {
		return nil, fault.New(fault.LimitExceeded, "%s names at most %d seals", m.Name, MaxSeals)
	}
	for _, v := range items {
		if v.Kind != epcis.String || v.Text == "" || len(v.Text) > MaxSealNumber {
			return nil, fault.New(fault.InvalidDocument, "%s is the number of a seal, a text of 1 to %d bytes, or a list of them", m.Name, MaxSealNumber)
		}
		if slices.Contains(numbers, v.Text) {
			return nil, fault.New(fault.InvalidDocument, "%s names the seal %q twice", m.Name, v.Text)
		}
		numbers = append(numbers, v.Text)
	}
	return numbers, nil
}

// sealing is what an event does to the seals of its container.
type sealing struct {
	*capture
	plan   *plan
	at     item
	may    bool // the caller had the container at hand before the event
	opened bool // the event puts something in, or takes it out
}

// apply applies the rule of an event, and what it says of seals. Whoever has the
// container at hand, before or after the event, applies and breaks seals; what
// anybody checks is compared. No error declaration brings a seal back.
func (c *capture) apply(p *plan) error {
	c.outermostFirst(p)
	if !p.seals.any() || p.original != nil {
		return p.rule.apply(c, p)
	}
	if len(p.items) == 0 || p.parent() == nil && (len(p.items) > 1 || p.items[0].role != subject) {
		return fault.New(fault.InvalidDocument, "an event that tells of seals is about one container")
	}
	s := sealing{capture: c, plan: p, at: p.items[0], opened: p.rule.opens}
	s.compare()
	if err := p.rule.apply(c, p); err != nil {
		return err
	}
	if err := s.attach(); err != nil {
		return p.refuseItem(s.at, err)
	}
	return nil
}

// compare flags seals that were checked or broken and are not on the container,
// and those found broken, and takes broken ones off.
func (s *sealing) compare() {
	var on []product.Seal
	t := s.batch.Twin(s.at.id)
	if t != nil {
		s.may = s.atHand(t) == nil
		on = t.Seals
	}
	suspicious := len(s.plan.seals.broken) > 0 && !s.opened
	for _, number := range slices.Concat(s.plan.seals.checked, s.plan.seals.broken) {
		suspicious = suspicious || sealIndex(on, number) < 0
	}
	if suspicious {
		s.flagAt(s.plan, s.at.id.Path(), product.FlagSeal)
	}
	if t == nil {
		return
	}
	t.Seals = slices.DeleteFunc(slices.Clone(on), func(seal product.Seal) bool { return slices.Contains(s.plan.seals.broken, seal.Number) })
	if len(t.Seals) == 0 {
		t.Seals = nil
	}
}

// attach puts new seals on the container.
func (s *sealing) attach() error {
	t := s.batch.Twin(s.at.id)
	if len(s.plan.seals.applied)+len(s.plan.seals.broken) == 0 || t == nil {
		return nil
	}
	if !s.may {
		if err := s.atHand(t); err != nil {
			return err
		}
	}
	for _, number := range s.plan.seals.applied {
		if sealIndex(t.Seals, number) >= 0 {
			return fault.New(fault.AlreadyExists, "the seal %q is on it", number)
		}
		t.Seals = append(t.Seals, product.Seal{Number: number, By: s.caller, Event: s.plan.event.Ref.Hash})
	}
	if len(t.Seals) > MaxSeals {
		return fault.New(fault.LimitExceeded, "at most %d seals are on one container, not %s", MaxSeals, strconv.Itoa(len(t.Seals)))
	}
	return nil
}

func sealIndex(seals []product.Seal, number string) int {
	return slices.IndexFunc(seals, func(s product.Seal) bool { return s.Number == number })
}

// opens flags the opening of a container that has seals, or that is in one that
// has: on the record of an object that tells of it.
func (c *capture) opens(p *plan, t, container *product.Twin) {
	for at := container; at != nil; at = at.Container() {
		if len(at.Seals) > 0 {
			c.flag(p, t, product.FlagSealed)
			return
		}
	}
}
