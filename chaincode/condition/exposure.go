package condition

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// breachOf says that an object is affected by a breach; the same stands under the
// breach.
type breachOf struct {
	V int `json:"v"`
}

func breachOfKey(path, breach string) ledger.Key { return ledger.NewKey("breachof", path, breach) }

func affectedKey(breach, path string) ledger.Key { return ledger.NewKey("affected", breach, path) }

// affect names the breach under what it affects, and holds what it holds
// ([Breach.holds]): as much as one transaction takes, the rest follows with
// [SpreadBreach]. It is called again when the break has grown, or the breach holds
// more than before: what has the hold already keeps it.
func (b *Breach) affect(tx *ledger.Tx, watch *Watch) error {
	spread, err := b.spreadFor(tx)
	if err != nil {
		return err
	}
	_, err = b.goOn(tx, watch, spread)
	return err
}

// goOn does the next part of a spread and stores it.
func (b *Breach) goOn(tx *ledger.Tx, watch *Watch, spread *Spread) (things int, err error) {
	ids, err := b.subjects(tx, watch)
	if err != nil {
		return 0, err
	}
	s := spreading{tx: tx, breach: b, watch: watch, spread: spread, objects: ids}
	if err := s.run(); err != nil {
		return 0, err
	}
	return s.things, ledger.Store(tx, spreadKey(b.ID), spread)
}

// subjects returns what the breach is about: one object, or all that was watched.
func (b *Breach) subjects(tx *ledger.Tx, watch *Watch) ([]gs1.ID, error) {
	if b.Object == "" {
		return watch.objects(tx)
	}
	id, err := gs1.Parse(b.Object)
	if err != nil {
		return nil, fault.New(fault.Internal, "breach %s: %w", b.ID, err)
	}
	return []gs1.ID{id}, nil
}

// hold places the breach's hold on objects that do not have it, and returns how
// many these were.
func (b *Breach) hold(tx *ledger.Tx, twins []*product.Twin) (placed int, err error) {
	has, err := product.HaveHold(tx, twins, b.ID)
	if err != nil {
		return 0, err
	}
	var without []*product.Twin
	for i, t := range twins {
		if !has[i] {
			without = append(without, t)
		}
	}
	if len(without) == 0 {
		return 0, nil
	}
	return len(without), product.PlaceHold(tx, without, b.asHold(tx))
}

func (b *Breach) asHold(tx *ledger.Tx) product.Hold {
	return product.Hold{
		ID: b.ID, Breach: b.ID, Since: tx.Time(),
		Reason: shortened(b.rulesText() + " in watch " + b.Watch),
	}
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
// [releasing] of them, whatever became of them since; more says that others are
// left. By is who decided.
func (b *Breach) release(tx *ledger.Tx, by personal.Person) (released int, more bool, err error) {
	if err := b.forget(tx); err != nil {
		return 0, false, err
	}
	lots, err := b.releaseLots(tx, by)
	if err != nil {
		return 0, false, err
	}
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
	return lots + len(twins), more, product.LiftHold(tx, twins, b.ID, by.Subject)
}

// forget notes that what was held is so no more: were it to be held again, all is
// looked for anew.
func (b *Breach) forget(tx *ledger.Tx) error {
	spread, err := loadSpread(tx, b.ID)
	if err != nil || spread == nil || spread.Holding == "" {
		return err
	}
	spread.Holding = ""
	return ledger.Store(tx, spreadKey(b.ID), spread)
}
