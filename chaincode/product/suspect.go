package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Why says why an object is suspected to be counterfeit.
type Why string

const (
	// Duplicate: its serial was commissioned twice, or commissioned after
	// another had adopted it.
	Duplicate Why = "duplicate"
	// AfterEnd: it was seen after its life had ended.
	AfterEnd Why = "afterEnd"
	// Counter: its tag answered with a counter that does not rise: there are
	// two of it.
	Counter Why = "counter"
)

// MaxSuspicions bounds the suspicions that the answer about a twin lists.
const MaxSuspicions = 16

// suspicion is the record of what speaks against an object. Its key names why,
// who says so, and the event or the reading of the tag; nobody else writes it.
// It changes nothing and blocks nothing.
type suspicion struct {
	V     int       `json:"v"`
	By    string    `json:"by,omitempty"` // Ref.By of the event
	Since time.Time `json:"since"`
	// Withdrawn is when its event was declared an error.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// Reading is the answer of a tag that shows a clone.
	Reading *TagReading `json:"reading,omitempty"`
}

type suspicionWrite struct {
	key    ledger.Key
	record *suspicion
	event  *NewEvent
}

func suspicionKey(path string, why Why, msp, what string) ledger.Key {
	return ledger.NewKey("suspect", path, why.ranked(), msp, what)
}

// ranked is the reason as it stands in keys: the graver ones come first, so that
// sightings after the end, which anybody can add, hide none of them.
func (w Why) ranked() string {
	switch w {
	case Counter:
		return "1" + string(w)
	case Duplicate:
		return "2" + string(w)
	}
	return "3" + string(w)
}

// doubt notes the suspicion that follows from an event of an object.
func (b *Batch) doubt(t *Twin, event *NewEvent, effect Effect) {
	switch {
	case effect == Duplicated:
		t.Suspected = true
		b.suspect(t, event, Duplicate)
	case effect == Witnessed && t.State == Ended:
		b.suspect(t, event, AfterEnd)
	}
}

// SuspectTaken notes that an object goes over to who commissions it, though
// another had adopted it: one of the two things with this serial is not genuine.
func (b *Batch) SuspectTaken(t *Twin, event *NewEvent) {
	t.Suspected = true
	b.suspect(t, event, Duplicate)
}

func (b *Batch) suspect(t *Twin, event *NewEvent, why Why) {
	b.doubts = append(b.doubts, suspicionWrite{
		key:    suspicionKey(t.ID, why, event.Record.RecordedBy, event.Ref.Hash),
		record: &suspicion{V: Version, Since: b.tx.Time()}, event: event,
	})
}

// HasSaidDuplicate reports whether an organisation has commissioned an object
// that another had commissioned: it says so once. Only the organisation itself
// writes under the prefix that is read.
func (b *Batch) HasSaidDuplicate(t *Twin, msp string) (bool, error) {
	found, err := b.tx.First(ledger.NewKey("suspect", t.ID, Duplicate.ranked(), msp), 1)
	return len(found) > 0, err
}

// Suspicion is what speaks against an object. The object is what it was: to
// whom it belongs and where it may go does not change.
type Suspicion struct {
	// Why is duplicate, afterEnd or counter.
	Why Why `json:"why"`
	// By is the MSP id of the organisation that said what it follows from.
	By string `json:"by"`
	// Event is the CBV 2.0 hash id of the event that it follows from, and
	// RecordedBy goes with it into [ReadEventRequest]. For a counter it follows
	// from Reading instead, the answer of a tag.
	Event      string      `json:"event,omitempty"`
	RecordedBy string      `json:"recordedBy,omitempty"`
	Reading    *TagReading `json:"reading,omitempty"`
	// Since is the ledger time of its recording; Withdrawn that of the
	// declaration that its event was an error, absent without one.
	Since     time.Time `json:"since"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

func decodeSuspicion(e ledger.Entry) (Suspicion, error) {
	record, err := ledger.Decode[suspicion](e.Key, e.Value)
	if err != nil {
		return Suspicion{}, err
	}
	_, parts := e.Key.Parts() // object, why, MSP id, event or reading
	found := Suspicion{Why: Why(parts[1][1:]), By: parts[2], Since: record.Since, Withdrawn: record.Withdrawn}
	if found.Why == Counter {
		found.Reading = record.Reading
		return found, nil
	}
	found.Event, found.RecordedBy = EventURI(parts[3]), record.By
	return found, nil
}

func decodeSuspicions(entries []ledger.Entry) ([]Suspicion, error) {
	found := make([]Suspicion, len(entries))
	for i, e := range entries {
		var err error
		if found[i], err = decodeSuspicion(e); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// suspicionsOf returns the first [MaxSuspicions] of an object.
func suspicionsOf(tx *ledger.Tx, path string) ([]Suspicion, error) {
	entries, err := tx.First(ledger.NewKey("suspect", path), MaxSuspicions)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return decodeSuspicions(entries)
}

// ListSuspicionsRequest asks for a page of what speaks against an object.
type ListSuspicionsRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListSuspicionsResponse is a page of what speaks against an object.
type ListSuspicionsResponse struct {
	// ID is the object, canonical.
	ID string `json:"id"`
	// Suspicions are the gravest first: counter, duplicate,
	// afterEnd; within each, by whom and by hash.
	Suspicions []Suspicion `json:"suspicions"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListSuspicions lists what speaks for an object being counterfeit, withdrawn
// suspicions included. Anyone may. It fails with fault.NotFound,
// fault.InvalidIdentifier, fault.Unsupported, and fault.LimitExceeded for a size
// out of range.
func ListSuspicions(tx *ledger.Tx, req ListSuspicionsRequest) (ListSuspicionsResponse, error) {
	id, err := ParseObject(req.ID)
	if err != nil {
		return ListSuspicionsResponse{}, fault.Of(err).At("/id")
	}
	if _, found, err := ledger.Load[Twin](tx, TwinKey(id.Path())); err != nil {
		return ListSuspicionsResponse{}, err
	} else if !found {
		return ListSuspicionsResponse{}, fault.New(fault.NotFound, "the object is not on the ledger").About(id.Path()).At("/id")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("suspect", id.Path()), req.Size, req.Bookmark)
	if err != nil {
		return ListSuspicionsResponse{}, err
	}
	found, err := decodeSuspicions(entries)
	return ListSuspicionsResponse{ID: id.Path(), Suspicions: found, Bookmark: next}, err
}
