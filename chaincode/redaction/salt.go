package redaction

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// SaltSize is the size of a salt, in bytes.
const SaltSize = selective.SaltSize

// encoding is that of salts and commitments. Strict: one text for each value.
var encoding = base64.RawURLEncoding.Strict()

// newSalt draws a salt.
func newSalt(random io.Reader) (string, error) {
	salt, err := selective.NewSalt(random)
	if errors.Is(err, selective.ErrWeakSalt) {
		return "", fmt.Errorf("redaction: draw a salt: %w: the source of randomness is none", ErrWeakSalt)
	}
	if err != nil {
		return "", fmt.Errorf("redaction: %w", err)
	}
	return salt, nil
}
