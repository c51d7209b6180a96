// Package memledger is a ledger in memory that behaves as Fabric's does, so
// that rules, the client and their users' own tests run without a network.
//
// What it copies, each with a test here and in the agreement suite that runs
// the same cases over a real network:
//
//   - reads see what was committed when the simulation began, never the
//     transaction's own writes;
//   - point reads are recorded with the version they saw, range reads with
//     all the versions in them (a scan reads ahead to the end of a batch of
//     100, as a peer does), and a block's transactions are validated in order:
//     an outdated read or a phantom makes a transaction invalid;
//   - a transaction id commits once;
//   - private values reach members only, hashes reach everyone; collections
//     refuse callers from outside; a purge removes value and hash.
//
// What it does not have: signatures, policies and ordering delay. Package
// client/clienttest adds signatures of a virtual consortium.
//
// A [Ledger] is safe for concurrent use; a [Simulation] is not.
package memledger
