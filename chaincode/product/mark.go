package product

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// mark says, under a container, that something in it has a hold.
type mark struct {
	V int `json:"v"`
}

// marksOf is where the marks of what is packed in a container, or attached to it,
// stand.
func marksOf(container string, attached bool, epoch uint64) ledger.Key {
	return ledger.NewKey("mark", container, period(attached, epoch))
}

func markKey(marks ledger.Key, path, hold string) ledger.Key {
	_, parts := marks.Parts() // container, period
	return ledger.NewKey("mark", parts[0], parts[1], path, hold)
}

// marksAround are where marks of an object stand: under each container around it.
func (t *Twin) marksAround() []ledger.Key {
	var keys []ledger.Key
	for at := t; at.inside != nil; at = at.inside {
		keys = append(keys, marksOf(at.In.Container, at.In.Attached, at.In.Epoch))
	}
	return keys
}

// marksInside are where marks stand of what is in a container.
func (t *Twin) marksInside() []ledger.Key {
	var keys []ledger.Key
	for _, attached := range t.periods() {
		keys = append(keys, marksOf(t.ID, attached, t.Contents.epoch(attached)))
	}
	return keys
}

// HeldInside returns the path of something in a container that has a hold, "" when
// nothing has, at the price of one range, or two where something is attached.
func HeldInside(tx *ledger.Tx, container *Twin) (string, error) {
	for _, marks := range container.marksInside() {
		found, err := tx.First(marks, 1)
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			_, parts := found[0].Key.Parts() // container, period, object, hold
			return parts[2], nil
		}
	}
	return "", nil
}

// unmark removes from the containers around an object the marks of its holds, and
// of those of what is in it.
func (b *Batch) unmark(t *Twin) error {
	around := t.marksAround()
	if t.Holds > 0 && len(around) > 0 {
		held, err := b.tx.Scan(ledger.NewKey("hold", t.ID))
		if err != nil {
			return err
		}
		for _, h := range held {
			_, parts := h.Key.Parts() // object, hold
			if err := b.removeMarks(around, t.ID, parts[1]); err != nil {
				return err
			}
		}
	}
	for _, attached := range t.periods() {
		if err := b.unmarkAll(t, attached); err != nil {
			return err
		}
	}
	return nil
}

// unmarkAll removes from the containers around another the marks of what is
// packed in that, or attached to it.
func (b *Batch) unmarkAll(container *Twin, attached bool) error {
	around := container.marksAround()
	if len(around) == 0 {
		return nil
	}
	marks, err := b.tx.Scan(marksOf(container.ID, attached, container.Contents.epoch(attached)))
	if err != nil {
		return err
	}
	for _, m := range marks {
		_, parts := m.Key.Parts() // container, period, object, hold
		if err := b.removeMarks(around, parts[2], parts[3]); err != nil {
			return err
		}
	}
	return nil
}

// removeMarks removes marks at once: what goes in again later in the transaction is
// marked anew.
func (b *Batch) removeMarks(around []ledger.Key, path, hold string) error {
	for _, marks := range around {
		if err := b.tx.Delete(markKey(marks, path, hold)); err != nil {
			return err
		}
	}
	return nil
}
