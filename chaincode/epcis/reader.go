package epcis

import (
	"errors"
	"io"
)

// Reader reads a JSON-LD document event by event. Memory use does not grow with
// the number of events.
type Reader struct {
	d   *decoder
	doc *Document

	started, ended bool
	level          level
	first          [levels]bool // no member of this object was read yet
	seen           [levels]docFields
	inList         bool
	firstEvent     bool
	count          int
	final          error
}

// NewReader returns a Reader of the EPCISDocument or EPCISQueryDocument in r.
func NewReader(r io.Reader, l Limits) *Reader {
	return newReader(newScanner(r, l.withDefaults()))
}

func newReader(s *scanner) *Reader {
	return &Reader{d: newDecoder(s), doc: &Document{Context: &Context{pending: true}}}
}

// Header returns what is known of the document apart from its events. Members
// that stand behind the events, which JSON allows, are known only after Next has
// returned io.EOF.
func (r *Reader) Header() *Document { return r.doc }

// Next returns the next event. It returns io.EOF after the last one, if the
// document as a whole is right.
//
// A *ValidationError reports everything wrong with one event, or, before io.EOF,
// with the document around the events; the caller may go on with Next to hear
// of the rest. After malformed JSON (also a *ValidationError), a *LimitError, or
// an error of the underlying reader, Next keeps returning that error.
//
// An event whose document's @context stands behind its events can be hashed only
// after io.EOF; see ErrContextPending.
func (r *Reader) Next() (*Event, error) {
	e := new(Event)
	if err := r.next(e); err != nil {
		return nil, err
	}
	return e, nil
}

func (r *Reader) next(e *Event) error {
	if r.final != nil {
		return r.final
	}
	if !r.started {
		r.start()
	}
	for r.d.err == nil && !r.ended {
		if !r.inList {
			r.step()
			continue
		}
		if !r.d.next(']', r.firstEvent) {
			r.leaveList()
			continue
		}
		return r.event(e)
	}
	return r.finish()
}

// event reads the event that comes next.
func (r *Reader) event(e *Event) error {
	r.d.event, r.firstEvent = r.count, false
	r.d.pushIndex(r.count)
	if r.count++; r.count > r.d.limits.Events {
		r.d.fail(&LimitError{What: "events", Max: int64(r.d.limits.Events)})
	}
	// Violations of the document so far come before the event's.
	outer := r.d.rep
	r.d.rep = report{}
	e.scope = r.doc.Context
	r.d.readEvent(e)
	if r.d.err != nil {
		for _, v := range r.d.rep.list {
			outer.add(v)
		}
		r.d.rep = outer
		return r.fatal()
	}
	r.d.pop()
	r.d.event = -1
	err := r.d.rep.err()
	r.d.rep = outer
	return err
}

// fatal returns the error that ends reading, if there is one.
func (r *Reader) fatal() error {
	if err := r.d.failure(); err != nil {
		r.final = err
	}
	return r.final
}

// finish reports what is wrong with the document, once, and then io.EOF.
func (r *Reader) finish() error {
	if err := r.fatal(); err != nil {
		return err
	}
	r.doc.Context.pending = false
	r.final = io.EOF
	r.checkDocument()
	if err := r.d.rep.take(); err != nil {
		return err
	}
	return io.EOF
}

// ReadDocument reads an EPCISDocument or EPCISQueryDocument in JSON-LD as a whole.
// It returns a *ValidationError with everything that is wrong, a *LimitError, or
// the error of r.
func ReadDocument(r io.Reader, l Limits) (*Document, error) {
	return readDocument(NewReader(r, l))
}

func readDocument(r *Reader) (*Document, error) {
	var all report
	var events []Event
	for r.final == nil {
		events = append(events, Event{})
		if err := r.next(&events[len(events)-1]); err != nil {
			events = events[:len(events)-1]
			all.addError(err)
		}
	}
	var invalid *ValidationError
	if !errors.As(r.final, &invalid) && !errors.Is(r.final, io.EOF) {
		return nil, r.final
	}
	if err := all.err(); err != nil {
		return nil, err
	}
	r.doc.Events = events
	return r.doc, nil
}

// ReadEvent reads one event that stands alone and carries its own @context. It
// returns a *ValidationError with everything that is wrong, or a *LimitError.
func ReadEvent(data []byte, l Limits) (*Event, error) {
	d := newDecoder(newByteScanner(data, l.withDefaults()))
	d.event = 0
	d.skipBOM()
	e := new(Event)
	d.readEvent(e)
	if d.err == nil && d.seen&fContext == 0 {
		d.bad(clauseContext, "an event that stands alone needs its own @context")
	}
	if d.err == nil && !d.atEnd() {
		d.unexpected("the end of the input")
	}
	if err := d.failure(); err != nil {
		return nil, err
	}
	if err := d.rep.err(); err != nil {
		return nil, err
	}
	return e, nil
}
