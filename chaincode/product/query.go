package product

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadTwinRequest names an object.
type ReadTwinRequest struct {
	// ID is the object in any GS1 form: EPC URN, Digital Link, or the path
	// that the ledger uses.
	ID string `json:"id"`
}

// MaxHolds bounds the holds that an answer lists.
const MaxHolds = 16

// View is the present state of an object, with what it inherits.
type View struct {
	Twin
	// Class is the class it belongs to, such as its GTIN; absent for objects
	// without one, such as logistic units.
	Class string `json:"class,omitempty"`
	// Offer is the shipment under way; absent when there is none.
	Offer *Offer `json:"offer,omitempty"`
	// Holds forbid it to ship, each until it is lifted; the first 16 by id. How
	// many there are, HoldCount says. HeldThrough is the container whose holds
	// hold it, too.
	Holds       []Hold `json:"holds,omitempty"`
	HoldCount   int    `json:"holdCount,omitempty"`
	HeldThrough string `json:"heldThrough,omitempty"`
	// Recalls are the running ones of the object itself, of its lot and of its
	// class, in this order; the first 16. [ListRecalls] lists all of each.
	Recalls []LiveRecall `json:"recalls,omitempty"`
	// Suspicions are what speaks for it being counterfeit, the gravest first;
	// the first 16. [ListSuspicions] lists all.
	Suspicions []Suspicion `json:"suspicions,omitempty"`
	// Inferred names the facts that are not the object's own but inherited
	// from containers, which stand in Through, the nearest first. All other
	// facts were observed of the object itself.
	Inferred []string `json:"inferred,omitempty"`
	Through  []string `json:"through,omitempty"`
}

// ReadTwin returns an object's present state. Anyone may. It fails with
// fault.NotFound, fault.InvalidIdentifier and fault.Unsupported.
func ReadTwin(tx *ledger.Tx, req ReadTwinRequest) (View, error) {
	b, twin, err := present(tx, req.ID)
	if err != nil {
		return View{}, err
	}
	return b.view(twin)
}

// present reads one twin, with what it inherits.
func present(tx *ledger.Tx, text string) (*Batch, *Twin, error) {
	id, err := ParseObject(text)
	if err != nil {
		return nil, nil, fault.Of(err).At("/id")
	}
	b, err := Open(tx, []gs1.ID{id})
	if err != nil {
		return nil, nil, err
	}
	twin := b.Twin(id)
	if twin == nil {
		return nil, nil, fault.New(fault.NotFound, "the object is not on the ledger").About(id.Path()).At("/id")
	}
	return b, twin, nil
}

func (b *Batch) view(t *Twin) (View, error) {
	view := View{
		Twin: t.shown(), Class: t.Class(), Offer: b.Offer(t), HoldCount: t.Holds,
		Inferred: t.inferred, Through: t.through,
	}
	if by := t.HeldBy(); by != nil && by != t {
		view.HeldThrough = by.ID
	}
	var err error
	if view.Holds, err = Holds(b.tx, t); err != nil {
		return view, err
	}
	if view.Recalls, err = recallsOf(b.tx, t); err != nil {
		return view, err
	}
	view.Suspicions, err = suspicionsOf(b.tx, t.ID)
	return view, err
}

// Holds returns the holds of an object, the first [MaxHolds] by id.
func Holds(tx *ledger.Tx, t *Twin) ([]Hold, error) {
	if t.Holds == 0 {
		return nil, nil
	}
	entries, err := tx.First(ledger.NewKey("hold", t.ID), MaxHolds)
	if err != nil {
		return nil, err
	}
	return decodeHolds(entries)
}

func decodeHolds(entries []ledger.Entry) ([]Hold, error) {
	holds := make([]Hold, len(entries))
	for i, e := range entries {
		record, err := ledger.Decode[holdRecord](e.Key, e.Value)
		if err != nil {
			return nil, err
		}
		holds[i] = record.Hold
	}
	return holds, nil
}

// ReadHistoryRequest asks for a stretch of an object's history.
type ReadHistoryRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// From is the number of the first event wanted; 0 stands for 1, the
	// oldest.
	From uint64 `json:"from,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
}

// ReadHistoryResponse is a stretch of an object's history.
type ReadHistoryResponse struct {
	// ID is the object, canonical.
	ID string `json:"id"`
	// Events is the number of events in the whole history.
	Events uint64 `json:"events"`
	// Entries are in the order of the ledger.
	Entries []HistoryEntry `json:"entries"`
	// Next is From of the next stretch; absent at the end.
	Next uint64 `json:"next,omitempty"`
}

// HistoryEntry is one event in the history of one object.
type HistoryEntry struct {
	// Number counts the object's events from 1.
	Number uint64 `json:"number"`
	// Event is the event's CBV 2.0 hash id.
	Event string `json:"event"`
	// EventID is the sender's own id.
	EventID string `json:"eventID,omitempty"`
	// Type, Action and BizStep are the event's.
	Type    string `json:"type"`
	Action  string `json:"action,omitempty"`
	BizStep string `json:"bizStep,omitempty"`
	// Time is when it happened, by the event; Recorded is the ledger time at
	// which it was recorded.
	Time     time.Time `json:"time"`
	Recorded time.Time `json:"recorded"`
	// Transaction recorded it, and RecordedBy is the MSP id of who did.
	Transaction string `json:"transaction"`
	RecordedBy  string `json:"recordedBy"`
	// LedgerMade says that the ledger made the event.
	LedgerMade bool `json:"ledgerMade,omitempty"`
	// Declared says that its recorder has declared it an error since.
	// Declaration is the hash of the error declaration that this entry is of;
	// absent for an event that declares none.
	Declared    bool   `json:"declared,omitempty"`
	Declaration string `json:"declaration,omitempty"`
	// Effect is what it did to the object.
	Effect Effect `json:"effect"`
	// Custodian is the MSP id of who answered for the object after it.
	Custodian string `json:"custodian"`
	// Flags mark what is implausible about it.
	Flags []Flag `json:"flags,omitempty"`
}

// ReadHistory returns a stretch of an object's history, by point reads: any
// stretch costs the same, and the answer can be attested. What organisations
// observed that did not hold the object is in [ReadWitnesses]. Anyone may. It fails
// with fault.NotFound, fault.InvalidIdentifier, fault.Unsupported, and
// fault.LimitExceeded for a size out of range.
func ReadHistory(tx *ledger.Tx, req ReadHistoryRequest) (ReadHistoryResponse, error) {
	_, twin, err := present(tx, req.ID)
	if err != nil {
		return ReadHistoryResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	if req.Size < 1 || req.Size > ledger.MaxPage {
		return ReadHistoryResponse{}, fault.New(fault.LimitExceeded, "a stretch has 1 to %d events, not %d", ledger.MaxPage, req.Size).At("/size")
	}
	from := max(req.From, 1)
	response := ReadHistoryResponse{ID: twin.ID, Events: twin.Events, Entries: []HistoryEntry{}}
	if from > twin.Events {
		return response, nil
	}
	last := twin.Events
	if left := twin.Events - from; left >= uint64(req.Size) {
		last = from + uint64(req.Size) - 1
		response.Next = last + 1
	}
	response.Entries, err = loadHistory(tx, twin.ID, from, last)
	return response, err
}

func loadHistory(tx *ledger.Tx, path string, from, last uint64) ([]HistoryEntry, error) {
	var keys []ledger.Key
	for n := from; n <= last; n++ {
		keys = append(keys, historyKey(path, n))
	}
	entries, err := ledger.LoadMany[entry](tx, keys)
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, len(entries))
	for i, e := range entries {
		if e == nil {
			return nil, fault.New(fault.Internal, "the history lacks number %d", from+uint64(i)).About(path)
		}
		refs[i] = Ref{Hash: e.Event, Declaration: e.Declaration, By: e.By}
	}
	events, err := LoadEvents(tx, refs)
	if err != nil {
		return nil, err
	}
	history := make([]HistoryEntry, len(entries))
	for i, r := range events {
		if r == nil {
			return nil, fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash).About(path)
		}
		history[i] = HistoryEntry{
			Number: from + uint64(i), Event: r.Event, EventID: r.EventID, Type: r.Type, Action: r.Action, BizStep: r.BizStep,
			Time: r.Time, Recorded: r.Recorded, Transaction: r.Transaction, RecordedBy: r.RecordedBy, LedgerMade: r.LedgerMade,
			Effect: entries[i].Effect, Custodian: entries[i].Custodian, Flags: entries[i].Flags,
			Declared: len(r.Declared) > 0, Declaration: entries[i].Declaration,
		}
	}
	return history, nil
}

// ReadEventRequest names an event.
type ReadEventRequest struct {
	// Event is its CBV 2.0 hash id, or the 64 hexadecimal digits in it.
	Event string `json:"event"`
	// RecordedBy is the MSP id of a later recorder or a witness of the same
	// event, or "*ledger" for the one that the ledger made; absent for the one
	// that the ledger made if there is one, else for the first, else for the
	// first witness by MSP id.
	RecordedBy string `json:"recordedBy,omitempty"`
	// Declaration is the hash of an error declaration, for the event as
	// RecordedBy sent it with that; absent for the event itself.
	Declaration string `json:"declaration,omitempty"`
}

// ReadEventResponse is an event and its record.
type ReadEventResponse struct {
	// Record says who recorded it and when.
	Record EventRecord `json:"record"`
	// Body is the event, EPCIS 2.0 JSON-LD that stands alone.
	Body json.RawMessage `json:"body"`
	// Declarations are the records of the error declarations that the same
	// recorder has made about it, in their order.
	Declarations []EventRecord `json:"declarations,omitempty"`
}

// ReadEvent returns an event as it was recorded. Anyone may. It fails with
// fault.NotFound and fault.InvalidRequest.
func ReadEvent(tx *ledger.Tx, req ReadEventRequest) (ReadEventResponse, error) {
	hash, err := EventHash(req.Event)
	if err != nil {
		return ReadEventResponse{}, fault.Of(err).At("/event")
	}
	ref := Ref{Hash: hash, Declaration: req.Declaration, By: req.RecordedBy}
	if req.Declaration != "" && (!hashForm.MatchString(req.Declaration) || req.RecordedBy == "") {
		return ReadEventResponse{}, fault.New(fault.InvalidRequest, "a declaration is named by its hash, 64 hexadecimal digits, with recordedBy").At("/declaration")
	}
	record, err := loadEvent(tx, &ref)
	if err != nil {
		return ReadEventResponse{}, err
	}
	if record == nil {
		return ReadEventResponse{}, fault.New(fault.NotFound, "no such event is on record").At("/event")
	}
	body, err := record.loadBody(tx, ref)
	if err != nil {
		return ReadEventResponse{}, err
	}
	declarations, err := loadDeclarations(tx, hash, record)
	return ReadEventResponse{Record: *record, Body: body, Declarations: declarations}, err
}

// loadEvent returns the record of an event, nil when there is none. When the
// reference names no recorder, it is completed: the ledger's own word comes
// before a capture that imitates it.
func loadEvent(tx *ledger.Tx, ref *Ref) (*EventRecord, error) {
	refs := []Ref{*ref}
	if ref.By == "" {
		refs = append(refs, Ref{Hash: ref.Hash, By: Ledger})
	}
	found, err := LoadEvents(tx, refs)
	if err != nil {
		return nil, err
	}
	for i, record := range slices.Backward(found) {
		if record != nil {
			*ref = refs[i]
			return record, nil
		}
	}
	if ref.By != "" {
		return nil, nil
	}
	return firstWitness(tx, ref)
}

// firstWitness completes the reference to an event that is in no history.
func firstWitness(tx *ledger.Tx, ref *Ref) (*EventRecord, error) {
	entries, err := tx.Scan(ledger.NewKey("event", ref.Hash, ""))
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	record, err := decodeEvent(entries[0].Key, entries[0].Value)
	if err != nil {
		return nil, err
	}
	_, parts := entries[0].Key.Parts() // hash, declaration, MSP id
	ref.By = parts[2]
	return record, nil
}
