package product

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// RecordedEvent is an event as the transaction that recorded it put it on the ledger.
type RecordedEvent struct {
	EventRecord
	// Ref names the recording.
	Ref Ref `json:"-"`
	// Body is the event as its recorder sent it, EPCIS 2.0 JSON-LD; of one with
	// private fields, as redacted.
	Body []byte `json:"-"`
}

// StoredEvent reads the nth write of a transaction; nil when it is not that of an
// event which this transaction recorded. (That an error was declared about an event
// recorded before is told by the declaration, which is an event itself.)
//
// It fails with fault.Unsupported for the form of a later version, and with
// fault.Internal for what cannot be read.
func StoredEvent(done *ledger.Committed, n int) (*RecordedEvent, error) {
	w := done.Writes()[n]
	ref, ok := refOf(w.Key)
	if !ok || w.Value == nil {
		return nil, nil //nolint:nilnil // none
	}
	stored, err := ledger.DecodeUpTo[storedEvent](w.Key, w.Value, EventVersion)
	if err != nil {
		return nil, err
	}
	record := stored.recordOf(ref)
	switch {
	case record.Transaction != done.Transaction:
		return nil, nil //nolint:nilnil // an earlier event's, with what was declared about it
	}
	body := record.body
	if body == nil {
		body = done.Value(ref.bodyKey())
	}
	if body == nil {
		return nil, fault.New(fault.Internal, "transaction %s lacks the body of event %s", done.Transaction, ref.Hash)
	}
	return &RecordedEvent{EventRecord: *record, Ref: ref, Body: body}, nil
}

// Things returns the canonical paths of the objects, lots and classes that the event
// names, sorted: what is in a container that it names is not among them. It fails
// with fault.Internal when the body cannot be read.
func (e *RecordedEvent) Things() ([]string, error) {
	event, err := epcis.ReadEvent(e.Body, epcis.Limits{})
	if err != nil {
		return nil, fault.New(fault.Internal, "read event %s: %w", e.Ref.Hash, err)
	}
	named := slices.Concat([]string{event.ParentID}, event.EPCList, event.ChildEPCs, event.InputEPCList, event.OutputEPCList)
	for _, list := range [][]epcis.Quantity{event.QuantityList, event.ChildQuantityList, event.InputQuantityList, event.OutputQuantityList} {
		for _, quantity := range list {
			named = append(named, quantity.EPCClass)
		}
	}
	var paths []string
	for _, name := range named {
		if id, err := gs1.Parse(name); err == nil { // a parent may be a place that GS1 has no name for
			paths = append(paths, id.Path())
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// RecallChange is what became of a recall in one transaction: exactly one of Recall
// and Acknowledgement is there.
type RecallChange struct {
	// By and ID name the recall.
	By string `json:"by"`
	ID string `json:"id"`
	// Recall is the recall, begun or ended (Recall.Ended), with its Subjects as
	// canonical paths.
	Recall   *Recall  `json:"recall,omitempty"`
	Subjects []string `json:"subjects,omitempty"`
	// Acknowledgement is an organisation's answer.
	Acknowledgement *Acknowledgement `json:"acknowledgement,omitempty"`
}

// StoredRecall reads the nth write of a transaction as [StoredEvent] does; nil when
// it is neither a recall's nor an answer's.
func StoredRecall(done *ledger.Committed, n int) (change *RecallChange, err error) {
	w := done.Writes()[n]
	kind, parts := w.Key.Parts()
	switch {
	case w.Value == nil:
	case kind == "recall" && len(parts) == 2:
		change = &RecallChange{By: parts[0], ID: parts[1]}
		if change.Recall, err = ledger.DecodeUpTo[Recall](w.Key, w.Value, Version); err != nil {
			return nil, err
		}
		change.Subjects = storedSubjects(done, change.Recall)
	case kind == "acknowledged" && len(parts) == 3:
		change = &RecallChange{By: parts[0], ID: parts[1]}
		if change.Acknowledgement, err = ledger.DecodeUpTo[Acknowledgement](w.Key, w.Value, Version); err != nil {
			return nil, err
		}
	}
	return change, nil
}

// storedSubjects returns what a recall names: begun or ended, each is listed anew.
func storedSubjects(done *ledger.Committed, r *Recall) []string {
	var subjects []string
	for w := range done.Under(ledger.NewKey("recalled")) {
		_, parts := w.Key.Parts() // subject, state, organisation, recall
		if w.Value != nil && len(parts) == 4 && parts[2] == r.By && parts[3] == r.ID {
			subjects = append(subjects, parts[0])
		}
	}
	slices.Sort(subjects)
	return subjects
}
