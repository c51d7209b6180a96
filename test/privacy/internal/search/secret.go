package search

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Secret is a marked text or run of bytes, with the forms in which it could turn
// up.
type Secret struct {
	// Name tells it from others in findings, which never quote it.
	Name  string
	forms []form
}

type form struct {
	name string
	text []byte
}

// minSecret is the size below which a secret is found by chance, in bytes.
const minSecret = 12

// NewSecret returns a secret of at least 12 bytes. It is looked for as it is, as
// JSON writes it, in hexadecimal, in both alphabets of base64 at each of the three
// places where it can begin in a longer text, and as the ledger packs a text that is
// as random as a canary where it stands first in a value.
func NewSecret(name string, secret []byte) (Secret, error) {
	if len(secret) < minSecret {
		return Secret{}, fmt.Errorf("search: the secret %s has %d bytes: it would be found by chance", name, len(secret))
	}
	s := Secret{Name: name, forms: []form{{"plain", bytes.Clone(secret)}}}
	text, err := json.Marshal(string(secret))
	if err != nil {
		return Secret{}, fmt.Errorf("search: %w", err)
	}
	s.add("JSON", bytes.Trim(text, `"`))
	lower := []byte(hex.EncodeToString(secret))
	s.add("hexadecimal", lower)
	s.add("hexadecimal", bytes.ToUpper(lower))
	s.add("packed", packed(secret))
	s.add("packed JSON", packed(bytes.Trim(text, `"`)))
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			s.add("base64", inBase64(alphabet, secret, before))
		}
	}
	return s, nil
}

// packed returns the bytes by which a packed value holds a text. Pack takes a value
// that begins with a byte like this one as it is into what it writes, behind its own
// first byte and two that say so, and then packs the rest however long it becomes.
func packed(text []byte) []byte {
	return ledger.Pack(append([]byte{0x02}, text...))[4:]
}

func (s *Secret) add(name string, text []byte) {
	for _, f := range s.forms {
		if bytes.Equal(f.text, text) {
			return
		}
	}
	s.forms = append(s.forms, form{name, text})
}

// inBase64 returns the characters that a secret has in the base64 of any text in
// which it begins that many bytes (modulo 3) after the start: those at its ends
// that its neighbours have a say in are left out.
func inBase64(alphabet *base64.Encoding, secret []byte, before int) []byte {
	encoded := []byte(alphabet.EncodeToString(append(make([]byte, before), secret...)))
	first := (before*8 + 5) / 6 // the first character of its bits alone
	last := (before + len(secret)) * 8 / 6
	return encoded[first:last]
}

// in returns the names of the forms in which the secret is in a text.
func (s Secret) in(text []byte) []string {
	var found []string
	for _, f := range s.forms {
		if bytes.Contains(text, f.text) {
			found = append(found, f.name)
		}
	}
	return found
}
