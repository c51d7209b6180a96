package product

import (
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxWrite bounds what one batch writes, keys included, in bytes. Fabric's
// orderers refuse a transaction over 10 MB by default (AbsoluteMaxBytes), which
// holds what was read, too; a batch that they would refuse is refused here,
// where the answer says why.
const MaxWrite = 9 << 20

// MaxTwin bounds a twin, in bytes of JSON. Most of it is what custodians say, in
// words of their own: one who could fill the record would leave no room for what
// a hold changes in it, and so keep a breach off the ledger. The same goes for an
// account of a lot.
const MaxTwin = ledger.MaxRecord - 1024

// Close writes events, histories, what was witnessed, shipments, flags and twins.
// It fails with fault.LimitExceeded when a record is over ledger.MaxRecord, a
// twin over [MaxTwin], or all together over [MaxWrite].
func (b *Batch) Close(events []*NewEvent) error {
	if err := b.flagRecalled(); err != nil {
		return err
	}
	w := writer{tx: b.tx}
	for _, e := range events {
		if !e.inHistory || e.Ref.Declaration != "" { // a mere witness takes nobody's place
			e.Ref.By = e.Record.RecordedBy
		}
		if !e.inHistory && e.Ref.Declaration == "" {
			w.markBeside(e)
		}
		w.event(e)
	}
	for _, h := range b.entries {
		h.entry.By = h.event.Ref.By
		w.record(h.key, h.entry)
	}
	for _, s := range b.seen {
		s.record.By = s.event.Ref.By
		w.record(witnessKey(s.path, s.event.Ref.Hash, s.event.Record.RecordedBy), s.record)
	}
	for _, s := range b.doubts {
		s.record.By = s.event.Ref.By
		w.record(s.key, s.record)
	}
	for _, o := range b.newOffers {
		w.record(OfferKey(o.Ref()), o)
	}
	b.book.write(&w, b.made)
	for _, r := range b.writes {
		w.beside(r)
	}
	for _, l := range b.links {
		l.write(&w)
	}
	b.flagged.write(&w)
	for _, t := range b.changed {
		w.relist(t)
		w.twin(t, b.made)
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

func (w *writer) beside(r ledgerWrite) {
	stored, isEvent := r.record.(*storedEvent)
	switch {
	case isEvent:
		w.storedEvent(r.key, *stored)
	case r.record != nil:
		w.record(r.key, r.record)
	case w.err == nil:
		w.err = w.tx.Delete(r.key)
	}
}

// twin writes a twin, and refuses one that leaves no room for what the ledger
// itself has to say.
func (w *writer) twin(t *Twin, made bool) {
	// What it has inherited since its own last event is the container's to say.
	stored := *t
	stored.Facts = t.recorded
	value := w.encode(TwinKey(t.ID), &stored)
	if w.err == nil && !made && len(value) > MaxTwin {
		w.err = fault.New(fault.LimitExceeded, "places and dispositions of the object would make up a record of %d bytes; at most %d are kept", len(value), MaxTwin).About(t.ID)
	}
	w.put(TwinKey(t.ID), value)
}

// account writes an account of a lot, and refuses one that leaves no room for a
// hold: units are words of its organisation's own.
func (w *writer) account(key ledger.Key, a *Account, made bool) {
	value := w.encode(key, a)
	if w.err == nil && !made && len(value) > MaxTwin {
		w.err = fault.New(fault.LimitExceeded, "the units of the account would make up a record of %d bytes; at most %d are kept", len(value), MaxTwin).About(a.Lot)
	}
	w.put(key, value)
}

func (w *writer) record(key ledger.Key, record any) { w.put(key, w.encode(key, record)) }

func (w *writer) encode(key ledger.Key, record any) []byte {
	value, err := json.Marshal(record)
	switch {
	case w.err != nil:
	case err != nil:
		w.err = fault.New(fault.Internal, "encode the record under %s: %w", key, err)
	case len(value) > ledger.MaxRecord:
		w.err = errRecord(key, len(value))
	}
	return value
}

func errRecord(key ledger.Key, size int) error {
	return fault.New(fault.LimitExceeded, "the record under %s would have %d bytes; at most %d are stored", key, size, ledger.MaxRecord)
}
