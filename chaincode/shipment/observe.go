package shipment

import "github.com/countersign-ledger/countersign/chaincode/product"

var observing = rule{lots: true, apply: observe}

func observe(c *capture, p *plan) error { return c.seen(p, product.Observed) }

// seen lets place and dispositions of what the caller has follow an event, as one
// of that effect; of what another has, the caller is a witness.
func (c *capture) seen(p *plan, effect product.Effect) error {
	err := c.each(p, func(_ item, t *product.Twin) (product.Effect, error) {
		if t.State != product.Active || t.Custodian != c.caller {
			return product.Witnessed, nil
		}
		if err := c.leaveIfElsewhere(p, t); err != nil {
			return "", err
		}
		if err := c.passPlace(p, t); err != nil {
			return "", err
		}
		follow(t, p)
		return effect, nil
	})
	if err != nil {
		return err
	}
	return c.observeLots(p)
}
