// Package collections names the private data collections and describes them
// as operators deploy them, so that the chaincode, the client and the
// definition on the channel cannot drift apart.
//
// Only named collections are used, never Fabric's implicit ones: those have no
// retention and no member-only read. There is one collection for each trading
// relation ([Relation]), written only with the endorsement of two members; one for
// each direction in which something is disclosed ([Disclosure]), written by the
// owner alone; and one of all that trade, [Readings], for the recordings of
// devices.
//
// A [Consortium] is the one file from which an operator's collections and policies
// come. [Collection] and [Quorum] are the same before they are text.
//
// It is pure: standard library only.
package collections
