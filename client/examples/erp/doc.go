// Package erp has ten tasks of a developer who builds Countersign into an ERP, each in
// a file of its own, under 40 lines, to copy as it stands: every function takes what
// such a program has, is called again after a crash without harm, and uses nothing of
// the others.
//
//   - [Connect]
//   - [Commission] a lot of serials
//   - [Ship]
//   - [Receive], with a shortage
//   - [RecordReadings] of a logger
//   - [AskVerdict] on how goods were kept
//   - [FollowBreaches] into a database
//   - [ReleasePrivateData]
//   - [AttestAndVerify]
//   - [SendOutbox], also when a gateway is dead
//
// Package story tells them as one, over clienttest here and over a real network in
// test/e2e.
package erp
