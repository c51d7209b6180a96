package shipment

import (
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// What is on hold does not move, and is not opened, but for what its quality unit
// permits: every hold on it, around it and, where it goes as a whole, in it has a
// permit for the very deed. Whatever is done, it stays on hold.

// held refuses an object that has a hold, or is in something that has, unless each
// of those holds has a permit for what the event does.
func (c *capture) held(p *plan, t *product.Twin) error {
	at := t.HeldBy()
	if at == nil {
		return nil
	}
	holds, err := product.HoldsAround(c.tx, t)
	if err != nil {
		return err
	}
	for _, h := range holds {
		permitted, err := c.permitted(p, h.ID)
		if err != nil {
			return err
		}
		if !permitted {
			return c.errHeld(t, at, h, p.deed)
		}
	}
	if len(holds) == 0 {
		return fault.New(fault.Internal, "a hold is missing").About(at.ID)
	}
	return nil
}

func (c *capture) errHeld(t, at *product.Twin, h product.Hold, deed product.Deed) error {
	refused := fault.New(fault.Held, "the object is on hold: %s", h.Reason).
		With("hold", h.ID).With("breach", h.Breach).With("holds", strconv.Itoa(at.Holds))
	if at != t {
		refused = refused.With("through", at.ID)
	}
	if deed.Kind != "" {
		refused = refused.With("permit", string(deed.Kind))
	}
	return refused
}

// free refuses an object of which it, something around it, or something in it has
// a hold without a permit for what the event does. It reports whether anything is
// on hold.
func (c *capture) free(p *plan, t *product.Twin) (held bool, err error) {
	if err := c.held(p, t); err != nil {
		return false, err
	}
	inside, err := product.HeldInside(c.tx, t)
	if err != nil || inside == "" {
		return t.HeldBy() != nil, err
	}
	if p.deed.Kind != "" {
		holds, err := product.HoldsInside(c.tx, t)
		if err != nil {
			return false, err
		}
		forbidding, err := c.firstForbidding(p, holds)
		if err != nil || forbidding == "" {
			return true, err
		}
		return false, fault.New(fault.Held, "something in it is on hold, and nobody permits this: take that out first").
			With("inside", inside).With("hold", forbidding).With("permit", string(p.deed.Kind))
	}
	return false, fault.New(fault.Held, "something in it is on hold: %s; take that out first", inside).With("inside", inside)
}

func (c *capture) firstForbidding(p *plan, holds []string) (string, error) {
	for _, hold := range holds {
		permitted, err := c.permitted(p, hold)
		if err != nil || !permitted {
			return hold, err
		}
	}
	return "", nil
}

// permitted reports whether a hold has a permit for what the event does.
func (c *capture) permitted(p *plan, hold string) (bool, error) {
	if p.deed.Kind == "" {
		return false, nil
	}
	permits, known := p.permits[hold]
	if !known {
		var err error
		if permits, err = product.Permits(c.tx, hold); err != nil {
			return false, err
		}
		if p.permits == nil {
			p.permits = map[string][]product.Permit{}
		}
		p.permits[hold] = permits
	}
	return slices.ContainsFunc(permits, func(permit product.Permit) bool { return permit.Allows(p.deed, c.tx.Time()) }), nil
}
