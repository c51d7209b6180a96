// Package personal checks what persons sign by themselves: statements, such as a
// decision on a breach or a regulator's request for data, that carry the signature
// of a person apart from that of the transaction which brings them to the ledger.
//
// A person is certified by an authority that his organisation has on record
// (participant.Organisation's IdentityRoots), with a role in the certificate.
// [Proof.Signer] checks the signature and the way to such an authority, and that
// the organisation has revoked no certificate on it; [Proof.By] is what the ledger
// keeps, enough to check it again. Who builds the bytes of a statement puts a type
// into them, so that nothing else a person signs can pass for it.
//
// What a person of an organisation that only reads signs is carried to the ledger by
// another ([Proof.Reader]); [CarryRevocation] is one such statement, by which a reader
// revokes certificates of its own. [Canonical] makes the bytes of all of them.
//
// It is pure: it imports the standard library, participant, ledger and fault.
package personal
