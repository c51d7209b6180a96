// Package product keeps the twin of each object: its present state on the
// ledger, its history, and the events behind it. It alone writes twins.
//
// A twin changes only by an EPCIS event. Package shipment opens a [Batch] with
// the twins that a document is about, changes them event by event, and closes
// the batch; package condition places and lifts holds with [PlaceHold] and
// [LiftHold], which make an event of their own, marked as made by the ledger.
// Whoever only wants to know calls [ReadTwin], [ReadHistory], [ReadWitnesses] and
// [ReadEvent].
//
// # Keys
//
//	twin~ID                          the twin
//	history~ID~N                     the object's Nth event, from 1, and its effect
//	witness~ID~HASH~MSP              what another than the custodian observed
//	event~HASH~DECLARATION~MSP       who recorded an event, when, in which transaction
//	body~HASH~MSP                    the event itself, as that organisation sent it
//
// ID is [gs1.ID.Path]; HASH is the event's CBV 2.0 hash, 64 hexadecimal digits;
// DECLARATION is empty until error declarations are recorded; MSP is empty for
// the first whose capture is in a history, and [Ledger] for one that the ledger made. History numbers are dense, so that any
// place in it is one point read, and the ten thousandth event of an object
// costs what the first does.
//
// An observation by somebody who does not hold the object takes no number and
// leaves the twin unwritten, under keys that only the witness writes: however
// many watch, the custodian's transactions do not conflict with theirs.
//
// It is pure: it imports the standard library, gs1, epcis, fault and ledger.
package product
