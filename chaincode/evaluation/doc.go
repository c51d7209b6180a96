// Package evaluation turns readings into verdicts: what a policy demands
// ([Terms]), what one device's readings say of it so far ([Tally]), and the
// judgement ([Verdict]).
//
// It is exact, in integers and fixed point, the same on every processor, and
// depends on the readings alone, not on the runs they come in. It needs no
// ledger: the chaincode and `countersign condition evaluate` run the same code.
//
// It is pure: it imports the standard library and package telemetry.
package evaluation
