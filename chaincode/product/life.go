package product

import (
	"strings"
	"time"
)

// changes reports whether an effect changes the facts of an object: what comes
// after such an event is not undone by declaring an earlier one an error.
func (e Effect) changes() bool {
	switch e {
	case Witnessed, Duplicated, Confirmed, Contested, Reversed:
		return false
	}
	return true
}

// advance notes the event that is the object's last now, and returns entry.Upon.
func (t *Twin) advance(effect Effect, now time.Time) (upon uint64) {
	if effect == Shipped && (t.isUnit() || t.Loaded()) {
		t.Shipped = later(t.Shipped, now)
	}
	if !effect.changes() {
		return 0
	}
	if t.Changed != t.Events-1 {
		upon = t.Changed
	}
	t.Changed = t.Events
	return upon
}

// isUnit reports whether an object is a logistic unit (SSCC).
func (t *Twin) isUnit() bool { return strings.HasPrefix(t.ID, "/00/") }

// shippedIn takes over when a container, in which a unit is or was, was shipped.
func (t *Twin) shippedIn(container *Twin) {
	if container != nil && (t.isUnit() || t.Loaded()) {
		t.Shipped = later(t.Shipped, container.Shipped)
	}
}

// first is the number of the event that began the object's present life.
func (t *Twin) first() uint64 { return max(t.Begins, 1) }

// MayBeginAnew reports whether an object of which the ledger knows may begin
// another life at an instant of ledger time:
//
//   - one whose beginning was declared an error, at any time;
//   - a logistic unit whose life has ended, or which was received and emptied, a
//     year after it was last shipped: an SSCC is not reallocated earlier (GS1
//     General Specifications, section on the SSCC). For one that was never
//     shipped, the year begins with the last event in its history.
func (t *Twin) MayBeginAnew(at time.Time) bool {
	last := t.Shipped
	if last.IsZero() {
		last = t.Updated
	}
	switch {
	case t.State == Undone:
		return true
	case !t.isUnit() || t.Offer != nil || t.Loaded() || t.HeldBy() != nil || at.Before(last.AddDate(1, 0, 0)):
		return false
	case t.State == Ended:
		return true
	}
	return t.From != "" && !t.Shipped.IsZero() && t.inside == nil && t.Contents != nil && t.Contents.Epoch > 0
}

// Renew begins another life of an object with its next event: all that it was
// is over, its history goes on. What is in it is taken out first, with an event
// of its own in the history, so that it stays with whom it was.
func (b *Batch) Renew(t *Twin, event *NewEvent, by string) error {
	if t.Loaded() {
		if err := b.Empty(t); err != nil {
			return err
		}
		b.Record(t, event, Emptied)
	}
	if t.inside != nil {
		if err := b.TakeOut(t); err != nil {
			return err
		}
	}
	contents := t.Contents
	t.Facts = Facts{State: Active, Custodian: by, Owner: by}
	if contents != nil {
		t.Contents = contents.empty()
	}
	if t.Holds > 0 {
		t.Persist([]string{Unavailable}, nil)
	}
	t.inferred, t.through, t.before = nil, nil, nil
	t.Life, t.Begins = max(t.Life, 1)+1, t.Events+1
	t.Lot, t.Expires, t.Licensee, t.Seals, t.Unproven, t.Shipped = "", "", "", nil, false, time.Time{}
	t.CommissionedBy, t.Commissioned = by, event.Record.Time
	return nil
}
