package shipment

import "github.com/countersign-ledger/countersign/chaincode/product"

var observing = rule{apply: observe}

func observe(c *capture, p *plan) error {
	return c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if t.State != product.Active || t.Custodian != c.caller {
			return product.Witnessed, nil
		}
		if err := c.leaveIfElsewhere(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		return product.Observed, nil
	})
}
