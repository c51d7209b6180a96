package product

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Node is a transformation in the genealogy of products, as it stands in keys:
// what went into it is the origin of what came out of it. Usually that is one
// event. Events of one organisation that have a transformationID in common are one
// node together (EPCIS 2.0, section 7.4.6); another organisation's events of the
// same id are another, so that nobody adds to a process that is not its own.
type Node string

// NodeOf returns the node that an event belongs to.
func NodeOf(ref Ref, record *EventRecord) Node {
	if record.TransformationID == "" {
		return Node("event/" + ref.Hash + "/" + ref.By)
	}
	digest := sha256.Sum256([]byte(record.TransformationID))
	return Node("process/" + hex.EncodeToString(digest[:]) + "/" + record.RecordedBy)
}

var nodeForm = regexp.MustCompile(`^(event|process)/([0-9a-f]{64})/(.*)$`)

// ref returns the event of a node, or of an edge when the node is a process.
func (n Node) ref(edge string) (Ref, bool) {
	name := string(n)
	if parts := nodeForm.FindStringSubmatch(name); parts != nil && parts[1] == "process" {
		name = "event/" + edge
	}
	parts := nodeForm.FindStringSubmatch(name)
	if parts == nil || parts[1] != "event" {
		return Ref{}, false
	}
	return Ref{Hash: parts[2], By: parts[3]}, true
}

// edgeOf returns the last part of the keys of an event's edges: empty where the
// node is the event itself.
func (n Node) edgeOf(ref Ref) string {
	if own, ok := n.ref(""); ok && own == ref {
		return ""
	}
	return ref.Hash + "/" + ref.By
}

// Part is what went into a transformation or came out of it: a single object, or
// an amount of a lot or class.
type Part struct {
	// Path is the object, lot or class.
	Path string
	// Amounts are how much of a lot or class, none for a single object.
	Amounts []Measured
}

// Measured is an amount with its unit.
type Measured struct {
	// Amount is exact.
	Amount Amount `json:"amount"`
	// Unit is a UN/ECE Recommendation 20 code; absent for a count.
	Unit string `json:"unit,omitempty"`
}

// edge is the record of a part of a transformation, under the node's name.
type edge struct {
	V       int        `json:"v"`
	Amounts []Measured `json:"q,omitempty"`
}

// Keys of the genealogy. An object goes into one transformation and comes out of
// one: its history says of which, see [Batch.Link]. A lot goes into many.
func insideKey(n Node, path, edge string) ledger.Key {
	return ledger.NewKey("nodein", string(n), path, edge)
}

func outsideKey(n Node, path, edge string) ledger.Key {
	return ledger.NewKey("nodeout", string(n), path, edge)
}

func useKey(path string, n Node, edge string) ledger.Key {
	return ledger.NewKey("use", path, string(n), edge)
}

func originKey(path string, n Node, edge string) ledger.Key {
	return ledger.NewKey("origin", path, string(n), edge)
}

// link is a transformation to be written when the batch is closed, or to be taken
// back: only then is it known under which name its event stands.
type link struct {
	ref             *Ref
	record          *EventRecord
	inputs, outputs []Part
	lots            []string
	gone            bool
}

// Link writes the genealogy of a transformation when the batch is closed. Of
// single objects it lists which there are: that an object ended in the
// transformation, or began in it, stands in its history. Lots are the paths of
// those that the outputs belong to: what went into a transformation went into the
// lots of what came out.
func (b *Batch) Link(event *NewEvent, inputs, outputs []Part, lots []string) {
	b.links = append(b.links, link{ref: &event.Ref, record: &event.Record, inputs: inputs, outputs: outputs, lots: lots})
}

// Unlink takes parts of a transformation out of the genealogy again, when it has
// been declared an error. Only their paths and whether they have amounts count;
// what is not there is passed over.
func (b *Batch) Unlink(ref Ref, record *EventRecord, inputs, outputs []Part, lots []string) {
	b.links = append(b.links, link{ref: &ref, record: record, inputs: inputs, outputs: outputs, lots: lots, gone: true})
}

func (l link) write(w *writer) {
	node := NodeOf(*l.ref, l.record)
	name := node.edgeOf(*l.ref)
	for _, part := range l.inputs {
		l.put(w, insideKey(node, part.Path, name), edge{V: Version, Amounts: part.Amounts})
		if len(part.Amounts) > 0 {
			l.put(w, useKey(part.Path, node, name), mark{V: Version})
		}
	}
	for _, part := range l.outputs {
		l.put(w, outsideKey(node, part.Path, name), edge{V: Version, Amounts: part.Amounts})
		if len(part.Amounts) > 0 {
			l.put(w, originKey(part.Path, node, name), mark{V: Version})
		}
	}
	for _, lot := range l.lots {
		l.put(w, originKey(lot, node, name), mark{V: Version})
	}
}

func (l link) put(w *writer, key ledger.Key, record any) {
	if l.gone {
		record = nil
	}
	w.beside(ledgerWrite{key: key, record: record})
}

// goneInto notes the event, the object's last, with which it went into something
// else, until that is taken back.
func (t *Twin) goneInto(effect Effect) {
	switch {
	case effect == Consumed:
		t.Into = t.Events
	case t.State != Ended:
		t.Into = 0
	}
}
