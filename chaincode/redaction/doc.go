// Package redaction takes private fields out of an EPCIS event before it is
// captured, leaves a salted commitment to each, and lets whoever is given a field
// check it against the public event.
//
// # Where to start
//
// Who captures calls [Redact], captures what it returns, and gives the
// disclosures to whom they concern, over a private data collection. Who is given
// one disclosure calls [Verify] with the event as it stands on the ledger; who is
// given several calls [Reveal], and who is given all of them [Restore], which
// returns the original, with the original's own CBV 2.0 hash. The ledger calls
// [Check] on every event that it captures.
//
// # What can be private
//
// Business transactions, ILMD, the owning_party of sources and destinations, and
// event extensions. Nothing that decides about custody, containment, quantity, time
// or place can: it is not in [Fields]. Lot and expiry in ILMD, by GS1's names, stay
// public unless they are named one by one, and extensions in our own [Namespace]
// always do, because rules read them.
//
// # The form
//
// A redacted event has an extension "commitments" in [Namespace]: 1 to
// [MaxCommitments] distinct commitments, each 32 bytes in base64url without padding
// (RFC 4648, section 5), in byte order of the text, so that their order tells
// nothing. Each is
//
//	SHA-256("countersign redaction 1\n" || core || disclosure)
//
// The disclosure is its text ([Disclosure.MarshalText]): a JSON array without white
// space of a salt, a position and a fragment of the event in the canonical form of
// package epcis, after the manner of SD-JWT (IETF RFC 9901):
//
//	["<salt>",0,{"bizTransactionList":[{"type":"po","bizTransaction":"urn:..."}]}]
//	["<salt>",2,{"ilmd":{"ext:recipe":"7 herbs"}}]
//	["<salt>",0,{"sourceList":[{"type":"owning_party","source":"urn:..."}]}]
//	["<salt>",1,{"ext:price":{"amount":12.5,"currency":"EUR"}}]
//	["<salt>",0,{}]
//
// The salt is 32 random bytes in base64url without padding, fresh for each. The
// position is where the fragment stood in its list, so that the original comes back
// in its order. The last opens a commitment to nothing ([Fields.Least]).
//
// The core is the 32-byte CBV 2.0 hash of the event without all that could be
// private: business transactions, ILMD, owning parties, event extensions. It is the
// same for the original, the redacted and any partly revealed event, and it binds a
// commitment to this event: the salts alone already keep a disclosure of one event
// from opening another's commitment, but not somebody who copies a commitment
// without knowing what is in it, as bidders do with sealed bids.
//
// # What remains visible
//
// That an event is redacted, how many commitments it has (see [Fields.Least]), and
// its @context, which a restored event needs: a namespace that says what is hidden
// is better given a neutral name. A commitment has the same size whatever the value.
// Commitments cannot be guessed open, even by who knows the value, as long as the
// salt is secret; a disclosure that has been given away cannot be taken back.
//
// # What may be imported
//
// Everything exported is meant for use outside this repository. The package imports
// the standard library, chaincode/epcis, chaincode/fault and chaincode/selective only, reads no clock and
// no randomness but what it is given, and starts no goroutine.
package redaction
