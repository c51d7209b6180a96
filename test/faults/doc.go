// Package faults holds no code, only tests of what becomes of callers when parts of
// a real network die.
//
// The complaints that users of Fabric's client libraries have filed are provoked one
// by one (complaints), and everything at once, at random and under load, is killed,
// frozen and cut off, with the books balanced afterwards (chaos). docs/reliability.md
// says what is promised, and has the table of complaints and the figures.
//
// One network serves the package: three Raft orderers, and three organisations with
// two peers each. -short leaves all of it out. The chaos lasts two minutes, or as
// long as -faults.for says, and is repeated by -faults.seed:
//
//	go test ./test/faults -run TestChaos -timeout 60m -v -faults.for=20m -faults.seed=7
package faults
