package product

import (
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Effect is what an event did to one object.
type Effect string

const (
	// Commissioned: the object began.
	Commissioned Effect = "commissioned"
	// Shipped: it was offered to another.
	Shipped Effect = "shipped"
	// Received: it changed hands.
	Received Effect = "received"
	// Voided: its shipment was called off.
	Voided Effect = "voided"
	// Observed: its custodian said where it is and how.
	Observed Effect = "observed"
	// Witnessed: its custodian saw it after its end. Nothing changed. What
	// anybody else saw is in no history: see [ReadWitnesses].
	Witnessed Effect = "witnessed"
	// Finished: its life ended.
	Finished Effect = "ended"
	// Held: a hold was placed on it.
	Held Effect = "held"
	// Released: a hold was lifted.
	Released Effect = "released"
)

// Flag marks what is implausible about an event of an object; it is recorded
// all the same.
type Flag string

const (
	// FlagAhead: the event happened after the ledger time of its recording.
	FlagAhead Flag = "ahead"
	// FlagBackwards: it happened before an event that changed the object
	// earlier in the history.
	FlagBackwards Flag = "backwards"
	// FlagAfterEnd: the object's life had ended.
	FlagAfterEnd Flag = "afterEnd"
)

// entry is the record of one event in the history of one object. It is small:
// there is one for each object of each event, and what all of them have in
// common stands in the event's record.
type entry struct {
	V         int    `json:"v"`
	Event     string `json:"event"`
	By        string `json:"by,omitempty"` // Ref.By
	Effect    Effect `json:"effect"`
	Custodian string `json:"custodian"`
	Flags     []Flag `json:"flags,omitempty"`
}

func historyKey(path string, number uint64) ledger.Key {
	return ledger.NewKey("history", path, ledger.Number(number))
}

// MaxWrite bounds what one batch writes, keys included, in bytes. Fabric's
// orderers refuse a transaction over 10 MB by default (AbsoluteMaxBytes), which
// holds what was read, too; a batch that they would refuse is refused here,
// where the answer says why.
const MaxWrite = 9 << 20

// MaxTwin bounds a twin without its holds, in bytes of JSON. Most of it is what
// custodians say, in words of their own: one who could fill the record would
// leave no room for a hold, and so keep a breach off the ledger. 16 holds of
// holdRoom bytes fit beside it, and what a hold changes besides.
const MaxTwin = ledger.MaxRecord - MaxHolds*holdRoom - 320

// holdRoom is more than a hold takes: two ids, a reason of policy and watch, a
// time, and the names of the members.
const holdRoom = 420

// Batch is the twins that one transaction works on. All are read in one trip;
// several events may change the same twin; each twin is written once, when the
// batch is closed. A batch that is not closed leaves the ledger as it was.
type Batch struct {
	tx      *ledger.Tx
	twins   map[string]*Twin // nil: not on the ledger
	changed []*Twin          // in order of first change
	dirty   map[*Twin]bool
	entries []historyWrite
	seen    []witnessWrite
	made    bool // by the ledger: no twin is too large to be held or released
}

type historyWrite struct {
	key   ledger.Key
	entry *entry
	event *NewEvent
}

type witnessWrite struct {
	path   string
	record *witness
	event  *NewEvent
}

// Open reads the twins of identifiers.
func Open(tx *ledger.Tx, ids []gs1.ID) (*Batch, error) {
	loaded, err := LoadTwins(tx, ids)
	if err != nil {
		return nil, err
	}
	b := &Batch{tx: tx, twins: make(map[string]*Twin, len(ids)), dirty: map[*Twin]bool{}}
	for i, id := range ids {
		// A repeated id keeps its first twin: two copies would part.
		if _, known := b.twins[id.Path()]; !known {
			b.twins[id.Path()] = loaded[i]
		}
	}
	return b, nil
}

// Twin returns the twin of an object that the batch was opened with, as the
// events so far have left it; nil when it is not on the ledger.
func (b *Batch) Twin(id gs1.ID) *Twin { return b.twins[id.Path()] }

// Add puts a new object into the batch.
func (b *Batch) Add(t *Twin) { b.twins[t.ID] = t }

// Record adds an event to the history of a twin, which the caller has already
// changed accordingly. What the caller's organisation witnessed of another's
// object is recorded beside the history, and the twin is left unwritten.
func (b *Batch) Record(t *Twin, event *NewEvent, effect Effect) {
	event.Record.Objects++
	flags := flags(t, event, effect)
	if effect == Witnessed && t.Custodian != event.Record.RecordedBy {
		b.seen = append(b.seen, witnessWrite{path: t.ID, event: event, record: &witness{V: Version, Custodian: t.Custodian, Flags: flags}})
		return
	}
	if !b.dirty[t] {
		b.dirty[t] = true
		b.changed = append(b.changed, t)
	}
	t.Events++
	t.Updated = b.tx.Time()
	e := &entry{V: Version, Event: event.Ref.Hash, Effect: effect, Custodian: t.Custodian, Flags: flags}
	event.inHistory = true
	if effect != Witnessed {
		event.Record.Effective = true
		if t.Occurred.Before(event.Record.Time) {
			t.Occurred = event.Record.Time
		}
	}
	b.entries = append(b.entries, historyWrite{key: historyKey(t.ID, t.Events), entry: e, event: event})
}

func flags(t *Twin, event *NewEvent, effect Effect) []Flag {
	var found []Flag
	if event.Record.Time.After(event.Record.Recorded) {
		found = append(found, FlagAhead)
	}
	if event.Record.Time.Before(t.Occurred) {
		found = append(found, FlagBackwards)
	}
	if t.State == Ended && effect == Witnessed {
		found = append(found, FlagAfterEnd)
	}
	return found
}

// Close writes events, histories, what was witnessed, and twins. It fails with fault.LimitExceeded
// when a record is over ledger.MaxRecord, a twin over [MaxTwin], or all together
// over [MaxWrite].
func (b *Batch) Close(events []*NewEvent) error {
	w := writer{tx: b.tx}
	for _, e := range events {
		if !e.inHistory { // a mere witness takes nobody's place
			e.Ref.By = e.Record.RecordedBy
		}
		w.put(e.Ref.bodyKey(), e.body)
		w.record(e.Ref.key(), e.Record)
	}
	for _, h := range b.entries {
		h.entry.By = h.event.Ref.By
		w.record(h.key, h.entry)
	}
	for _, s := range b.seen {
		s.record.By = s.event.Ref.By
		w.record(witnessKey(s.path, s.event.Ref.Hash, s.event.Record.RecordedBy), s.record)
	}
	for _, t := range b.changed {
		if !b.made {
			w.room(t)
		}
		w.record(twinKey(t.ID), t)
	}
	return w.err
}

// writer writes until something fails.
type writer struct {
	tx   *ledger.Tx
	size int
	err  error
}

func (w *writer) put(key ledger.Key, value []byte) {
	w.size += len(key) + len(value)
	switch {
	case w.err != nil:
	case w.size > MaxWrite:
		w.err = fault.New(fault.LimitExceeded, "this would write more than %d bytes: split it", MaxWrite)
	default:
		w.err = w.tx.Put(key, value)
	}
}

// room refuses a twin that leaves no room for holds.
func (w *writer) room(t *Twin) {
	bare := *t
	bare.Holds = nil
	text, err := json.Marshal(bare)
	switch {
	case w.err != nil:
	case err != nil:
		w.err = fault.New(fault.Internal, "encode a twin: %w", err).About(t.ID)
	case len(text) > MaxTwin:
		w.err = fault.New(fault.LimitExceeded, "places and dispositions of the object would make up a record of %d bytes; at most %d are kept", len(text), MaxTwin).About(t.ID)
	}
}

func (w *writer) record(key ledger.Key, record any) {
	value, err := json.Marshal(record)
	switch {
	case w.err != nil:
	case err != nil:
		w.err = fault.New(fault.Internal, "encode the record under %s: %w", key, err)
	case len(value) > ledger.MaxRecord:
		w.err = fault.New(fault.LimitExceeded, "the record under %s would have %d bytes; at most %d are stored", key, len(value), ledger.MaxRecord)
	default:
		w.put(key, value)
	}
}
