package selective

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

const (
	// SaltSize is the size of a salt, of a record's id and of a commitment, in bytes.
	SaltSize = 32
	// minDistinct is how many different bytes a salt must have, and how many
	// different steps from byte to byte. Random ones have 30 on average, and fewer
	// than 16 less than once in 10^14; a counter, a padded number or a repeated word
	// has fewer.
	minDistinct = 16
)

// ErrWeakSalt says that a salt is not 32 bytes in base64url without padding, or
// that it looks made up, so that it could be guessed.
var ErrWeakSalt = errors.New("selective: a salt is 32 random bytes in base64url without padding; this one can be guessed")

// encoding is that of salts, ids and commitments. Strict: one text for each value.
var encoding = base64.RawURLEncoding.Strict()

// NewSalt draws a salt, or an id: from crypto/rand.Reader, unless in a test. It
// fails with [ErrWeakSalt] when the source is no random one, or with its error.
func NewSalt(random io.Reader) (string, error) {
	raw := make([]byte, SaltSize)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("selective: draw a salt: %w", err)
	}
	salt := encoding.EncodeToString(raw)
	if !Strong(salt) {
		return "", ErrWeakSalt
	}
	return salt, nil
}

// Strong reports whether a text is 32 bytes in base64url that do not look made up.
func Strong(text string) bool {
	raw, ok := Decode(text)
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
		if step := b - raw[i-1]; !steps[step] { // a counter steps evenly
			steps[step] = true
			paces++
		}
	}
	return distinct >= minDistinct && paces >= minDistinct
}

// Decode reads 32 bytes in base64url without padding: a salt, an id or a
// commitment. ok is false for any other text.
func Decode(text string) (raw []byte, ok bool) {
	if len(text) != encoding.EncodedLen(SaltSize) { // also: the decoder passes over line breaks
		return nil, false
	}
	raw, err := encoding.DecodeString(text)
	return raw, err == nil && len(raw) == SaltSize
}
