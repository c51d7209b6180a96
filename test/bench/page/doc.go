// Package page is what the benchmarks have in common: medians with their spread, the
// machine that they ran on, and the page that they write to. It imports the standard
// library, and the version of Fabric.
package page
