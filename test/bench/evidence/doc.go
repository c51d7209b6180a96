// Package evidence measures what it takes to verify each kind of evidence offline
// against the bare signature checks of the same file, and how large the files are. It
// runs on the consortium in memory, whose signatures and certificates are real.
package evidence
