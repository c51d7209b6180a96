// Package selective makes facts that can be shown one by one: each field of a
// private record is committed to on its own, with a salt of its own, so that
// whoever is given one field can check it against the public commitments and
// learns nothing of the others. It follows the disclosures of SD-JWT (IETF RFC
// 9901, section 4.2).
//
// # The form
//
// A field is disclosed as its text ([Field.MarshalText]), a JSON array of three
// texts without white space:
//
//	["<salt>","<name>","<value>"]
//
// The salt is 32 random bytes in base64url without padding (RFC 4648, section 5),
// fresh for each field. The name is a JSON pointer (RFC 6901) to where the value
// stands in the record's payload. A commitment is
//
//	SHA-256("countersign field 1\n" || id || text)
//
// in base64url without padding, where id is the 32 raw bytes of the record's random
// id: a field of one record opens no commitment of another, and commitments that
// somebody copies from a record into his own open nothing there.
//
// A field without name and value is a decoy: a commitment to nothing, which hides
// how many fields a record has.
//
// Commitments hide names as well as values. They cannot be guessed open, even by
// who knows a value, as long as the salt is secret; a disclosure that was given
// away cannot be taken back.
//
// The package imports the standard library only; it reads no randomness but what it
// is given.
package selective
