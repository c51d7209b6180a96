package ledger

import (
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Load reads the record under a key. found is false when there is none.
func Load[T any](tx *Tx, key Key) (record T, found bool, err error) {
	value, err := tx.Get(key)
	if err != nil || value == nil {
		return record, false, err
	}
	record, err = Decode[T](key, value)
	return record, err == nil, err
}

// LoadMany reads the records under several keys in one trip; nil where there is
// none.
func LoadMany[T any](tx *Tx, keys []Key) ([]*T, error) {
	values, err := tx.GetMany(keys)
	if err != nil {
		return nil, err
	}
	records := make([]*T, len(keys))
	for i, value := range values {
		if value == nil {
			continue
		}
		record, err := Decode[T](keys[i], value)
		if err != nil {
			return nil, err
		}
		records[i] = &record
	}
	return records, nil
}

// Decode reads a record that [Store] wrote, packed or not.
func Decode[T any](key Key, value []byte) (record T, err error) {
	text, err := unpack(key, value)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return record, fault.New(fault.Internal, "the record under %s cannot be read: %w", key, err)
	}
	return record, nil
}

// Store writes a record as JSON, members in the order of the struct's fields:
// the same bytes at every endorser, as long as the type holds no map with
// non-string keys and no floating point. It fails with fault.LimitExceeded over
// [MaxRecord].
func Store(tx *Tx, key Key, record any) error {
	value, err := json.Marshal(record)
	if err != nil {
		return fault.New(fault.Internal, "encode the record under %s: %w", key, err)
	}
	if len(value) > MaxRecord {
		return fault.New(fault.LimitExceeded, "the record under %s would have %d bytes; at most %d are stored", key, len(value), MaxRecord)
	}
	return tx.Put(key, value)
}
