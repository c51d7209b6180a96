package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// heldLot refuses to draw on what the caller has of a lot while that is on hold,
// unless each of the holds has a permit for what the event does. What comes in is
// free, and on hold then; so is to say where it is. Nothing is packed: among the
// rest in a container nobody could tell it from what may go.
func (c *capture) heldLot(p *plan, lot string) error {
	holds, err := c.batch.HoldsOfLot(product.AccountRef{Lot: lot, Organisation: c.caller})
	if err != nil {
		return err
	}
	packing := p.deed.Kind == product.Packing
	for _, h := range holds {
		permitted, err := c.permitted(p, h.ID)
		if err != nil {
			return err
		}
		if permitted && !packing {
			continue
		}
		refused := fault.New(fault.Held, "what %s has of the lot is on hold: %s", c.caller, h.Reason).
			With("hold", h.ID).With("breach", h.Breach).With("holds", strconv.Itoa(len(holds)))
		if p.deed.Kind != "" && !packing {
			refused = refused.With("permit", string(p.deed.Kind))
		}
		return refused
	}
	return nil
}
