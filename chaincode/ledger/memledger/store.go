package memledger

import (
	"iter"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

const lastKey ledger.Key = "\U0010FFFF"

// store keeps every value a key ever had, so that a simulation can read as of
// the height at which it began.
type store struct {
	values map[ledger.Key][]revision
	keys   []ledger.Key // sorted
}

type revision struct {
	version Version
	value   []byte // nil: deleted
	hash    []byte // of a private value; nil: none, or purged
}

func newStore() store { return store{values: map[ledger.Key][]revision{}} }

// at returns the revision that stood at a height; false when there was none or
// the key was deleted.
func (s *store) at(key ledger.Key, height uint64) (revision, bool) {
	revisions := s.values[key]
	for _, r := range slices.Backward(revisions) {
		if r.version.Block < height {
			return r, r.value != nil
		}
	}
	return revision{}, false
}

func (s *store) set(key ledger.Key, r revision) {
	if _, known := s.values[key]; !known {
		at, _ := slices.BinarySearch(s.keys, key)
		s.keys = slices.Insert(s.keys, at, key)
	}
	s.values[key] = append(s.values[key], r)
}

// entries yields the live entries of [start, end) at a height, in key order.
func (s *store) entries(start, end ledger.Key, height uint64) iter.Seq[ledger.Entry] {
	return func(yield func(ledger.Entry) bool) {
		from, _ := slices.BinarySearch(s.keys, start)
		for _, key := range s.keys[from:] {
			if key >= end {
				return
			}
			if r, live := s.at(key, height); live && !yield(ledger.Entry{Key: key, Value: r.value}) {
				return
			}
		}
	}
}
