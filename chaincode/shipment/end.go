package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var ending = rule{apply: end}

func end(c *capture, p *plan) error {
	return c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
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
		if err := c.batch.Empty(t); err != nil {
			return "", err
		}
		follow(t, p)
		t.State, t.NextOwner = product.Ended, ""
		return product.Finished, nil
	})
}

func errEnded(t *product.Twin) error {
	if t.State == product.Undone {
		return fault.New(fault.ObjectEnded, "the object's beginning was declared an error")
	}
	return fault.New(fault.ObjectEnded, "the object's life has ended")
}
