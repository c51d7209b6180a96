package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxLotsInside bounds the holdings of lots that are in one container, so that
// emptying it can move them all.
const MaxLotsInside = 100

// lotInsideKey lists a lot under the container that some of it is in.
func lotInsideKey(container string, epoch uint64, lot string) ledger.Key {
	return ledger.NewKey("lotin", container, ledger.Number(epoch), lot)
}

func epochOf(container *Twin) uint64 {
	if container.Contents == nil {
		return 0
	}
	return container.Contents.Epoch
}

// InContainer returns what of a lot is in a container.
func (b *Batch) InContainer(lot string, container *Twin) ([]*Holding, error) {
	return b.holdingsUnder(holdingsOf(lot, StockInside, inContainer(container.ID, epochOf(container))))
}

// LotsIn returns the lots, canonical, of which something is in a container.
func (b *Batch) LotsIn(container *Twin) ([]gs1.ID, error) {
	if !container.Loaded() {
		return nil, nil
	}
	entries, err := b.tx.Scan(ledger.NewKey("lotin", container.ID, ledger.Number(epochOf(container))))
	if err != nil {
		return nil, err
	}
	ids := make([]gs1.ID, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // container, epoch, lot
		if ids[i], err = gs1.Parse(parts[2]); err != nil {
			return nil, fault.New(fault.Internal, "a lot on record cannot be read: %w", err)
		}
	}
	return ids, nil
}

// Receptacle writes upward, to a container and those around it, what they must
// know of a quantity of a lot that goes in with the container's next event. It
// returns the stock as which the quantity is held inside, and those of the
// containers around it that changed, as [Batch.PutIn] does.
//
// It fails with fault.LimitExceeded beyond [MaxDepth].
func (b *Batch) Receptacle(lot *Lot, from Stock, container *Twin) (Stock, []*Twin, error) {
	around := append([]*Twin{container}, container.Ancestors()...)
	if len(around) > MaxDepth {
		return from, nil, fault.New(fault.LimitExceeded, "containers nest at most %d deep", MaxDepth).About(lot.ID)
	}
	// To the containers, it is as if something without contents went in.
	inner := &Twin{ID: lot.ID, Expires: lot.Expires, Facts: Facts{Owner: from.Owner, NextOwner: from.NextOwner}}
	changed := container.tellUpward(inner, false)
	to := from
	to.Kind, to.Custodian = StockInside, ""
	to.Container, to.Epoch = container.ID, container.Contents.Epoch
	to.Apart = container.Contents.Mixed > 0 || lot.isAssetClass()
	return to, changed, nil
}

// PackLot moves amounts of a lot into a container; To of each move is what
// [Batch.Receptacle] returned. It fails with fault.LimitExceeded when more than
// [MaxLotsInside] holdings would be in it.
func (b *Batch) PackLot(lot *Lot, container *Twin, msp string, event *NewEvent, moves []LotMove, more ...Flag) error {
	if err := b.MoveLots(lot, msp, event, Packed, moves, more...); err != nil {
		return err
	}
	if err := ledger.Store(b.tx, lotInsideKey(container.ID, epochOf(container), lot.ID), mark{V: Version}); err != nil {
		return err
	}
	lots, err := b.LotsIn(container)
	if err != nil {
		return err
	}
	count := 0
	for _, id := range lots {
		inside, err := b.InContainer(id.Path(), container)
		if err != nil {
			return err
		}
		count += len(inside)
	}
	if count > MaxLotsInside {
		return fault.New(fault.LimitExceeded, "at most %d quantities, by lot, owner, origin and unit, can be in one container", MaxLotsInside).About(container.ID)
	}
	return nil
}

// UnpackLot moves amounts of a lot out of a container.
func (b *Batch) UnpackLot(lot *Lot, container *Twin, msp string, event *NewEvent, moves []LotMove, more ...Flag) error {
	if err := b.MoveLots(lot, msp, event, Unpacked, moves, more...); err != nil {
		return err
	}
	left, err := b.InContainer(lot.ID, container)
	if err != nil || len(left) > 0 {
		return err
	}
	return b.tx.Delete(lotInsideKey(container.ID, epochOf(container), lot.ID))
}

// Outside returns the stock as which a quantity comes out of a container: in the
// hands of who has the container, where that is, and whose it has become with it.
func Outside(from Stock, container *Twin) Stock {
	to := from
	to.Kind, to.Container, to.Epoch, to.Apart = StockAtHand, "", 0, false
	to.Custodian, to.Party, to.Place = container.Custodian, container.Party, container.Place
	if k := container.Contents; k != nil && k.Owner != "" && !from.Apart {
		to.Owner, to.NextOwner = k.Owner, k.NextOwner
	}
	if to.NextOwner == to.Custodian && to.NextOwner != "" { // what was apart arrives by itself
		to.Owner, to.NextOwner = to.NextOwner, ""
	}
	return to
}
