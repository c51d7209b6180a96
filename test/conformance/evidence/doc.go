// Package evidence holds the test vectors of countersign-evidence/1 and a verifier
// that was written from docs/evidence-format.md alone, in Python with nothing but its
// standard library: verify.py. Its tests have both this repository's verifier and that
// one judge every vector; with -write they make the vectors anew.
package evidence
