package product

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// EventVersion is the schema version of the records of events. In version 3 the
// event itself stands in its record, and its hash in the key alone.
const EventVersion = 3

// MaxInline bounds the event that stands in its record, in bytes of JSON: each key
// that is written costs every peer as much as a few hundred bytes. A larger one
// stands beside its record, under a key of its own, so that whoever reads records
// does not read megabytes.
const MaxInline = 4 << 10

// storedEvent is the record of an event as it stands on the ledger.
type storedEvent struct {
	EventRecord
	// Event hides that of the record: the hash is part of the key.
	Event string `json:"event,omitempty"`
	// Body is the event as its recorder sent it, absent where it stands beside.
	Body json.RawMessage `json:"body,omitempty"`
}

// recordOf returns the record of an event as it is spoken of.
func (s *storedEvent) recordOf(ref Ref) *EventRecord {
	s.EventRecord.Event, s.body = EventURI(ref.Hash), s.Body
	return &s.EventRecord
}

// encode writes the record, with the body as it is to the byte. It returns as well
// how many bytes of that are the body's.
func (s storedEvent) encode() (value []byte, body int, err error) {
	body = len(s.Body)
	inline := s.Body
	s.Body = nil
	if value, err = json.Marshal(s); err != nil || body == 0 {
		return value, 0, err
	}
	return slices.Concat(value[:len(value)-1], []byte(`,"body":`), inline, []byte("}")), body, nil
}

// refOf returns what the key of an event's record names.
func refOf(key ledger.Key) (Ref, bool) {
	kind, parts := key.Parts()
	if kind != "event" || len(parts) != 3 {
		return Ref{}, false
	}
	return Ref{Hash: parts[0], Declaration: parts[1], By: parts[2]}, true
}

// decodeEvent reads the record of an event, which the ledger has found.
func decodeEvent(key ledger.Key, value []byte) (*EventRecord, error) {
	ref, ok := refOf(key)
	if !ok {
		return nil, fault.New(fault.Internal, "%s is no key of an event", key)
	}
	stored, err := ledger.Decode[storedEvent](key, value)
	if err != nil {
		return nil, err
	}
	return stored.recordOf(ref), nil
}

// LoadEvents returns the records of events, in one trip; nil where one is not
// on the ledger.
func LoadEvents(tx *ledger.Tx, refs []Ref) ([]*EventRecord, error) {
	keys := make([]ledger.Key, len(refs))
	for i, ref := range refs {
		keys[i] = ref.key()
	}
	found, err := ledger.LoadMany[storedEvent](tx, keys)
	if err != nil {
		return nil, err
	}
	records := make([]*EventRecord, len(found))
	for i, stored := range found {
		if stored != nil {
			records[i] = stored.recordOf(refs[i])
		}
	}
	return records, nil
}

// Keys returns what [LoadEvents] reads of events and [Open] of objects, so that a rule
// that needs both can have them fetched at once: see [ledger.Tx.Prefetch].
func Keys(refs []Ref, objects []gs1.ID) []ledger.Key {
	keys := make([]ledger.Key, 0, len(refs)+len(objects))
	for _, ref := range refs {
		keys = append(keys, ref.key())
	}
	for _, id := range objects {
		keys = append(keys, TwinKey(id.Path()))
	}
	return keys
}

// LoadBody returns an event as its recorder sent it, EPCIS 2.0 JSON-LD. The event
// is on record: without a body it fails with fault.Internal.
func LoadBody(tx *ledger.Tx, ref Ref) ([]byte, error) {
	found, err := LoadEvents(tx, []Ref{ref})
	if err != nil {
		return nil, err
	}
	if found[0] == nil {
		return nil, errNoBody(ref)
	}
	return found[0].loadBody(tx, ref)
}

// loadBody returns the event of a record that was read.
func (r *EventRecord) loadBody(tx *ledger.Tx, ref Ref) ([]byte, error) {
	if r.body != nil {
		return r.body, nil
	}
	body, err := tx.Get(ref.bodyKey())
	if err == nil && body == nil {
		err = errNoBody(ref)
	}
	return body, err
}

func errNoBody(ref Ref) error {
	return fault.New(fault.Internal, "the ledger lacks the body of event %s", ref.Hash)
}

// event writes the record of an event, and the event.
func (w *writer) event(e *NewEvent) {
	stored := storedEvent{EventRecord: e.Record, Body: e.body}
	if len(e.body) > MaxInline {
		w.put(e.Ref.bodyKey(), e.body)
		stored.Body = nil
	}
	w.storedEvent(e.Ref.key(), stored)
}

// BesideKey returns the key which says that an organisation has put an event on record
// beside the histories of its objects, as a witness, that happened on the same day as
// this one. Where it is absent, none need be looked for.
func BesideKey(msp string, e *NewEvent) ledger.Key {
	return ledger.NewKey("beside", msp, e.hashTime.Format(time.DateOnly))
}

// markBeside puts that on record, once: who reads it must not meet it written anew.
func (w *writer) markBeside(e *NewEvent) {
	if w.err != nil {
		return
	}
	key := BesideKey(e.Record.RecordedBy, e)
	there, err := w.tx.Get(key)
	switch {
	case err != nil:
		w.err = err
	case there == nil:
		w.record(key, mark{V: Version})
	}
}

func (w *writer) storedEvent(key ledger.Key, stored storedEvent) {
	value, body, err := stored.encode()
	switch {
	case w.err != nil:
		return
	case err != nil:
		w.err = fault.New(fault.Internal, "encode the record under %s: %w", key, err)
	case len(value)-body > ledger.MaxRecord:
		w.err = errRecord(key, len(value)-body)
	}
	w.put(key, value)
}
