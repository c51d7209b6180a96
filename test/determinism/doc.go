// Package determinism holds no code, only the test that every contract function
// gives the same answer, reads and writes, byte for byte, at every
// organisation's peer and however often it is run.
//
// Endorsers that disagree cannot endorse: a rule that depends on the order of a
// map, a clock or the processor would stop the channel. What runs here finds
// most such rules, tools/determinism those that happen to agree; vectors that
// hold on other processors stand beside the code (.ci/run).
package determinism
