package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

const (
	// MaxText bounds ids and reasons of holds, in bytes.
	MaxText = 200
	// Unavailable is the lasting disposition (CBV 2.0, section 7.2) of an
	// object with a hold.
	Unavailable = "unavailable"
	// Namespace is that of the extensions in events that the ledger makes.
	Namespace = "https://github.com/countersign-ledger/countersign/ns/"
)

// Hold forbids an object to ship, and what contains it.
type Hold struct {
	// ID names the hold; an object has it once.
	ID string `json:"id"`
	// Reason is for people.
	Reason string `json:"reason"`
	// Since is from when on, ledger time.
	Since time.Time `json:"since"`
	// Breach is the id of the breach behind it, if there is one.
	Breach string `json:"breach,omitempty"`
}

// holdRecord stands under a key of its own, so that no number of holds fills a
// twin.
type holdRecord struct {
	V int `json:"v"`
	Hold
}

func holdKey(path, id string) ledger.Key { return ledger.NewKey("hold", path, id) }

// PlaceHold puts a hold on objects, whatever their state and custodian, by an
// event that the ledger makes: bizStep holding, persistent disposition
// unavailable. The twins are changed and written, and each container around them
// is marked. A zero Since becomes the ledger time.
//
// Refusals: fault.NotFound for a nil twin, fault.AlreadyExists when one of the
// objects has a hold of this id, fault.LimitExceeded beyond [MaxText] or the
// size of an event, fault.InvalidRequest without an id.
func PlaceHold(tx *ledger.Tx, twins []*Twin, h Hold) error {
	if err := h.check(); err != nil {
		return err
	}
	if h.Since.IsZero() {
		h.Since = tx.Time()
	}
	if err := distinct(twins); err != nil {
		return err
	}
	there, err := loadHolds(tx, twins, h.ID)
	if err != nil {
		return err
	}
	for i, t := range twins {
		if there[i] != nil {
			return fault.New(fault.AlreadyExists, "the object has the hold %s", h.ID).About(t.ID)
		}
	}
	made := ledgerEvent(tx, twins, "holding", extension("hold", "id", h.ID, "reason", h.Reason, "breach", h.Breach))
	made.PersistentDisposition = &epcis.PersistentDisposition{Set: []string{Unavailable}}
	var failed error
	err = record(tx, twins, made, Held, func(b *Batch, t *Twin) {
		if failed == nil {
			failed = b.hold(t, h)
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

func (h *Hold) check() error {
	if h.ID == "" {
		return fault.New(fault.InvalidRequest, "a hold has an id")
	}
	if len(h.ID) > MaxText || len(h.Reason) > MaxText || len(h.Breach) > MaxText {
		return fault.New(fault.LimitExceeded, "id, reason and breach of a hold have at most %d bytes each", MaxText)
	}
	return nil
}

// hold writes the records of a hold on an object, at once: its own, that in the
// list of the hold, and a mark under each container around the object.
func (b *Batch) hold(t *Twin, h Hold) error {
	t.Holds++
	if err := ledger.Store(b.tx, holdKey(t.ID, h.ID), holdRecord{V: Version, Hold: h}); err != nil {
		return err
	}
	if err := ledger.Store(b.tx, underKey(h.ID, t.ID), under{V: Version}); err != nil {
		return err
	}
	for _, prefix := range t.marksAround() {
		if err := ledger.Store(b.tx, markKey(prefix, t.ID, h.ID), mark{V: Version}); err != nil {
			return err
		}
	}
	return nil
}

// under says, under a hold, that an object has it: who lifts it finds all.
type under struct {
	V int `json:"v"`
}

func underKey(hold, path string) ledger.Key { return ledger.NewKey("heldunder", hold, path) }

// HeldUnder returns the paths of objects that have a hold, the first n in their
// order: wherever they are now, and whatever of them came out of something on
// hold. None are left when it is lifted from all.
func HeldUnder(tx *ledger.Tx, hold string, n int) ([]string, error) {
	entries, err := tx.First(ledger.NewKey("heldunder", hold), n)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // hold, object
		paths[i] = parts[1]
	}
	return paths, nil
}

// HaveHold reports, for each object, whether it has a hold of that id.
func HaveHold(tx *ledger.Tx, twins []*Twin, holdID string) ([]bool, error) {
	found, err := loadHolds(tx, twins, holdID)
	if err != nil {
		return nil, err
	}
	has := make([]bool, len(twins))
	for i, h := range found {
		has[i] = h != nil
	}
	return has, nil
}

func loadHolds(tx *ledger.Tx, twins []*Twin, id string) ([]*holdRecord, error) {
	keys := make([]ledger.Key, len(twins))
	for i, t := range twins {
		keys[i] = holdKey(t.ID, id)
	}
	return ledger.LoadMany[holdRecord](tx, keys)
}

// LiftHold takes a hold off objects, by an event that the ledger makes; it
// names who decided so. Objects without another hold are no longer unavailable.
//
// Refusals: fault.NotFound when one of the objects has no such hold.
func LiftHold(tx *ledger.Tx, twins []*Twin, holdID string, by string) error {
	if err := distinct(twins); err != nil {
		return err
	}
	there, err := loadHolds(tx, twins, holdID)
	if err != nil {
		return err
	}
	var free, still []*Twin
	for i, t := range twins {
		switch {
		case there[i] == nil:
			return fault.New(fault.NotFound, "the object has no hold %s", holdID).About(t.ID)
		case t.Holds > 1:
			still = append(still, t)
		default:
			free = append(free, t)
		}
	}
	lift := func(b *Batch, t *Twin) {
		t.Holds--
		b.Put(holdKey(t.ID, holdID), nil)
		b.Put(underKey(holdID, t.ID), nil)
		for _, prefix := range t.marksAround() {
			b.Put(markKey(prefix, t.ID, holdID), nil)
		}
	}
	lifted := extension("holdLifted", "id", holdID, "by", by)
	made := ledgerEvent(tx, free, "", lifted)
	made.PersistentDisposition = &epcis.PersistentDisposition{Unset: []string{Unavailable}}
	if err := record(tx, free, made, Released, lift); err != nil {
		return err
	}
	return record(tx, still, ledgerEvent(tx, still, "", lifted), Released, lift)
}

// distinct refuses objects that are not on the ledger or stand there twice: two
// copies of one twin would overwrite each other.
func distinct(twins []*Twin) error {
	seen := make(map[string]bool, len(twins))
	for _, t := range twins {
		switch {
		case t == nil:
			return fault.New(fault.NotFound, "one of the objects is not on the ledger")
		case seen[t.ID]:
			return fault.New(fault.InvalidRequest, "the object stands there twice").About(t.ID)
		}
		seen[t.ID] = true
	}
	return nil
}

// ledgerEvent makes an ObjectEvent about objects. The transaction's id stands in
// it, so that the ledger makes each once; whoever chooses the id can capture the
// same, and so it is recorded under [Ledger].
func ledgerEvent(tx *ledger.Tx, twins []*Twin, bizStep string, what epcis.Member) *epcis.Event {
	event := &epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: tx.Time(), EventTimeZoneOffset: "+00:00",
		BizStep: bizStep, Context: epcis.NewContext("countersign", Namespace),
		Extensions: epcis.Extensions{{Name: "countersign:transaction", Value: epcis.Text(tx.ID())}, what},
	}
	for _, t := range twins {
		event.EPCList = append(event.EPCList, gs1.Authority+t.ID)
	}
	return event
}

// extension returns an event extension of named texts; empty ones are left out.
func extension(name string, pairs ...string) epcis.Member {
	value := epcis.Value{Kind: epcis.Object}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			value.Members = append(value.Members, epcis.Member{Name: "countersign:" + pairs[i], Value: epcis.Text(pairs[i+1])})
		}
	}
	return epcis.Member{Name: "countersign:" + name, Value: value}
}

// record stores an event that the ledger made and changes its objects.
func record(tx *ledger.Tx, twins []*Twin, event *epcis.Event, effect Effect, change func(*Batch, *Twin)) error {
	if len(twins) == 0 {
		return nil
	}
	made, err := Prepare(tx, event)
	if err != nil {
		return err
	}
	made.Record.LedgerMade, made.Ref.By = true, Ledger
	b := newBatch(tx)
	b.made = true
	for _, t := range twins {
		change(b, t)
		if d := event.PersistentDisposition; d != nil {
			t.Persist(d.Set, d.Unset)
		}
		b.Record(t, made, effect)
	}
	return b.Close([]*NewEvent{made})
}
