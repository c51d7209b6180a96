// Package verify checks evidence offline: it needs no network, asks no server
// and reads no clock.
//
// An auditor starts at [New], which takes the [Roots] that the auditor trusts
// (certificate authorities of the organisations, from a file or from their MSP
// folders), and calls [Verifier.Verify] with evidence, a [Policy] such as
// "2 of ManufacturerMSP,CarrierMSP,RetailerMSP", and the time at which to judge
// certificates. The [Report] lists every check as passed, failed or skipped
// with its reason, also when it fails; [Report.Verified] is the verdict.
//
// Of fields shown of a private record, [Report.Record] then has names and values,
// and what the ledger says of the record: a newer version, or that its content is
// gone, is said and fails nothing.
//
// What a verified statement proves: that a peer of each organisation counted
// ran this query of this chaincode and got this answer. What it does not prove:
// that they did not collude (as many organisations as the policy asks for can
// state anything), and when they did it: the time is the client's claim, which
// each endorser holds against its own clock within 15 minutes.
package verify
