// Package capture has organisations that are set up for it capture the
// documents that others have published: GS1's official examples, and OpenEPCIS's.
// What becomes of each stands in docs/corpus.md; the test fails when that is not
// what happens, and
//
//	go test ./test/conformance/capture -update
//
// writes it anew.
package capture
