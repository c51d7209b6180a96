// Package deployment holds what is deployed on a channel against the consortium's
// file: the chaincode's definition with its collections and policies, and the
// channel's configuration.
//
// Whoever operates a peer starts at the command `countersign consortium check`.
// Programs call [Read], which asks a peer of the caller's own organisation, and
// [Check], which is pure and says what is wrong: where the deployment differs from
// the file ([Drift]), and where something can be read, written, forged or lost that
// must not be ([Weakness]). Policies are compared by their meaning, not by their
// text. [Policies] are what the channel must say.
//
// What a check cannot see: whether a peer keeps to what it says, whether the file
// describes what the organisations want, and what happened before a weakness was
// mended. Each organisation checks at its own peer.
package deployment
