package selective

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

const (
	// MaxName bounds a field's name, MaxValue its value, in bytes.
	MaxName, MaxValue = 200, 6 << 10
	// maxText bounds the text of a disclosure: JSON writes a byte as six at most.
	maxText = 6*(MaxName+MaxValue) + 128

	// domain keeps these hashes apart from all others.
	domain = "countersign field 1\n"
)

// ErrMalformed says that a text is no disclosure of the documented form.
var ErrMalformed = errors.New("selective: not a disclosure of the documented form")

// ErrNotCommitted says that a field opens none of the commitments.
var ErrNotCommitted = errors.New("selective: the field opens none of the record's commitments")

// Field is one fact of a private record. With its salt it is a secret until it is
// given to somebody.
type Field struct {
	// Name is a JSON pointer into the record's payload, at most 200 bytes; empty
	// for a decoy.
	Name string `json:"name" jsonschema:"maxLength=200"`
	// Value is the fact, a text of at most 6,144 bytes, UTF-8; empty for a decoy.
	Value string `json:"value" jsonschema:"maxLength=6144"`
	// Salt is 32 random bytes in base64url without padding, fresh for each field.
	Salt string `json:"salt" jsonschema:"maxLength=43"`
}

// Decoy reports whether the field is a commitment to nothing.
func (f Field) Decoy() bool { return f.Name == "" && f.Value == "" }

// Check holds a field against the limits. It fails with [ErrMalformed] or
// [ErrWeakSalt], and never quotes the field.
func (f Field) Check() error {
	switch {
	case len(f.Name) > MaxName || len(f.Value) > MaxValue || (f.Name == "") != (f.Value == ""):
		return ErrMalformed
	case !utf8.ValidString(f.Name) || !utf8.ValidString(f.Value):
		return ErrMalformed
	case !Strong(f.Salt):
		return ErrWeakSalt
	}
	return nil
}

// MarshalText returns the text of the disclosure, which the commitment covers: the
// same field always gives the same bytes. It fails as [Field.Check] does.
func (f Field) MarshalText() ([]byte, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode([3]string{f.Salt, f.Name, f.Value}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// MarshalJSON writes the field as an object of its three members, as it stands in
// requests and private values: encoding/json would take [Field.MarshalText] for it,
// and could not read it back. It checks nothing.
func (f Field) MarshalJSON() ([]byte, error) {
	type members Field
	return json.Marshal(members(f))
}

// ParseField reads the text of a disclosure strictly: only what [Field.MarshalText]
// writes. It fails with [ErrMalformed] or [ErrWeakSalt], and never quotes the text.
func ParseField(text []byte) (Field, error) {
	var parts []string
	if len(text) > maxText || json.Unmarshal(text, &parts) != nil || len(parts) != 3 {
		return Field{}, ErrMalformed
	}
	f := Field{Salt: parts[0], Name: parts[1], Value: parts[2]}
	again, err := f.MarshalText()
	if err != nil {
		return Field{}, err
	}
	if !bytes.Equal(again, text) {
		return Field{}, ErrMalformed
	}
	return f, nil
}

// Commit returns the commitment that a field of a record opens. It fails as
// [Field.Check] does, and with [ErrMalformed] for an id that is none.
func Commit(record string, f Field) (string, error) {
	id, ok := Decode(record)
	if !ok {
		return "", ErrMalformed
	}
	text, err := f.MarshalText()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write([]byte(domain))
	h.Write(id)
	h.Write(text)
	return encoding.EncodeToString(h.Sum(nil)), nil
}

// Open checks that each field opens one of a record's commitments, and none twice.
// It fails with [ErrNotCommitted], or as [Commit] does, naming the field by its
// place only.
func Open(record string, commitments []string, fields ...Field) error {
	left := make(map[string]bool, len(commitments))
	for _, c := range commitments {
		left[c] = true
	}
	for i, f := range fields {
		c, err := Commit(record, f)
		if err == nil && !left[c] {
			err = ErrNotCommitted
		}
		if err != nil {
			return fmt.Errorf("field %d: %w", i, err)
		}
		left[c] = false
	}
	return nil
}
