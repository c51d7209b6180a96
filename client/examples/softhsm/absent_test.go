//go:build !pkcs11 || !cgo

package softhsm_test

import "testing"

func TestAClientSignsInAModule(t *testing.T) {
	t.Skip("SOFTHSM LEFT OUT: it needs cgo, softhsm2 and -tags pkcs11; .ci/run has them")
}
