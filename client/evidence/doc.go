// Package evidence is the format in which an answer of the ledger travels with
// its proof, so that somebody who trusts neither the server nor the sender can
// check it offline (package verify does).
//
// There are two kinds. The attested statement is a query that several
// organisations' peers ran and signed. Shown fields are fields of a private record,
// which open commitments in an attested statement of that record. [Statement] and
// [ShownFields] say what is in them, docs/evidence-format.md how to read them in
// another language.
//
// The format is strict. A file is accepted only if encoding what was read from
// it gives the same bytes again, and every protobuf message inside only if it
// is in the one form that Fabric writes: whoever changes a byte breaks either
// the form or a signature.
//
// Start at [Decode] to read a file and at [Statement.Encode] or [NewShownFields] to
// write one; use verify.Verifier before believing a word of it.
package evidence
