// Package telemetry is the recording: a run of readings that one device took,
// sealed with its signature, small to carry and provable reading by reading.
//
// Who starts where: a gateway calls [Seal] over what its loggers measured, and
// [JoinSequence] over what it has to hand over (client/readings reads loggers'
// files, SenML and EPCIS); the chaincode and every verifier call [Decode] or
// [DecodeSequence], and [Recording.Verify] with the key of [Header.Signer]; who
// must show one reading to a third party calls [Recording.Prove], and the third
// party [Proof.Verify].
//
// # Format
//
// A recording is a COSE_Sign1 (RFC 9052) over a CBOR header (RFC 8949,
// deterministic), and after it the readings in chunks of fixed-width deltas.
// docs/telemetry-format.md says it byte for byte. One recording has exactly
// one encoding, and [Decode] refuses any other.
//
// # Commitment
//
// The root is the RFC 6962 Merkle tree head over the header (leaf 0) and the
// chunks (leaves 1 and up). So the root alone identifies the whole recording,
// times and unit included, and a header that names the previous root chains
// whole recordings.
//
// # Numbers
//
// A value is an integer times a power of ten; a time is whole milliseconds
// since 1970-01-01T00:00:00Z. There is no floating point anywhere.
//
// It is pure: the standard library, fxamacker/cbor, veraison/go-cose,
// golang.org/x/mod/sumdb/tlog, and chaincode/gs1. No clock, and no randomness but what [Seal] is
// handed.
package telemetry
