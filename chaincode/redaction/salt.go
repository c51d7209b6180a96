package redaction

import (
	"encoding/base64"
	"fmt"
	"io"
)

const (
	// SaltSize is the size of a salt, in bytes.
	SaltSize = 32
	// minDistinct is how many different bytes a salt must have, and how many
	// different steps from byte to byte, as in package confidential. Random ones
	// have 30 on average, and fewer than 16 less than once in 10^14; a counter, a
	// padded number or a repeated word has fewer.
	minDistinct = 16
)

// encoding is that of salts and commitments. Strict: one text for each value.
var encoding = base64.RawURLEncoding.Strict()

// newSalt draws a salt.
func newSalt(random io.Reader) (string, error) {
	raw := make([]byte, SaltSize)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("redaction: draw a salt: %w", err)
	}
	salt := encoding.EncodeToString(raw)
	if !strong(salt) {
		return "", fmt.Errorf("redaction: draw a salt: %w: the source of randomness is none", ErrWeakSalt)
	}
	return salt, nil
}

// strong reports whether a text is 32 bytes in base64url that do not look made up.
func strong(text string) bool {
	raw, ok := decode32(text)
	if !ok {
		return false
	}
	var values, steps [256]bool
	distinct, paces := 0, 0
	for i, b := range raw {
		if !values[b] {
			values[b] = true
			distinct++
		}
		if i == 0 {
			continue
		}
		if step := b - raw[i-1]; !steps[step] {
			steps[step] = true
			paces++
		}
	}
	return distinct >= minDistinct && paces >= minDistinct
}

// decode32 reads 32 bytes in base64url without padding.
func decode32(text string) ([]byte, bool) {
	if len(text) != encoding.EncodedLen(SaltSize) { // also: the decoder passes over line breaks
		return nil, false
	}
	raw, err := encoding.DecodeString(text)
	return raw, err == nil && len(raw) == SaltSize
}
