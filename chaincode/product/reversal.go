package product

import "slices"

// Reversal is how an object stands to an event that its recorder declares an
// error: see [Batch.Reversals].
type Reversal struct {
	// Twin is the object.
	Twin *Twin
	// Possible says that the event is the last that changed the object, that
	// nothing has come to it through a container since, and that its custody
	// would stay where it is or go back to whom it was received from.
	Possible bool
	// Touched says that the event changed the object. Of what was only seen, or
	// is in a container that the event is about, it does not stand in the
	// history, or as that of a witness.
	Touched bool

	with   *Twin         // the container with which alone it can be reversed; nil: alone
	undone bool          // the event began the present life
	from   uint64        // the number of the event in the history
	latest int64         // the latest event time up to there
	upon   uint64        // what had changed the object before
	facts  Facts         // of the object just before
	seen   when          // when that was, of what was in a container
	said   []ledgerWrite // what the event spoke against the object, withdrawn
}

// Reversals finds out, for objects that an event is about, whether it can be
// reversed, in as many trips for all of them as for one; whoever recorded the
// event asks.
func (b *Batch) Reversals(twins []*Twin, event Ref, record *EventRecord) ([]*Reversal, error) {
	found := make([]*Reversal, len(twins))
	for i, t := range twins {
		t.refresh()
		found[i] = &Reversal{Twin: t}
	}
	if err := b.stepBack(found, event); err != nil {
		return nil, err
	}
	if err := b.nameOffers(found); err != nil {
		return nil, err
	}
	if err := b.checkStays(found, record.RecordedBy); err != nil {
		return nil, err
	}
	if err := b.findTouched(found, event, millis(record.Recorded)); err != nil {
		return nil, err
	}
	return found, b.loadDoubts(found, event, record.RecordedBy)
}

// stepBack goes back, from what changed each object last, to before the event.
func (b *Batch) stepBack(found []*Reversal, event Ref) error {
	at := make([]Moment, len(found))
	for i, r := range found {
		at[i] = Moment{Twin: r.Twin, Number: r.Twin.Changed}
	}
	for going := true; going; {
		going = false
		entries, err := b.entriesAt(at)
		if err != nil {
			return err
		}
		for i, r := range found {
			if entries[i] == nil {
				continue
			}
			if entries[i].ref() != event {
				r.upon, at[i].Number = at[i].Number, 0
				continue
			}
			if at[i].Number == r.Twin.Changed && !r.still(entries[i]) {
				at[i].Number = 0 // Possible stays false
				continue
			}
			r.Possible, r.from, r.latest = true, at[i].Number, entries[i].Occurred
			if at[i].Number == r.Twin.first() {
				r.undone, at[i].Number = true, 0
				continue
			}
			at[i].Number = entries[i].before(at[i].Number)
			going = true
		}
	}
	return b.lookBack(found)
}

// lookBack finds what objects were just before the event: as the entry before it
// says, which may be one that changed nothing but says what was inherited.
func (b *Batch) lookBack(found []*Reversal) error {
	at := make([]Moment, len(found))
	for i, r := range found {
		if r.Possible && !r.undone {
			at[i] = Moment{Twin: r.Twin, Number: r.from - 1}
		}
	}
	entries, err := b.entriesAt(at)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if e != nil {
			found[i].facts, found[i].seen = e.facts(), e.seen()
		}
	}
	return nil
}

// before returns the number of the event that had changed the object before the
// one of this entry.
func (e *entry) before(number uint64) uint64 {
	if e.Upon > 0 {
		return e.Upon
	}
	return number - 1
}

// still reports whether the object is what its last event left, or differs in
// nothing but what its container has come to be by the same event.
func (r *Reversal) still(e *entry) bool {
	t := r.Twin
	if t.as(e) {
		return true
	}
	then := e.facts()
	r.with = t.inside
	return t.inside != nil && t.State == then.State && slices.Equal(t.PersistentDisposition, then.PersistentDisposition) &&
		sameStay(t.In, then.In) && (t.Contents == nil) == (then.Contents == nil) && (t.Contents == nil || t.Contents.Since == then.Contents.Since && t.Contents.AttachedSince == then.Contents.AttachedSince)
}

// as reports whether an object, with what it inherits, still is what an event
// left.
func (t *Twin) as(e *entry) bool {
	then, now := e.facts(), t.Facts
	return now.State == then.State && now.Custodian == then.Custodian && now.Party == then.Party &&
		now.Owner == then.Owner && now.NextOwner == then.NextOwner &&
		now.Place == then.Place && now.Disposition == then.Disposition &&
		slices.Equal(now.PersistentDisposition, then.PersistentDisposition) &&
		sameOffer(now.Offer, then.Offer) && sameStay(now.In, then.In) && sameContents(now.Contents, then.Contents)
}

func sameOffer(a, b *OfferRef) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Number == b.Number)
}

func sameStay(a, b *Stay) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Container == b.Container && a.Attached == b.Attached && a.Epoch == b.Epoch && a.First == b.First)
}

func sameContents(a, b *Contents) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// nameOffers completes the references to shipments that would be under way again.
func (b *Batch) nameOffers(found []*Reversal) error {
	at := make([]Moment, len(found))
	for i, r := range found {
		if r.Possible && !r.undone && r.facts.Offer != nil {
			at[i] = Moment{Twin: r.Twin, Number: r.facts.Offer.Number}
		}
	}
	entries, err := b.entriesAt(at)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if e != nil {
			found[i].facts.Offer.Event, found[i].facts.Offer.By = e.Event, e.By
		}
	}
	return nil
}
