// Package clienttest is a whole consortium in memory, for the tests of programs
// that use package client: no network, no process, no file.
//
// Its organisations have certificate authorities, users with roles and peers
// with real keys. The contracts run over memledger, at each endorsing
// organisation on its own. A test's clients are ordinary clients: the same
// code, fabric-gateway included, talks to a gateway that answers within the
// process with the messages, the error shapes and the signatures of Fabric's
// own, so that evidence taken here verifies and refusals look as they will in
// production.
//
//	consortium := clienttest.New(t)
//	operator := consortium.Client(t, "manufacturer", "operator")
//	captured, err := operator.Capture(ctx, document)
//
// [Consortium.Interrupt] cuts a call short, to try what a program does when the
// outcome of a transaction is not known.
//
// [Consortium.Cut], [Consortium.Stall] and [Consortium.Fork] have something be wrong
// with a peer, to try what a program does that follows blocks, and
// [Consortium.Together] puts several transactions into one block.
//
// What it does not have: queries at peers of different height, streams of chaincode
// events, and the time that all of it takes.
package clienttest
