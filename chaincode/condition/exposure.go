package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// breachOf says that an object is affected by a breach.
type breachOf struct {
	V int `json:"v"`
}

// affect names the breach under each object of the watch, and holds them.
func (b *Breach) affect(tx *ledger.Tx, watch *Watch) error {
	ids, err := watch.objects(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := ledger.Store(tx, ledger.NewKey("breachof", id.Path(), b.ID), breachOf{V: Version}); err != nil {
			return err
		}
	}
	if !b.Held {
		return nil
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return err
	}
	return product.PlaceHold(tx, twins, product.Hold{
		ID: b.ID, Breach: b.ID, Since: tx.Time(),
		Reason: b.rulesText() + " in watch " + b.Watch,
	})
}
