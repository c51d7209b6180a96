package condition

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// breachOf says that an object is affected by a breach.
type breachOf struct {
	V int `json:"v"`
}

// affect names the breach under each object of the watch, and holds those that it
// holds ([Breach.holds]). It is called again when a breach comes to hold more than
// before: what has the hold already keeps it.
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
	if err := ledger.Store(tx, spreadKey(b.ID), Spread{V: Version, Done: true, Affected: len(ids)}); err != nil {
		return err
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return err
	}
	return b.hold(tx, slices.DeleteFunc(twins, func(t *product.Twin) bool { return !b.holds(t) }))
}

// hold places the breach's hold on objects that do not have it.
func (b *Breach) hold(tx *ledger.Tx, twins []*product.Twin) error {
	has, err := product.HaveHold(tx, twins, b.ID)
	if err != nil {
		return err
	}
	var without []*product.Twin
	for i, t := range twins {
		if !has[i] {
			without = append(without, t)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return product.PlaceHold(tx, without, product.Hold{
		ID: b.ID, Breach: b.ID, Since: tx.Time(),
		Reason: shortened(b.rulesText() + " in watch " + b.Watch),
	})
}

// shortened cuts the reason of a hold to what one may have: with many bands and
// long names a breach would be refused otherwise, and the recording with it. The
// breach says all of it.
func shortened(reason string) string {
	const most, end = product.MaxText, "..."
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most-len(end)], "") + end
}

// releasing bounds the objects that one transaction takes off a hold.
const releasing = 500

// release lifts the breach's hold from the objects that have it, at most
// [releasing] of them, whatever became of them since; more says that others are left. By is who decided.
func (b *Breach) release(tx *ledger.Tx, by Person) (released int, more bool, err error) {
	paths, err := product.HeldUnder(tx, b.ID, releasing+1)
	if err != nil {
		return 0, false, err
	}
	more = len(paths) > releasing
	var ids []gs1.ID
	for _, path := range paths[:min(len(paths), releasing)] {
		id, err := gs1.Parse(path)
		if err != nil {
			return 0, false, fault.New(fault.Internal, "hold %s: %w", b.ID, err)
		}
		ids = append(ids, id)
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return 0, false, err
	}
	return len(twins), more, product.LiftHold(tx, twins, b.ID, by.Subject)
}
