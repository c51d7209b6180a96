// Package assess judges files of readings by a policy, offline: what `countersign
// condition evaluate` does, without its flags and its printing.
//
// [ReadPolicy] reads a policy, [Load] files of readings, [Judge] judges. The judge
// is package chaincode/evaluation, the very code that runs on the ledger; this
// package only prepares its input and keeps account of what it says.
package assess
