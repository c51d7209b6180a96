package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

func historyKey(path string, number uint64) ledger.Key {
	return ledger.NewKey("history", path, ledger.Number(number))
}

// Batch is the twins that one transaction works on. All are read together, with
// the containers around them; several events may change the same twin; each twin
// is written once, when the batch is closed. A batch that is not closed leaves
// the ledger as it was.
type Batch struct {
	tx        *ledger.Tx
	twins     map[string]*Twin // by path; nil: not on the ledger
	loaded    []*Twin          // those on the ledger or added, in order
	offers    map[Ref]*Offer
	newOffers []*Offer
	changed   []*Twin // in order of first change
	dirty     map[*Twin]bool
	entries   []historyWrite
	pending   map[ledger.Key]*entry // of entries
	seen      []witnessWrite
	doubts    []suspicionWrite
	writes    []ledgerWrite // of records beside twins and histories
	links     []link        // of the genealogy
	flagged   flagSheet
	movements []movement          // to be flagged if it has been recalled
	lots      map[ledger.Key]bool // listed under their class
	stirred   map[ledger.Key]bool // containers in which something moved, and when
	book      lotBook
	ordered   int  // events that something was recorded of
	made      bool // by the ledger: no twin is too large to be held or released
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

type ledgerWrite struct {
	key    ledger.Key
	record any // nil deletes
}

func newBatch(tx *ledger.Tx) *Batch {
	return &Batch{
		tx: tx, twins: map[string]*Twin{}, offers: map[Ref]*Offer{}, dirty: map[*Twin]bool{},
		pending: map[ledger.Key]*entry{}, lots: map[ledger.Key]bool{}, stirred: map[ledger.Key]bool{}, book: newLotBook(),
	}
}

// Open reads the twins of identifiers, the containers around them and the
// shipments that they are on: one trip each, and one for each level of
// containers.
func Open(tx *ledger.Tx, ids []gs1.ID) (*Batch, error) {
	b := newBatch(tx)
	return b, b.Load(ids)
}

// Load reads more twins into the batch.
func (b *Batch) Load(ids []gs1.ID) error {
	paths := make([]string, len(ids))
	for i, id := range ids {
		paths[i] = id.Path()
	}
	return b.load(paths)
}

// Twin returns the twin of an object that the batch has read, as the events so
// far have left it and its containers; nil when it is not on the ledger.
func (b *Batch) Twin(id gs1.ID) *Twin {
	t := b.twins[id.Path()]
	if t != nil {
		t.refresh()
	}
	return t
}

// Add puts a new object into the batch.
func (b *Batch) Add(t *Twin) {
	b.twins[t.ID] = t
	b.loaded = append(b.loaded, t)
}

// Put writes a record of another kind than twins when the batch is closed; a
// nil record deletes the key.
func (b *Batch) Put(key ledger.Key, record any) {
	b.writes = append(b.writes, ledgerWrite{key: key, record: record})
}

// Record adds an event to the history of a twin, which the caller has already
// changed accordingly, with flags beside those that follow from the twin. What
// the caller's organisation witnessed of another's object is recorded beside the
// history, and the twin is left unwritten.
func (b *Batch) Record(t *Twin, event *NewEvent, effect Effect, more ...Flag) {
	b.count(t, event)
	flags := append(t.flags(event, effect), more...)
	b.flagged.add(event, t.ID, flags)
	b.doubt(t, event, effect)
	if effect == Witnessed && t.Custodian != event.Record.RecordedBy {
		b.seen = append(b.seen, witnessWrite{path: t.ID, event: event, record: &witness{V: Version, Custodian: t.Custodian, Flags: flags}})
		return
	}
	b.touch(t)
	t.Events++
	t.goneInto(effect)
	t.Updated = later(t.Updated, b.tx.Time())
	event.inHistory = true
	if effect != Witnessed {
		event.Record.Effective = true
		t.Occurred = later(t.Occurred, event.Record.Time)
	} else {
		t.Latest = later(t.Latest, event.Record.Time)
	}
	if !t.Latest.After(t.Occurred) {
		t.Latest = time.Time{}
	}
	b.noteStay(t, event, effect)
	t.stamp(event)
	e := &entry{
		V: Version, Event: event.Ref.Hash, Effect: effect, Flags: flags,
		Recorded: millis(t.Updated), Occurred: millis(t.Occurred), Order: t.Order,
	}
	b.release(t, e)
	e.set(t.own())
	e.Before, t.before = t.before, nil
	e.Declaration, e.Upon = event.Ref.Declaration, t.advance(effect, b.tx.Time())
	t.recorded = t.own()
	b.recallable(t, event, e)
	key := historyKey(t.ID, t.Events)
	b.pending[key] = e
	b.entries = append(b.entries, historyWrite{key: key, entry: e, event: event})
}

func (b *Batch) touch(t *Twin) {
	if !b.dirty[t] {
		b.dirty[t] = true
		b.changed = append(b.changed, t)
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Moment is a place in the history of an object.
type Moment struct {
	// Twin is the object.
	Twin *Twin
	// Number counts its events from 1; 0 is before the first.
	Number uint64
}

// entriesAt returns the entries of events in histories, in one trip; nil for
// number 0.
func (b *Batch) entriesAt(moments []Moment) ([]*entry, error) {
	found := make([]*entry, len(moments))
	var keys []ledger.Key
	var at []int
	for i, m := range moments {
		if m.Number == 0 {
			continue
		}
		key := historyKey(m.Twin.ID, m.Number)
		if e := b.pending[key]; e != nil {
			found[i] = e
			continue
		}
		keys, at = append(keys, key), append(at, i)
	}
	loaded, err := ledger.LoadMany[entry](b.tx, keys)
	if err != nil {
		return nil, err
	}
	for i, e := range loaded {
		if e == nil {
			m := moments[at[i]]
			return nil, fault.New(fault.Internal, "the history lacks number %d", m.Number).About(m.Twin.ID)
		}
		found[at[i]] = e
	}
	return found, nil
}
