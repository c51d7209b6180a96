package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// inside says, under a container, that an object is in it.
type inside struct {
	V     int    `json:"v"`
	First uint64 `json:"n"` // Stay.First
}

func insideOf(container string, attached bool, epoch uint64) ledger.Key {
	return ledger.NewKey("inside", container, period(attached, epoch))
}

// insideKeyOf is the key under which an object is listed in its container.
func insideKeyOf(t *Twin) ledger.Key { return t.In.insideKey(t.ID) }

func (s *Stay) insideKey(path string) ledger.Key {
	return ledger.NewKey("inside", s.Container, period(s.Attached, s.Epoch), path)
}

// listInside lists an object in its container, at once: what is asked about the
// container later in the transaction counts it.
func (b *Batch) listInside(t *Twin) error {
	return ledger.Store(b.tx, insideKeyOf(t), inside{V: Version, First: t.In.First})
}

// vacant reports whether nothing is in a container any more, at the price of a
// short range.
func (b *Batch) vacant(container *Twin, attached bool) (bool, error) {
	epoch := container.Contents.epoch(attached)
	prefixes := []ledger.Key{insideOf(container.ID, attached, epoch)}
	if !attached {
		prefixes = append(prefixes, ledger.NewKey("lotin", container.ID, ledger.Number(epoch)))
	}
	for _, prefix := range prefixes {
		found, err := b.tx.First(prefix, 1)
		if err != nil || len(found) > 0 {
			return false, err
		}
	}
	return true, nil
}

// relist brings the lists of what is in containers in line with the stay of an
// object as it is written: the list of an epoch that is over, too.
func (w *writer) relist(t *Twin) {
	before, now := t.stored, t.recorded.In
	if before != nil && (now == nil || before.insideKey(t.ID) != now.insideKey(t.ID)) {
		w.beside(ledgerWrite{key: before.insideKey(t.ID)})
	}
	if now != nil && (before == nil || before.First != now.First || before.insideKey(t.ID) != now.insideKey(t.ID)) {
		w.record(now.insideKey(t.ID), inside{V: Version, First: now.First})
	}
}

// ReadContentsRequest asks for a page of what is in a container now.
type ReadContentsRequest struct {
	// ID is the container in any GS1 form.
	ID string `json:"id"`
	// Attached asks for what is attached to it, by association, rather than
	// for what is packed in it.
	Attached bool `json:"attached,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadContentsResponse is a page of what is in a container.
type ReadContentsResponse struct {
	// ID is the container, canonical.
	ID string `json:"id"`
	// Objects are in the order of their paths.
	Objects []Contained `json:"objects"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// Contained is an object in a container.
type Contained struct {
	// ID is the object, canonical. What is in it is asked for by its own.
	ID string `json:"id"`
	// First is the number of the container's event with which it went in, Event
	// that event's CBV 2.0 hash id, Since when that happened, by the event, and
	// Recorded when it was recorded, ledger time.
	First    uint64    `json:"first"`
	Event    string    `json:"event"`
	Since    time.Time `json:"since"`
	Recorded time.Time `json:"recorded"`
}

// ReadContents lists the single objects that are directly in a container now, as
// far as events have said so. Anyone may. It fails with fault.NotFound,
// fault.InvalidIdentifier, fault.Unsupported, and fault.LimitExceeded for a size
// out of range.
func ReadContents(tx *ledger.Tx, req ReadContentsRequest) (ReadContentsResponse, error) {
	id, err := ParseObject(req.ID)
	if err != nil {
		return ReadContentsResponse{}, fault.Of(err).At("/id")
	}
	b := newBatch(tx)
	twins, err := b.fetch([]string{id.Path()})
	if err != nil {
		return ReadContentsResponse{}, err
	}
	if len(twins) == 0 {
		return ReadContentsResponse{}, fault.New(fault.NotFound, "the container is not on the ledger").About(id.Path()).At("/id")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	prefix := insideOf(id.Path(), req.Attached, twins[0].Contents.epoch(req.Attached))
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return ReadContentsResponse{}, err
	}
	page := ReadContentsResponse{ID: id.Path(), Objects: make([]Contained, len(entries)), Bookmark: next}
	for i, e := range entries {
		record, err := ledger.Decode[inside](e.Key, e.Value)
		if err != nil {
			return ReadContentsResponse{}, err
		}
		_, parts := e.Key.Parts() // container, period, object
		page.Objects[i] = Contained{ID: parts[2], First: record.First}
	}
	return page, b.tellSince(twins[0], page.Objects)
}

// tellSince completes a list with the events with which its objects went in.
func (b *Batch) tellSince(container *Twin, objects []Contained) error {
	numbers := map[uint64]*HistoryEntry{}
	for _, o := range objects {
		if numbers[o.First] != nil {
			continue
		}
		entries, err := loadHistory(b.tx, container.ID, o.First, o.First)
		if err != nil {
			return err
		}
		numbers[o.First] = &entries[0]
	}
	for i := range objects {
		o := &objects[i]
		e := numbers[o.First]
		o.Event, o.Since, o.Recorded = e.Event, e.Time, e.Recorded
	}
	return nil
}
