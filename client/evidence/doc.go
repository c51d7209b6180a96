// Package evidence is the format in which an answer of the ledger travels with
// its proof, so that somebody who trusts neither the server nor the sender can
// check it offline (package verify does).
//
// Today there is one kind, the attested statement: a query that several
// organisations' peers ran and signed. [Statement] says what is in it,
// docs/evidence-format.md how to read it in another language.
//
// The format is strict. A file is accepted only if encoding what was read from
// it gives the same bytes again, and every protobuf message inside only if it
// is in the one form that Fabric writes: whoever changes a byte breaks either
// the form or a signature.
//
// Start at [Decode] to read a file and at [Statement.Encode] to write one; use
// verify.Verifier before believing a word of it.
package evidence
