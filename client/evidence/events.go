package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

const (
	// KindEvents names events, shown with the history of an object, or of an
	// organisation's account of a lot, that they stand in.
	KindEvents = "events"
	// MaxEvents bounds the events of a file: a stretch of history has no more.
	MaxEvents = 500
)

// Events are events of one history, each as the text that its hash is made of, and
// the attested statement in which the ledger gives the hashes.
type Events struct {
	// Statement is of the query product:History or product:LotHistory.
	Statement *Statement
	// Shown are in order of number, none twice.
	Shown []Event
}

// Event is one event of a history.
type Event struct {
	// Number is that in the history, from 1.
	Number uint64
	// Text is the event's pre-hash string (CBV 2.0, section 8.9): all of the event
	// that its hash covers, in the one order and spelling that the standard asks
	// for. Its SHA-256 is the event's hash id. What it does not cover is the
	// eventID, the recordTime and how an EPCIS document spelled it all.
	Text string
	// Declaration is of an event that is declared an error: the parts that the
	// declaration's hash is made of, namely declarationTime, reason, the pre-hash
	// string of the event without its EPC lists and with the declaration's
	// extensions, and the correctiveEventIDs, sorted. Absent on any other.
	Declaration []string
}

// EventOf makes of an EPCIS event what evidence shows of it. It fails with
// [FormatError] for one that has no hash.
func EventOf(number uint64, event *epcis.Event) (Event, error) {
	text, err := event.PreHash()
	if err != nil {
		return Event{}, &FormatError{Reason: "the event has no hash", cause: err}
	}
	shown := Event{Number: number, Text: text}
	d := event.ErrorDeclaration
	if d == nil {
		return shown, nil
	}
	lean := *event // with its context, which the extensions need
	lean.EPCList, lean.ChildEPCs, lean.InputEPCList, lean.OutputEPCList = nil, nil, nil, nil
	lean.Extensions = d.Extensions
	canonical, err := lean.PreHash()
	if err != nil {
		return Event{}, &FormatError{Reason: "the error declaration has no hash", cause: err}
	}
	when := d.DeclarationTime.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	shown.Declaration = append([]string{when, d.Reason, canonical}, slices.Sorted(slices.Values(d.CorrectiveEventIDs))...)
	return shown, nil
}

// Hash returns the event's hash, 64 hexadecimal digits.
func (e *Event) Hash() string {
	digest := sha256.Sum256([]byte(e.Text))
	return hex.EncodeToString(digest[:])
}

// DeclarationHash returns the hash of the error declaration, 64 hexadecimal digits;
// empty without one. It is the SHA-256 of the text countersign/declaration/1 and the
// parts, each behind its length in bytes (32 bits, big-endian).
func (e *Event) DeclarationHash() string {
	if len(e.Declaration) == 0 {
		return ""
	}
	var text []byte
	for _, part := range append([]string{"countersign/declaration/1"}, e.Declaration...) {
		text = binary.BigEndian.AppendUint32(text, uint32(len(part))) //nolint:gosec // a file has at most 4 MiB
		text = append(text, part...)
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}

// NewEvents shows 1 to 500 events of the history that a statement is about, in
// whatever order they are given. It checks the form; whether they are the events of
// these numbers a verifier does. It fails with [FormatError].
func NewEvents(statement *Statement, events ...Event) (*Events, error) {
	e := &Events{Statement: statement, Shown: slices.Clone(events)}
	slices.SortFunc(e.Shown, func(a, b Event) int { return cmp.Compare(a.Number, b.Number) })
	return e, e.Check()
}

// Kind returns [KindEvents].
func (e *Events) Kind() string { return KindEvents }

// Attested returns the statement of the history.
func (e *Events) Attested() *Statement { return e.Statement }

// Check holds the evidence against the format; see [Evidence].
func (e *Events) Check() error {
	if err := e.Statement.Check(); err != nil {
		return err
	}
	return e.CheckEvents()
}

// CheckEvents holds the events shown against the format: texts in UTF-8, in order,
// none twice. It fails with [FormatError].
func (e *Events) CheckEvents() error {
	if n := len(e.Shown); n == 0 || n > MaxEvents {
		return malformed("a file shows 1 to %d events, not %d", MaxEvents, n)
	}
	var before uint64
	for _, event := range e.Shown {
		if event.Number <= before {
			return malformed("events must be in order of their numbers, from 1, none twice")
		}
		before = event.Number
		if event.Text == "" || !utf8.ValidString(event.Text) {
			return malformed("event %d has no text in UTF-8", event.Number)
		}
		if n := len(event.Declaration); n > 0 && n < 3 {
			return malformed("the error declaration of event %d has %d parts", event.Number, n)
		}
		for _, part := range event.Declaration {
			if !utf8.ValidString(part) {
				return malformed("the error declaration of event %d is not UTF-8", event.Number)
			}
		}
	}
	return nil
}

// Encode writes a file; see [Evidence].
func (e *Events) Encode() ([]byte, error) { return encode(e) }

func (e *Events) show(w *writer) error {
	w.name("events")
	w.open('[')
	for _, event := range e.Shown {
		w.item()
		w.open('{')
		w.number("number", event.Number)
		w.string("text", event.Text)
		if len(event.Declaration) > 0 {
			w.strings("declaration", event.Declaration)
		}
		w.close('}')
	}
	w.close(']')
	return nil
}

func (r *reader) events(s *Statement) (*Events, error) {
	e := &Events{Statement: s}
	r.named("events")
	r.list(func() {
		var event Event
		r.expect('{')
		r.named("number")
		event.Number = r.number()
		r.named("text")
		event.Text = r.string()
		if r.member("declaration") {
			r.list(func() { event.Declaration = append(event.Declaration, r.string()) })
		}
		r.expect('}')
		e.Shown = append(e.Shown, event)
	})
	return e, r.err
}
