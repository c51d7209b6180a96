package evidence

import (
	"encoding/json"
	"slices"
)

const (
	// KindEvents names events, shown with the history of an object, or of an
	// organisation's account of a lot, that they stand in.
	KindEvents = "events"
	// MaxEvents bounds the events of a file: a stretch of history has no more.
	MaxEvents = 500
)

// Events are events of one history, each as it was captured, and the attested
// statement in which the ledger gives their hashes.
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
	// Body is the event, EPCIS 2.0 JSON-LD that stands alone: compact JSON.
	Body json.RawMessage
}

// NewEvents shows 1 to 500 events of the history that a statement is about, in
// whatever order they are given. It checks the form; whether they are the events of
// these numbers a verifier does. It fails with [FormatError].
func NewEvents(statement *Statement, events ...Event) (*Events, error) {
	e := &Events{Statement: statement, Shown: slices.Clone(events)}
	slices.SortFunc(e.Shown, func(a, b Event) int { return int(min(a.Number, 1<<32)) - int(min(b.Number, 1<<32)) }) //nolint:gosec // bounded
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

// CheckEvents holds the events shown against the format: compact JSON, in order,
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
		if err := compactObject(event.Body); err != nil {
			return malformed("event %d is not one compact JSON object: %w", event.Number, err)
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
		w.raw("body", event.Body)
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
		r.named("body")
		event.Body = r.raw()
		r.expect('}')
		e.Shown = append(e.Shown, event)
	})
	return e, r.err
}
