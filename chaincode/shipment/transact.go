package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// transacting is a TransactionEvent: business documents, which stand in the event,
// belong to objects, or no longer do. That is of the custodian to say, and of
// anybody to witness; where the objects are, and how, follows too.
var transacting = rule{lots: true, check: concernsObjects, apply: transact}

// concernsObjects refuses a DELETE that lists nothing, and so ends a transaction
// altogether: on this ledger transactions stand with objects.
func concernsObjects(p *plan) error {
	if len(p.items)+len(p.lines) == 0 {
		return fault.New(fault.Unsupported, "this version records what belongs to a business transaction, and the event lists nothing").At("/epcList")
	}
	return nil
}

func transact(c *capture, p *plan) error { return c.seen(p, product.Linked) }
