// Package product keeps the twin of each object: its present state on the
// ledger, its history, and the events behind it. It alone writes twins.
//
// A twin changes only by an EPCIS event. Package shipment opens a [Batch] with
// the twins that a document is about, changes them event by event, and closes
// the batch; package condition places and lifts holds with [PlaceHold] and
// [LiftHold], which make an event of their own, marked as made by the ledger.
// Whoever only wants to know calls [ReadTwin], [ReadHistory] and [ReadEvent].
//
// # Keys
//
//	twin~ID                          the twin
//	history~ID~N                     the object's Nth event, from 1, and its effect
//	event~HASH~DECLARATION~MSP       who recorded an event, when, in which transaction
//	body~HASH~MSP                    the event itself, as that organisation sent it
//
// ID is [gs1.ID.Path]; HASH is the event's CBV 2.0 hash, 64 hexadecimal digits;
// DECLARATION is empty until error declarations are recorded; MSP is empty for
// the first who captured the event, and [Ledger] for one that the ledger made. History numbers are dense, so that any
// place in it is one point read, and the ten thousandth event of an object
// costs what the first does.
//
// It is pure: it imports the standard library, gs1, epcis, fault and ledger.
package product
