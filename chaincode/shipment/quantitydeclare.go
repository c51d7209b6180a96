package shipment

import "github.com/countersign-ledger/countersign/chaincode/gs1"

// declareLots reverses a declared event for the quantities of which it is the
// last that changed the caller's account, and contests it for the others.
func (c *capture) declareLots(p *plan, reversible bool) error {
	ids := make([]gs1.ID, len(p.lines))
	for i, l := range p.lines {
		ids[i] = l.id
	}
	found, err := c.batch.LotReversals(ids, p.original.ref, c.caller)
	if err != nil {
		return err
	}
	for _, r := range found {
		r.Possible = r.Possible && reversible
	}
	if err := c.batch.ReverseLots(found, p.event); err != nil {
		return err
	}
	for _, r := range found {
		if r.Touched && !r.Possible {
			c.batch.ContestLot(r, p.event)
		}
	}
	return nil
}
