package product

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxSojourns bounds the entries of histories that [Sojourns] reads.
const MaxSojourns = 2000

// Sojourn is a time for which an object was somewhere, by the times of events, in
// Unix milliseconds.
type Sojourn struct {
	// Subject is what was around it then: the object itself, a container at any
	// depth, or a place, by their canonical paths (a place may be a URI).
	Subject string
	// From and To are the time, both ends included; To is [Lasting] while it lasts.
	From, To int64
}

// Lasting is the end of a sojourn that has none yet.
const Lasting int64 = math.MaxInt64

// Sojourns returns where an object was, as itself, in containers at any depth and
// at places, within a time given in Unix milliseconds, sorted by where and then by
// when. It goes by the present life of the object.
//
// What happened is what events say; one that was recorded late counts where it
// stands, as in [ReadTwinAsOf] by the clock of what occurred. What an error
// declaration reversed has not been. While an object is shipped it is at no
// place; in a container it is where that is.
//
// It fails with fault.NotFound, and with fault.LimitExceeded when histories have
// more than [MaxSojourns] entries for that time: ask for a shorter one.
func Sojourns(tx *ledger.Tx, id gs1.ID, from, to int64) ([]Sojourn, error) {
	w := sojourns{tx: tx}
	known, err := w.walk(id.Path(), from, to, 0)
	if err == nil && !known {
		err = fault.New(fault.NotFound, "the object is not on the ledger").About(id.Path())
	}
	slices.SortFunc(w.found, func(a, b Sojourn) int {
		return cmp.Or(strings.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From))
	})
	return w.found, err
}

type sojourns struct {
	tx    *ledger.Tx
	read  int
	found []Sojourn
}

// add notes a time somewhere; what goes on from one noted before, or overlaps
// with some, is one with them.
func (w *sojourns) add(subject string, from, to int64) {
	if subject == "" || from > to {
		return
	}
	joined := Sojourn{Subject: subject, From: from, To: to}
	w.found = slices.DeleteFunc(w.found, func(s Sojourn) bool {
		if s.Subject != subject || s.From > joined.To || s.To < joined.From {
			return false
		}
		joined.From, joined.To = min(s.From, joined.From), max(s.To, joined.To)
		return true
	})
	w.found = append(w.found, joined)
}

// addPlace notes a time at a place, and at the one that it is part of.
func (w *sojourns) addPlace(place string, from, to int64) {
	for _, path := range Places(place) {
		w.add(path, from, to)
	}
}

// walk notes where a thing was in a time. known says that it is on the ledger.
func (w *sojourns) walk(path string, from, to int64, depth int) (known bool, err error) {
	twin, found, err := ledger.Load[Twin](w.tx, TwinKey(path))
	if err != nil || !found {
		return false, err
	}
	if depth > MaxDepth { // events recorded late can make a circle
		return true, nil
	}
	entries, err := w.entries(&twin, from, to)
	if err != nil {
		return true, err
	}
	for i, e := range entries {
		begin, end := max(e.Occurred, from), to
		if i+1 < len(entries) {
			end = min(end, entries[i+1].Occurred)
		}
		if e.facts().State != Active || begin > end {
			continue
		}
		w.add(path, begin, end)
		if err := w.around(e, begin, end, depth); err != nil {
			return true, err
		}
	}
	return true, nil
}

// around notes what was around a thing from one of its events to the next.
func (w *sojourns) around(e *entry, from, to int64, depth int) error {
	if e.In == nil {
		if e.Offer == 0 {
			w.addPlace(e.Place, from, to)
		}
		return nil
	}
	until, after, err := w.emptied(e.In)
	if err != nil {
		return err
	}
	w.add(e.In.Container, from, min(to, until))
	if after != nil && after.In == nil {
		w.addPlace(after.Place, max(from, until), to)
	}
	if from > min(to, until) {
		return nil
	}
	_, err = w.walk(e.In.Container, from, min(to, until), depth+1)
	return err
}

// emptied returns when the container of a stay was emptied, and the container's
// entry that says so; [Lasting] when it was not.
func (w *sojourns) emptied(stay *Stay) (int64, *entry, error) {
	container, found, err := ledger.Load[Twin](w.tx, TwinKey(stay.Container))
	if err != nil || !found || !stay.over(container.Contents) {
		return Lasting, nil, err
	}
	end, found, err := ledger.Load[epoch](w.tx, epochKey(stay.Container, stay.Attached, stay.Epoch))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the end of epoch %d of %s is missing", stay.Epoch, stay.Container)
	}
	if err != nil {
		return 0, nil, err
	}
	e, found, err := ledger.Load[entry](w.tx, historyKey(stay.Container, end.Last))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the history lacks number %d", end.Last).About(stay.Container)
	}
	w.read++
	return e.Occurred, &e, err
}

// entries returns the part of a history that says where the thing was in a time:
// the last entry before it, and all within.
func (w *sojourns) entries(twin *Twin, from, to int64) ([]*entry, error) {
	search := pastSearch{tx: w.tx, at: from, clock: Occurred}
	first, _, err := search.last(twin.ID, 0, twin.Events)
	if err != nil {
		return nil, err
	}
	var entries []*entry
	for number := max(first, twin.first()); number <= twin.Events; {
		n := min(twin.Events-number+1, 100)
		keys := make([]ledger.Key, n)
		for i := range keys {
			keys[i] = historyKey(twin.ID, number+uint64(i))
		}
		if w.read += len(keys); w.read > MaxSojourns {
			return nil, fault.New(fault.LimitExceeded, "more than %d events say where it was: ask for a shorter time", MaxSojourns).About(twin.ID)
		}
		some, err := ledger.LoadMany[entry](w.tx, keys)
		if err != nil {
			return nil, err
		}
		if slices.Contains(some, nil) {
			return nil, fault.New(fault.Internal, "the history has a hole").About(twin.ID)
		}
		entries = append(entries, some...)
		if some[n-1].Occurred > to {
			break
		}
		number += n
	}
	return withoutReversed(entries), nil
}

// withoutReversed lets each entry say what its object was as far as is known now:
// from an event that was reversed up to the declaration, what it was before.
func withoutReversed(entries []*entry) []*entry {
	for k, declared := range entries {
		if declared.Effect != Reversed {
			continue
		}
		for i := k - 1; i >= 0; i-- {
			e := *entries[i]
			e.set(declared.facts()) // what it was before, and is again
			e.State = declared.State
			reversed := entries[i].Event == declared.Event && entries[i].Declaration == ""
			entries[i] = &e
			if reversed {
				break
			}
		}
	}
	return entries
}
