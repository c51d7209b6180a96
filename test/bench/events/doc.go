// Package events measures what a network records in events a second, against an asset
// transfer on the same network in the same run: three trading organisations, all of
// which endorse, and a regulator's peer that commits.
//
// Callers work in a closed loop: each has one transaction under way and begins the
// next when it is committed. Of each load a window in its midst is measured, after
// all callers have begun and before any ends: transactions committed in it, how long
// each took from its proposal to its commit, processor time by process, and by how
// much the files of blocks grew.
package events
