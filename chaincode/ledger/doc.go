// Package ledger is what a rule sees of the blockchain: one transaction.
//
// A [Tx] reads and writes keys, and overlays the transaction's own writes on
// what it reads, so that a rule that changes the same object twice in one
// document sees the first change. Underneath it is a [Backend]: Fabric's shim
// in production (package contract), an in-memory ledger in tests (package
// memledger). Both read committed state only, as Fabric does.
//
// # Determinism
//
// Every endorser runs a rule on its own and the results must be equal byte
// for byte. Code that runs over a Tx therefore uses no clock, no randomness,
// no floating point, no goroutine, and no map iteration; time is [Tx.Time]
// and identity is [Tx.Caller].
//
// # Keys
//
// Keys are Fabric's composite keys, object type first; see [NewKey]. Numbers
// within keys have a fixed width; see [Number].
//
// It is pure: it imports the standard library and package fault.
package ledger
