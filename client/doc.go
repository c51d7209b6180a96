// Package client is the library with which an enterprise's programs take part:
// they submit what happens, read what is on record, and take evidence home.
//
// Start at [Connect], which returns a [Client] from a connection profile and a
// user's MSP folder. Then,
//
//   - a shipper or receiver calls [Client.Capture] with an EPCIS 2.0 document,
//     and [Client.Twin] and [Client.History] to read; a program with many small
//     captures makes a [Group];
//   - who has to act on what others record follows it: [Client.FollowBreaches] and
//     the like, with [Process] or, exactly once into a database, [ProcessTx];
//   - a device gateway calls [Client.Record] with the signed recordings of
//     devices, and whoever has or had goods asks with [Client.Condition] how
//     they were kept;
//   - a quality unit calls [Client.Breaches] and [Client.Decide];
//   - an auditor calls [Client.AttestTwin] for a statement signed by several
//     organisations, or [Client.ProveReadings] and the like to show a part of
//     something, and checks it, or anybody else's, with package verify, which needs
//     no client;
//   - an administrator calls [Client.Propose] and [Client.Approve].
//
// What has no short call is made with [Call] and [Attest] from the declarations
// in package api. Tests run all of it over package clienttest, without a
// network.
//
// # Errors
//
// A call that failed without effect returns [*Error]: errors.Is(err,
// fault.NotCustodian) tells why a contract refused, and fields tell the stage,
// the transaction, what each organisation said and whether to try again. When
// a transaction was handed over and its outcome cannot be found out, a call
// returns [*OutcomeUnknownError]; nothing else leaves the outcome open. An
// [*AnswerError] tells of a chaincode of another version: what it says has
// happened, and cannot be read.
//
// The client repeats what is safe to repeat (see [Client.Submit]); a caller
// that lost a race sees the contract's refusal and not a raw conflict.
package client
