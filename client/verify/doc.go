// Package verify checks evidence offline: it needs no network, asks no server
// and reads no clock.
//
// An auditor starts at [New], which takes the [Roots] that the auditor trusts, and calls
// [Verifier.Verify] with evidence of any kind, a [Policy] such as
// "2 of ManufacturerMSP,CarrierMSP,RetailerMSP", and the time at which to judge
// certificates. The [Report] lists every check as passed, failed or skipped with its
// reason, also when it fails; [Report.Verified] is the verdict. [Report.Undecided] says
// that more would have to be known, and proves nothing. [Malformed] reports on a file
// that is no evidence.
//
// Roots are certificate authorities of organisations, from a file ([DecodeRoots]) or
// from their MSP folders ([RootsFromMSP]), and stay as they are; or a [Trust] pins a
// configuration of the channel once ([Pin]), follows it through updates that verify, and
// gives the roots of any configuration it has followed. [ReadRoots] takes a file of
// either form.
//
// A report says what the evidence shows, as far as it follows from what is signed: the
// fields of a private record and what the ledger says of that ([Report.Record]: a newer
// version, or that its content is gone, is said and fails nothing), readings, events,
// the container of an object, and which part of a list an answer is ([Report.Page]).
//
// What a verified statement proves: that a peer of each organisation counted
// ran this query of this chaincode and got this answer. What it does not prove:
// that they did not collude (as many organisations as the policy asks for can
// state anything), and when they did it: the time is the client's claim, which
// each endorser holds against its own clock within 15 minutes. docs/verification.md
// says what each kind proves beside that.
package verify
