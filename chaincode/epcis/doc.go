// Package epcis is GS1 EPCIS 2.0 in Go: the event model, strict streaming
// readers for JSON-LD and XML (1.2 and 2.0), validation, writing, and the
// CBV 2.0 event hash.
//
// # Where to start
//
// Someone with a file calls [ReadDocument] (JSON-LD), [ReadXML], or [ReadAny],
// which finds out. Someone with a stream too large for memory uses [NewReader]
// and asks for one event after another. Someone with one event on its own (it
// must carry its own @context) calls [ReadEvent]. Someone who builds events in
// Go fills an [Event], calls [Event.Validate], and writes it with
// [Event.MarshalJSON] or [WriteDocument].
//
// # What is strict
//
// A reader accepts what the EPCIS 2.0 JSON Schema accepts with its formats
// asserted, and checks what a schema cannot say: which dimension belongs to
// which event type, what ADD and DELETE need, quantities and units, times, GS1
// check digits, and the CBV 2.0 vocabulary. Everything wrong is reported, not
// only the first: see [ValidationError]. Limits on size, depth, events and EPCs
// are enforced while reading: see [Limits] and [LimitError].
//
// # What is normalised
//
// Times become UTC. Numbers become exact canonical decimal text ([Number]);
// no floating point is used anywhere. CBV values become bare words, however
// they were spelled (bare, CURIE, URN, web URI). Identifiers stay as written.
// Extensions keep their names as written; [Context] says what their prefixes
// mean.
//
// # The hash
//
// [Event.HashID] implements the CBV 2.0 event hash identifier as the reference
// implementation has computed it since 2026 (its 2025 output differs under the
// same label), and [Event.PreHash] returns the string that is hashed.
//
// # What may be imported
//
// Everything exported is meant for use outside this repository. The package
// imports the standard library and chaincode/gs1 only, reads no clock, and
// starts no goroutine; its results are the same on every processor.
//
// Sources: GS1 EPCIS 2.0 and CBV 2.0 (GS1, 2022), the EPCIS JSON Schema and
// JSON-LD context of the EPCIS working group (github.com/gs1/EPCIS), and the
// event hash reference (github.com/RalphTro/epcis-event-hash-generator).
package epcis
