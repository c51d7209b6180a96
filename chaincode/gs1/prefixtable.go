package gs1

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// PrefixTable is a PrefixSource made of a list of known prefixes: the longest
// one that the digits begin with counts. It is not to be changed while others
// use it.
type PrefixTable struct {
	lengths map[string]int // of the company prefixes that begin so
	longest int
}

// NewPrefixTable returns a table of whole company prefixes.
func NewPrefixTable(prefixes ...string) *PrefixTable {
	t := &PrefixTable{lengths: make(map[string]int, len(prefixes))}
	for _, prefix := range prefixes {
		t.Add(prefix, len(prefix))
	}
	return t
}

// Add says that company prefixes that begin with these digits have that length.
// A length of 0 says that no company prefixes begin so.
func (t *PrefixTable) Add(digits string, length int) {
	if t.lengths == nil {
		t.lengths = make(map[string]int)
	}
	t.lengths[digits] = length
	t.longest = max(t.longest, len(digits))
}

// PrefixLength implements PrefixSource. The error matches ErrPrefixLength.
func (t *PrefixTable) PrefixLength(digits string) (int, error) {
	for n := min(t.longest, len(digits)); n > 0; n-- {
		length, ok := t.lengths[digits[:n]]
		if !ok {
			continue
		}
		if length <= 0 || length > len(digits) {
			break
		}
		return length, nil
	}
	return 0, fmt.Errorf("%w: %q", ErrPrefixLength, digits)
}

// maxPrefixList bounds GS1's list, which has about 100 kB.
const maxPrefixList = 16 << 20

// ReadPrefixTable reads the list that GS1 publishes for this purpose,
// gcpprefixformatlist.json: entries of a prefix and the length of the company
// prefixes that begin with it. Whether it may be redistributed is not said, so
// it does not come with the package.
func ReadPrefixTable(list io.Reader) (*PrefixTable, error) {
	var document struct {
		List struct {
			Entries []struct {
				Prefix string `json:"prefix"`
				Length int    `json:"gcpLength"`
			} `json:"entry"`
		} `json:"GCPPrefixFormatList"`
	}
	if err := json.NewDecoder(io.LimitReader(list, maxPrefixList)).Decode(&document); err != nil {
		return nil, fmt.Errorf("gs1: list of prefixes: %w", err)
	}
	if len(document.List.Entries) == 0 {
		return nil, fmt.Errorf("gs1: list of prefixes: %w", ErrSyntax)
	}
	t := NewPrefixTable()
	for _, entry := range document.List.Entries {
		if entry.Prefix == "" || !allDigits(entry.Prefix) || entry.Length < 0 || entry.Length > MaxURNPrefix {
			return nil, fmt.Errorf("gs1: list of prefixes: entry %q of length %d: %w", entry.Prefix, entry.Length, ErrSyntax)
		}
		t.Add(entry.Prefix, entry.Length)
	}
	return t, nil
}

// URNPrefix returns the company prefix that an EPC URN carries: what a caller
// keeps of a URN to be able to write it again.
func URNPrefix(urn string) (prefix string, ok bool) {
	if _, err := Parse(urn); err != nil || !strings.HasPrefix(urn, "urn:") {
		return "", false
	}
	// After four colons: urn:epc:form:scheme:
	parts := strings.SplitN(urn, ":", 5)
	prefix, _, ok = strings.Cut(parts[len(parts)-1], ".")
	return prefix, ok
}
