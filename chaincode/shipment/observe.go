package shipment

import "github.com/countersign-ledger/countersign/chaincode/product"

var observing = rule{lots: true, apply: observe}

func observe(c *capture, p *plan) error {
	err := c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if t.State != product.Active || t.Custodian != c.caller {
			return product.Witnessed, nil
		}
		if err := c.leaveIfElsewhere(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		return product.Observed, nil
	})
	if err != nil {
		return err
	}
	return c.observeLots(p)
}
