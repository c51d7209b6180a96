package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// HoldsDue returns the holds that breaches ask for on an object which they name, as
// it is now: what had ended when a breach was found was not put on hold, and comes
// back sometimes.
func HoldsDue(tx *ledger.Tx, t *product.Twin) ([]product.Hold, error) {
	entries, err := tx.Scan(ledger.NewKey("breachof", t.ID))
	if err != nil {
		return nil, err
	}
	var due []product.Hold
	for _, entry := range entries {
		_, parts := entry.Key.Parts() // object, breach
		b, err := loadBreach(tx, parts[1])
		if err != nil {
			return nil, err
		}
		if b.holds(t) {
			due = append(due, b.asHold(tx))
		}
	}
	return due, nil
}
