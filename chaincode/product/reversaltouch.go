package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// findTouched looks, in the histories of objects for which the event cannot be
// reversed, whether it changed them: histories are in the order of ledger time, so
// that its place is found by halving, level by level for all objects together.
func (b *Batch) findTouched(found []*Reversal, event Ref, recorded int64) error {
	var searches []*touchSearch
	for _, r := range found {
		if r.Possible {
			r.Touched = true
		} else {
			searches = append(searches, &touchSearch{reversal: r, low: 1, high: r.Twin.Events + 1})
		}
	}
	for going := len(searches) > 0; going; {
		going = false
		at := make([]Moment, len(searches))
		for i, s := range searches {
			at[i] = Moment{Twin: s.reversal.Twin, Number: s.next()}
		}
		entries, err := b.entriesAt(at)
		if err != nil {
			return err
		}
		for i, s := range searches {
			if e := entries[i]; e != nil {
				s.step(e, event, recorded)
				going = true
			}
		}
	}
	return nil
}

const (
	// skew is how far the ledger times of transactions may be out of order:
	// each is within 15 minutes of the endorsing peers' clocks.
	skew = 30 * time.Minute
	// maxTouch bounds the entries of that stretch that are looked at.
	maxTouch = 64
)

// touchSearch looks for an event in the history of one object: first for the
// first entry of its ledger time or later, then among those that follow closely.
type touchSearch struct {
	reversal  *Reversal
	low, high uint64 // the first entry of that time or later is in between
	looked    uint64 // entries from there on that have been looked at
	done      bool
}

// next returns the number of the entry to look at; 0 when the search is over.
func (s *touchSearch) next() uint64 {
	if !s.done && s.low < s.high {
		return s.low + (s.high-s.low)/2
	}
	if s.done || s.low+s.looked > s.reversal.Twin.Events {
		return 0
	}
	return s.low + s.looked
}

func (s *touchSearch) step(e *entry, event Ref, recorded int64) {
	if s.low < s.high {
		if middle := s.low + (s.high-s.low)/2; e.Recorded < recorded {
			s.low = middle + 1
		} else {
			s.high = middle
		}
		return
	}
	s.looked++
	switch {
	case e.Recorded > recorded+skew.Milliseconds():
		s.done = true
	case e.ref() == event && e.Effect != Witnessed && e.Effect != Duplicated, s.looked == maxTouch:
		// When in doubt, it is contested.
		s.reversal.Touched, s.done = true, true
	}
}

// loadDoubts finds what the event spoke against objects.
func (b *Batch) loadDoubts(found []*Reversal, event Ref, caller string) error {
	var of []*Reversal
	var keys []ledger.Key
	for _, r := range found {
		if r.Twin.Suspected {
			of, keys = append(of, r), append(keys, suspicionKey(r.Twin.ID, Duplicate, caller, event.Hash))
		}
		if r.Twin.State == Ended {
			of, keys = append(of, r), append(keys, suspicionKey(r.Twin.ID, AfterEnd, caller, event.Hash))
		}
	}
	said, err := ledger.LoadMany[suspicion](b.tx, keys)
	if err != nil {
		return err
	}
	for i, s := range said {
		if s != nil && s.Withdrawn.IsZero() {
			s.Withdrawn = b.tx.Time()
			of[i].said = append(of[i].said, ledgerWrite{key: keys[i], record: s})
		}
	}
	return nil
}

// Withdraw takes back what an event, declared an error now, spoke against objects.
func (b *Batch) Withdraw(found []*Reversal) {
	for _, r := range found {
		b.writes = slices.Concat(b.writes, r.said)
	}
}
