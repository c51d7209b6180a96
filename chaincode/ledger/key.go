package ledger

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	separator = "\x00"
	lastRune  = "\U0010FFFF"

	// MaxKey bounds a key, in bytes.
	MaxKey = 1024
)

// Key is a composite key in Fabric's encoding: U+0000, the object type and
// each part followed by U+0000. The zero Key is invalid, and every operation
// on it is refused.
type Key string

// NewKey makes the key of an object type and its parts. A part that is not
// UTF-8, or holds U+0000 or U+10FFFF, could reach into another object's keys:
// the result is then the invalid zero Key. The same goes for an empty object
// type and for a key over [MaxKey].
func NewKey(objectType string, parts ...string) Key {
	if objectType == "" || !keyPart(objectType) {
		return ""
	}
	size := 2*len(separator) + len(objectType)
	for _, part := range parts {
		if !keyPart(part) {
			return ""
		}
		size += len(part) + len(separator)
	}
	if size > MaxKey {
		return ""
	}
	key := append(append(append(make([]byte, 0, size), separator...), objectType...), separator...)
	for _, part := range parts {
		key = append(append(key, part...), separator...)
	}
	return Key(key)
}

func keyPart(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, separator) && !strings.Contains(s, lastRune)
}

// Parts returns the object type and the parts of a key, or an empty object
// type when the key is invalid.
func (k Key) Parts() (objectType string, parts []string) {
	inner, ok := strings.CutPrefix(string(k), separator)
	if !ok {
		return "", nil
	}
	inner, ok = strings.CutSuffix(inner, separator)
	if !ok {
		return "", nil
	}
	fields := strings.Split(inner, separator)
	return fields[0], fields[1:]
}

// String shows a key to people, with '~' between its parts.
func (k Key) String() string {
	objectType, parts := k.Parts()
	return strings.Join(append([]string{objectType}, parts...), "~")
}

// Number writes n so that keys sort by it: decimal, twelve digits.
func Number(n uint64) string { return fmt.Sprintf("%012d", n) }
