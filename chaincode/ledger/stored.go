package ledger

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Committed is what one valid transaction wrote to public state, for those who read
// blocks and not a ledger. The package that stores a record also reads it here, in
// functions named Stored..., so that its form stays its own.
type Committed struct {
	// Transaction is the id.
	Transaction string
	writes      []Write
	values      map[Key][]byte
}

// NewCommitted makes what a transaction wrote of its writes as they stand in the
// block, in the order of its write set; Value is nil in one that deletes. A value that
// cannot be unpacked stays as it is, and so cannot be decoded.
func NewCommitted(transaction string, writes []Write) *Committed {
	c := &Committed{Transaction: transaction, writes: slices.Clone(writes), values: make(map[Key][]byte, len(writes))}
	for i, w := range c.writes {
		if text, err := Unpack(w.Value, MaxBody); err == nil {
			w.Value = text
			c.writes[i] = w
		}
		c.values[w.Key] = w.Value
	}
	return c
}

// Writes returns the writes, in the order of the write set.
func (c *Committed) Writes() []Write { return c.writes }

// Value returns what was written under a key; nil when nothing was, or it was
// deleted.
func (c *Committed) Value(key Key) []byte { return c.values[key] }

// Under yields the writes whose keys extend a prefix, deletions included.
func (c *Committed) Under(prefix Key) iter.Seq[Write] {
	return func(yield func(Write) bool) {
		for _, w := range c.writes {
			if prefix != "" && len(w.Key) > len(prefix) && strings.HasPrefix(string(w.Key), string(prefix)) && !yield(w) {
				return
			}
		}
	}
}

// DecodeUpTo reads a record that [Store] wrote, of any schema version up to the
// newest that the caller knows. It fails with fault.Unsupported for a later one, and
// with fault.Internal for what is no such record.
func DecodeUpTo[T any](key Key, value []byte, newest int) (*T, error) {
	var of struct {
		V int `json:"v"`
	}
	switch err := json.Unmarshal(value, &of); {
	case err != nil:
		return nil, fault.New(fault.Internal, "the record under %s cannot be read: %w", key, err)
	case of.V > newest:
		return nil, fault.New(fault.Unsupported, "the record under %s has schema version %d; %d is the newest that is known here", key, of.V, newest)
	case of.V < 1:
		return nil, fault.New(fault.Internal, "the record under %s has no schema version", key)
	}
	record, err := Decode[T](key, value)
	return &record, err
}
