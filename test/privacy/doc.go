// Package privacy holds no code, only tests that prove on a real network that
// what is private stays with its members: secrets go through every private
// function, and then every block, answer, log and database is searched for them;
// and members and strangers with an altered chaincode try what nobody may do.
//
// Two of the three organisations that trade, the manufacturer and the carrier, run
// the altered chaincode (folder altered), which is Countersign's own until a test
// tells it otherwise; the retailer runs the honest one.
//
// What the tests found out about Fabric v3.1.1 stands in their comments.
package privacy
