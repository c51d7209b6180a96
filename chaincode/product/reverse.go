package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

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

// Reverse undoes an event of objects for which that is possible, and records the
// declaration in their histories: each is what it was before, or undone when the
// event was its beginning. A container is restored before what goes back into it.
func (b *Batch) Reverse(found []*Reversal, declaration *NewEvent) error {
	of := map[*Twin]*Reversal{}
	for _, r := range found {
		of[r.Twin] = r
	}
	done := map[*Reversal]bool{}
	var reverse func(*Reversal) error
	reverse = func(r *Reversal) error {
		if done[r] || !r.Possible {
			return nil
		}
		done[r] = true
		if stay := r.facts.In; stay != nil && !r.undone {
			if around := of[b.twins[stay.Container]]; around != nil {
				if err := reverse(around); err != nil {
					return err
				}
			}
		}
		if err := b.restore(r); err != nil {
			return err
		}
		b.Record(r.Twin, declaration, Reversed)
		return nil
	}
	for _, r := range found {
		if err := reverse(r); err != nil {
			return err
		}
	}
	return nil
}

// restore makes an object again what it was before the event.
func (b *Batch) restore(r *Reversal) error {
	t := r.Twin
	if t.inside != nil && (r.undone || !sameStay(r.facts.In, t.In)) {
		if err := b.TakeOut(t); err != nil {
			return err
		}
	}
	if r.facts.In != nil && !r.undone && !sameStay(r.facts.In, t.last) {
		b.resume(t, r.facts.In, r.latest)
	}
	t.Changed = r.upon
	t.inferred, t.through, t.before = nil, nil, nil
	if r.undone {
		t.State, t.NextOwner, t.Offer = Undone, "", nil
		if t.Contents != nil {
			t.Contents = t.Contents.empty()
		}
		return nil
	}
	now := t.Contents
	t.Facts = r.facts.clone()
	t.inside = nil
	if t.In != nil {
		t.inside = b.twins[t.In.Container]
		t.inheritAnew(r.seen)
	}
	if now != nil && t.Contents != nil && !now.sameEpochs(t.Contents) {
		return b.rejoin(t)
	}
	return nil
}

// rejoin lets what a container was emptied of, and which no event has touched
// since, be in it again: of what the batch has read.
func (b *Batch) rejoin(container *Twin) error {
	var paths []string
	for _, t := range b.loaded {
		if t.inside == nil && !b.dirty[t] && len(t.through) == 1 && t.through[0] == container.ID {
			paths = append(paths, t.ID)
		}
	}
	keys := make([]ledger.Key, len(paths))
	for i, path := range paths {
		keys[i] = TwinKey(path)
	}
	stored, err := ledger.LoadMany[Twin](b.tx, keys)
	if err != nil {
		return err
	}
	for i, path := range paths {
		if s := stored[i]; s != nil && s.In != nil && s.In.Container == container.ID && !s.In.over(container.Contents) {
			t := b.twins[path]
			stay := *s.In
			*t = *s
			t.stored, t.last, t.settled, t.inside = &stay, &stay, true, container
			t.stand()
			t.inheritNow()
		}
	}
	return nil
}
