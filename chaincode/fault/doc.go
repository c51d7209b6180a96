// Package fault is the vocabulary of refusals: coded errors that survive the
// trip through a peer, a gateway and gRPC.
//
// A rule returns an [Error] (built with [New]); the contract layer answers with
// [Error.Wire], which begins with a self-delimiting token; the peer wraps that
// text in its own; the client finds the token wherever it stands with [Find]
// and rebuilds the same value. People are shown [Error.Error], without a token. So errors.Is(err, fault.NotCustodian) holds on
// both sides of the ledger, and nobody ever parses English.
//
// It is pure: standard library only. Anything may import it.
package fault
