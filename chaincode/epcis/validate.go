package epcis

import (
	"bytes"
	"math"
)

// unlimited is for events that are in memory already.
var unlimited = Limits{Bytes: math.MaxInt64 - 1, Depth: math.MaxInt32, Events: math.MaxInt32, EPCs: math.MaxInt32}

// Validate checks an event that was built or changed in Go by the rules of ReadEvent.
// An event without @context counts as having the standard one. It returns a
// *ValidationError whose pointers are relative to the event, or the error of
// MarshalJSON.
func (e *Event) Validate() error {
	b, err := e.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = ReadEvent(b, unlimited)
	return err
}

// Validate checks a document by the rules of ReadDocument, as Event.Validate does.
func (d *Document) Validate() error {
	b, err := d.MarshalJSON()
	if err != nil {
		return err
	}
	if d.Bare {
		_, err = ReadEvent(b, unlimited)
		return err
	}
	_, err = ReadDocument(bytes.NewReader(b), unlimited)
	return err
}
