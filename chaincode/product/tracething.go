package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// thing is what a trace must know of an object, lot or class to go on from it.
type thing struct {
	object, isLot bool
	// lot is the one that an object belongs to.
	lot string
	// node is the transformation that an object came out of, or forward the one
	// that it went into; nil when there is none. Lots have an index of theirs.
	node *junction
	// further says that the trace may lead on from it.
	further bool
}

func (w *walk) informOf(parts []part) error {
	paths := make([]string, len(parts))
	for i, p := range parts {
		paths[i] = p.path
	}
	return w.inform(paths)
}

// inform finds out about things that are not known yet: one trip for the twins of
// objects, and two more if there are some that the trace leads on from. An object
// that is not on the ledger stays unknown.
func (w *walk) inform(paths []string) error {
	var fresh []string
	var keys []ledger.Key
	for _, path := range paths {
		if _, known := w.things[path]; known {
			continue
		}
		id, err := gs1.Parse(path)
		if err != nil {
			return fault.New(fault.Internal, "the genealogy has an entry of %q: %w", path, err)
		}
		if !IsObject(id) {
			w.things[path] = &thing{isLot: id.IsLot(), further: true}
			continue
		}
		w.things[path] = nil
		fresh, keys = append(fresh, path), append(keys, TwinKey(path))
	}
	if len(fresh) == 0 {
		return nil
	}
	w.work += len(keys)
	twins, err := ledger.LoadMany[Twin](w.tx, keys)
	if err != nil {
		return err
	}
	var moments []Moment
	for i, t := range twins {
		if t == nil {
			continue
		}
		found := &thing{object: true}
		if t.State != Undone {
			found.lot = t.LotPath()
		}
		found.further = w.back && found.lot != ""
		w.things[fresh[i]] = found
		if m := (Moment{Twin: t, Number: w.turn(t)}); m.Number > 0 {
			moments = append(moments, m)
		}
	}
	return w.join(moments)
}

// turn returns the number of the event in which an object may have come out of a
// transformation, or forward went into one; 0 when it did not.
func (w *walk) turn(t *Twin) uint64 {
	switch {
	case !w.back:
		return t.Into
	case t.State == Undone:
		return 0
	}
	return t.first()
}

// join finds the transformations that objects came out of or went into.
func (w *walk) join(moments []Moment) error {
	if len(moments) == 0 {
		return nil
	}
	w.work += len(moments)
	entries, err := newBatch(w.tx).entriesAt(moments)
	if err != nil {
		return err
	}
	refs := make([]Ref, 0, len(entries))
	for _, e := range entries {
		refs = append(refs, e.ref())
	}
	if err := w.loadEvents(refs); err != nil {
		return err
	}
	for i, m := range moments {
		if e := entries[i].Effect; e != Produced && e != Consumed {
			continue
		}
		record := w.events[refs[i]]
		if record == nil {
			return fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash).About(m.Twin.ID)
		}
		node := NodeOf(refs[i], record)
		t := w.things[m.Twin.ID]
		t.node, t.further = &junction{node: node, edge: node.edgeOf(refs[i])}, true
	}
	return nil
}

// loadEvents reads the records of events that are not known yet, in one trip.
func (w *walk) loadEvents(refs []Ref) error {
	var want []Ref
	for _, ref := range refs {
		if _, known := w.events[ref]; !known {
			w.events[ref] = nil
			want = append(want, ref)
		}
	}
	if len(want) == 0 {
		return nil
	}
	w.work += len(want)
	found, err := LoadEvents(w.tx, want)
	if err != nil {
		return err
	}
	for i, ref := range want {
		w.events[ref] = found[i]
	}
	return nil
}
