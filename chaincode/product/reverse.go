package product

import "github.com/countersign-ledger/countersign/chaincode/fault"

// LastChange returns the record of the event that changed an object last.
func (b *Batch) LastChange(t *Twin) (EventRecord, error) {
	for _, h := range b.entries {
		if h.key == historyKey(t.ID, t.Changed) {
			return h.event.Record, nil
		}
	}
	entries, err := b.entriesAt([]Moment{{Twin: t, Number: t.Changed}})
	if err != nil {
		return EventRecord{}, err
	}
	if entries[0] == nil {
		return EventRecord{}, fault.New(fault.Internal, "the history does not say what changed it").About(t.ID)
	}
	found, err := LoadEvents(b.tx, []Ref{entries[0].ref()})
	if err != nil {
		return EventRecord{}, err
	}
	if found[0] == nil {
		return EventRecord{}, fault.New(fault.Internal, "the ledger lacks event %s", entries[0].Event).About(t.ID)
	}
	return *found[0], nil
}

func (e *entry) ref() Ref { return Ref{Hash: e.Event, Declaration: e.Declaration, By: e.By} }
