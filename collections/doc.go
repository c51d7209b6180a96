// Package collections names the private data collections and describes them
// as operators deploy them, so that the chaincode, the client and the
// definition on the channel cannot drift apart.
//
// Only named collections are used, never Fabric's implicit ones: those have no
// retention and no member-only read. There is one collection for each pair of
// organisations that trade, written only with the endorsement of both, and one
// of all that trade, for the recordings of devices.
//
// It is pure: standard library only.
package collections
