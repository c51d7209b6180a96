package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// holdAgain puts on hold what has come back from its end, as breaches say that were
// found meanwhile: selling and taking back must not take something off a hold.
func (c *capture) holdAgain(t *product.Twin) error {
	due, err := condition.HoldsDue(c.tx, t)
	if err != nil {
		return err
	}
	return c.batch.HoldAlso(t, due)
}

// endStands refuses to declare the end of something an error while a breach that was
// found meanwhile would have it on hold; once that is decided, it can be declared.
func (c *capture) endStands(found []*product.Reversal) error {
	for _, r := range found {
		if !r.Possible || r.Twin.State != product.Ended {
			continue
		}
		again := *r.Twin
		again.State = product.Active
		due, err := condition.HoldsDue(c.tx, &again)
		if err != nil {
			return err
		}
		if len(due) > 0 {
			return fault.New(fault.Held, "the object would be on hold again: %s; declare it when that is decided", due[0].Reason).
				With("hold", due[0].ID).With("breach", due[0].Breach).About(r.Twin.ID)
		}
	}
	return nil
}
