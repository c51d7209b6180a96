// Package evaluation turns readings into verdicts: what a policy demands
// ([Terms]), what one device's readings say of it so far ([Tally]), and the
// judgement ([Judgement]). docs/verdicts.md has the rules in words, for quality
// people and for whoever computes the same in another language.
//
// Start with [Terms.Check]; make terms and readings comparable with [Align]; feed
// readings to [Tally.Evaluate], run by run as they arrive; ask [Tally.Judge].
//
// It is exact, in integers and fixed point, the same on every processor, and
// depends on the readings alone, not on the runs they come in: the tally carries
// all that a later run has to know, is bounded however many readings there were,
// and goes through JSON unchanged. Where something is rounded (crossings to the
// millisecond, extremes at the edges of a watch, rates of degradation) the
// direction or the bound is stated, and held by tests against arbitrary
// precision. Terms that have not passed their check, and moments outside of 1970
// to 9999, give no verdict that means anything.
//
// It needs no ledger: the chaincode and `countersign condition evaluate` run the
// same code. A reading costs some nanoseconds while values are in range, and some
// tens with mean kinetic temperature or at a crossing (BenchmarkEvaluate).
//
// It is pure: it imports the standard library and package telemetry.
package evaluation
