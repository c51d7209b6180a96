package memledger

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Code is a validation code, by Fabric's name.
type Code string

// Validation codes.
const (
	Valid           Code = "VALID"
	MVCCConflict    Code = "MVCC_READ_CONFLICT"
	PhantomConflict Code = "PHANTOM_READ_CONFLICT"
	DuplicateID     Code = "DUPLICATE_TXID"
)

// ConflictError says that a transaction was ordered and found invalid.
type ConflictError struct {
	ID   string
	Code Code
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("transaction %s is invalid: %s", e.ID, e.Code)
}

// Read is a point read: the version seen, nil for an absent key.
type Read struct {
	Key     ledger.Key
	Version *Version
}

// RangeRead is a range read: what stood between the keys.
type RangeRead struct {
	Prefix ledger.Key
	// Start is the bookmark that a page began with; empty for a range that began
	// at its prefix.
	Start ledger.Key
	// Last is the last key read; empty when the range was read to its end. A page
	// that came out full was not, even if nothing follows: no peer looked.
	Last  ledger.Key
	Reads []Read
}

// HashRead is a read of a private value's hash.
type HashRead struct {
	Collection string
	Key        ledger.Key
	Version    *Version
}

// PrivateWrite sets a private value, or purges it.
type PrivateWrite struct {
	Collection string
	Key        ledger.Key
	Value      []byte
	Purge      bool
}

// Event is a chaincode event.
type Event struct {
	Name    string
	Payload []byte
}

// Results is what a simulation read and wrote.
type Results struct {
	Reads   []Read
	Ranges  []RangeRead
	Hashes  []HashRead
	Writes  []ledger.Write
	Private []PrivateWrite
	Event   *Event
}

// Transaction is a simulated proposal on its way to a block.
type Transaction struct {
	ID      string
	Results Results
}

// Commit validates transactions as one block, in order, and applies the valid
// ones.
func (l *Ledger) Commit(transactions ...Transaction) []Code {
	l.mu.Lock()
	defer l.mu.Unlock()
	block := l.height
	codes := make([]Code, len(transactions))
	for i, tx := range transactions {
		codes[i] = l.validate(tx, block)
		if codes[i] != DuplicateID {
			l.ids[tx.ID] = codes[i]
		}
		if codes[i] == Valid {
			l.apply(tx.Results, Version{Block: block, Tx: uint64(i)})
		}
	}
	l.height++
	return codes
}

// validate looks at the state with the block's earlier transactions applied,
// which is what the height block+1 stands for.
func (l *Ledger) validate(tx Transaction, block uint64) Code {
	if _, seen := l.ids[tx.ID]; seen {
		return DuplicateID
	}
	for _, read := range tx.Results.Reads {
		if !same(read.Version, l.version(&l.public, read.Key, block+1)) {
			return MVCCConflict
		}
	}
	for _, read := range tx.Results.Hashes {
		if !same(read.Version, l.version(l.private[read.Collection], read.Key, block+1)) {
			return MVCCConflict
		}
	}
	for _, r := range tx.Results.Ranges {
		now := l.rangeRead(RangeRead{Prefix: r.Prefix, Start: r.Start, Last: r.Last}, block+1, -1)
		if !slices.EqualFunc(r.Reads, now.Reads, func(a, b Read) bool { return a.Key == b.Key && same(a.Version, b.Version) }) {
			return PhantomConflict
		}
	}
	return Valid
}

func (l *Ledger) version(s *store, key ledger.Key, height uint64) *Version {
	r, live := s.at(key, height)
	if !live {
		return nil
	}
	return &r.version
}

func same(a, b *Version) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// rangeRead lists the versions in a range up to and including its last key, or to
// the end when that is empty; at most count of them when count is not negative.
func (l *Ledger) rangeRead(read RangeRead, height uint64, count int) RangeRead {
	for entry := range l.public.entries(cmp.Or(read.Start, read.Prefix), read.Prefix+lastKey, height) {
		if entry.Key == read.Prefix {
			continue
		}
		if read.Last != "" && entry.Key > read.Last || count >= 0 && len(read.Reads) == count {
			break
		}
		read.Reads = append(read.Reads, Read{Key: entry.Key, Version: l.version(&l.public, entry.Key, height)})
	}
	return read
}

func (l *Ledger) apply(results Results, version Version) {
	for _, w := range results.Writes {
		l.public.set(w.Key, revision{version: version, value: w.Value})
	}
	for _, w := range results.Private {
		s := l.private[w.Collection]
		if w.Purge {
			delete(s.values, w.Key)
			s.keys = slices.DeleteFunc(s.keys, func(k ledger.Key) bool { return k == w.Key })
			continue
		}
		hash := sha256.Sum256(w.Value)
		s.set(w.Key, revision{version: version, value: w.Value, hash: hash[:]})
	}
}
