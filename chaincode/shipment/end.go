package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var ending = rule{lots: true, apply: end}

func end(c *capture, p *plan) error {
	err := c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if err := c.atHand(t); err != nil {
			return "", err
		}
		// Destroying puts a held object into nobody's hands; selling would.
		if err := c.held(t); err != nil && p.body.BizStep != "destroying" {
			return "", err
		}
		if err := c.leave(p, t); err != nil {
			return "", err
		}
		// What is in it does not end with it.
		if err := c.empty(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		t.State, t.NextOwner = product.Ended, ""
		return product.Finished, nil
	})
	if err != nil {
		return err
	}
	return c.linesOf(p, subject, func(l line, _ *product.Lot) error {
		_, err := c.drawLot(p, l, product.Finished)
		return err
	})
}

func errEnded(t *product.Twin) error {
	if t.State == product.Undone {
		return fault.New(fault.ObjectEnded, "the object's beginning was declared an error")
	}
	return fault.New(fault.ObjectEnded, "the object's life has ended")
}
