// Package evidence is the format in which an answer of the ledger travels with
// its proof, so that somebody who trusts neither the server nor the sender can
// check it offline (package verify does).
//
// There are five kinds. The attested statement ([Statement]) is a query that several
// organisations' peers ran and signed. Each of the others rests on one, and shows
// something that follows from it: [ShownFields] are fields of a private record, which
// open commitments in a statement of that record; [Readings] are of a device, and lead
// to the root in a statement of their recording; [Events] have their hashes in a
// statement of a history; [Contained] is an object that a statement has in a container.
// docs/evidence-format.md says how to read them in another language.
//
// The format is strict. A file is accepted only if encoding what was read from
// it gives the same bytes again, and every protobuf message inside only if it
// is in the one form that Fabric writes: whoever changes a byte breaks either
// the form or a signature.
//
// Start at [Decode] to read a file; at [New], [NewShownFields], [NewReadings],
// [NewEvents] or [NewContained], and [Evidence.Encode], to write one; use verify.Verifier before believing a word of it.
package evidence
