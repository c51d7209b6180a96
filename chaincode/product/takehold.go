package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// HoldsAround returns the holds of an object and of the containers around it, each
// once.
func HoldsAround(tx *ledger.Tx, t *Twin) ([]Hold, error) {
	var all []Hold
	seen := map[string]bool{}
	for at := t; at != nil; at = at.inside {
		if at.Holds == 0 {
			continue
		}
		entries, err := tx.Scan(ledger.NewKey("hold", at.ID))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			record, err := ledger.Decode[holdRecord](e.Key, e.Value)
			if err != nil {
				return nil, err
			}
			if !seen[record.ID] {
				seen[record.ID] = true
				all = append(all, record.Hold)
			}
		}
	}
	return all, nil
}

// maxMarks bounds what is on hold in one container when something is permitted
// with it.
const maxMarks = ledger.MaxScan - 1

// HoldsInside returns the ids of the holds of what is in a container, each once.
// It fails with fault.LimitExceeded when more than 999 things in it are on hold.
func HoldsInside(tx *ledger.Tx, container *Twin) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	for _, marks := range container.marksInside() {
		found, err := tx.First(marks, maxMarks+1)
		if err != nil {
			return nil, err
		}
		if len(found) > maxMarks {
			return nil, fault.New(fault.LimitExceeded, "more than %d things in it are on hold: what is permitted is done with less at once", maxMarks).About(container.ID)
		}
		for _, e := range found {
			_, parts := e.Key.Parts() // container, period, object, hold
			if !seen[parts[3]] {
				seen[parts[3]] = true
				all = append(all, parts[3])
			}
		}
	}
	return all, nil
}

// TakeOutHeld takes an object out of its container, as [Batch.TakeOut] does, with
// the holds of the containers around it: what comes out of something on hold stays
// on hold.
func (b *Batch) TakeOutHeld(t *Twin) error {
	var holds []Hold
	if t.inside != nil {
		var err error
		if holds, err = HoldsAround(b.tx, t.inside); err != nil {
			return err
		}
	}
	if err := b.TakeOut(t); err != nil {
		return err
	}
	return b.HoldAlso(t, holds)
}

// HoldAlso puts holds that an object does not have on it, with its next event.
func (b *Batch) HoldAlso(t *Twin, holds []Hold) error {
	if len(holds) == 0 {
		return nil
	}
	has, err := b.holdsOf(t)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if has[h.ID] {
			continue
		}
		if err := b.hold(t, h); err != nil {
			return err
		}
	}
	return nil
}

// holdsOf returns the ids of an object's holds.
func (b *Batch) holdsOf(t *Twin) (map[string]bool, error) {
	has := map[string]bool{}
	if t.Holds == 0 {
		return has, nil
	}
	entries, err := b.tx.Scan(ledger.NewKey("hold", t.ID))
	for _, e := range entries {
		_, parts := e.Key.Parts() // object, hold
		has[parts[1]] = true
	}
	return has, err
}

// MarkHeld marks, under the containers around an object that has gone in while it
// or something in it is on hold, those holds.
func (b *Batch) MarkHeld(t *Twin) error {
	around := t.marksAround()
	var held [][2]string // object, hold
	if t.Holds > 0 {
		entries, err := b.tx.Scan(ledger.NewKey("hold", t.ID))
		if err != nil {
			return err
		}
		for _, e := range entries {
			_, parts := e.Key.Parts() // object, hold
			held = append(held, [2]string{t.ID, parts[1]})
		}
	}
	for _, marks := range t.marksInside() {
		entries, err := b.tx.Scan(marks)
		if err != nil {
			return err
		}
		for _, e := range entries {
			_, parts := e.Key.Parts() // container, period, object, hold
			held = append(held, [2]string{parts[2], parts[3]})
		}
	}
	for _, h := range held {
		for _, marks := range around {
			if err := ledger.Store(b.tx, markKey(marks, h[0], h[1]), mark{V: Version}); err != nil {
				return err
			}
		}
	}
	return nil
}
