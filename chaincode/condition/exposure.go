package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Spread is how far what a breach affects has been found, or, after a release,
// been freed: that can take several transactions ([SpreadBreach]).
type Spread struct {
	// Done says that nothing is left to do.
	Done bool `json:"done"`
	// Affected is the number of things that the breach names so far, Held how
	// many of them have its hold. What is in a container that is named is
	// affected with it, and not counted.
	Affected int `json:"affected"`
	Held     int `json:"held"`
}

// breachOf says that an object is affected by a breach.
type breachOf struct {
	V int `json:"v"`
}

// affect names the breach under each object that it affects, and holds them when
// b.Held says so. It begins anew: after the break has grown, or b.Held was set,
// it adds what is lacking. The caller stores the breach.
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
	b.Spread = Spread{Done: true, Affected: len(ids), Held: b.Spread.Held}
	if !b.Held || b.Spread.Held > 0 {
		return nil
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return err
	}
	b.Spread.Held = len(ids)
	return product.PlaceHold(tx, twins, product.Hold{
		ID: b.ID, Breach: b.ID, Since: tx.Time(),
		Reason: b.rulesText() + " in watch " + b.Watch,
	})
}

// release lifts the breach's hold from what it affects, in the name of who decided
// so, and returns how many things are free now; the rest follows in other
// transactions while b.Spread.Done is false. The caller clears b.Held and stores
// the breach.
func (b *Breach) release(tx *ledger.Tx, by string) (freed int, err error) {
	if b.Spread.Held == 0 {
		return 0, nil
	}
	watch, err := loadWatch(tx, b.Watch)
	if err != nil {
		return 0, err
	}
	twins, err := watch.twins(tx)
	if err != nil {
		return 0, err
	}
	b.Spread.Held = 0
	return len(twins), product.LiftHold(tx, twins, b.ID, by)
}
