package epcis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// ErrContextPending is returned for the hash of an event that came from a Reader
// whose document has not shown its @context yet, so that names in the event cannot
// be resolved. Hash it after the Reader's io.EOF, or read the document as a whole.
var ErrContextPending = errors.New("epcis: the document's @context was not read yet")

const (
	hashPrefix = "ni:///sha-256;"
	hashSuffix = "?ver=CBV2.0"
)

// HashID returns the event's CBV 2.0 hash identifier,
// ni:///sha-256;{hex}?ver=CBV2.0, by the rules of 2026. The hash covers everything
// in the event but recordTime, eventID, errorDeclaration, certificationInfo and
// comments. It fails with ErrContextPending only.
//
// Events with the same hash say the same; who said it, and whether it is true, the
// hash does not tell.
func (e *Event) HashID() (string, error) {
	b, err := e.preHash()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	id := make([]byte, 0, len(hashPrefix)+2*len(sum)+len(hashSuffix))
	id = hex.AppendEncode(append(id, hashPrefix...), sum[:])
	return string(append(id, hashSuffix...)), nil
}

// PreHash returns the string whose SHA-256 is the event's hash, for finding out
// why two hashes differ. It fails with ErrContextPending only.
func (e *Event) PreHash() (string, error) {
	b, err := e.preHash()
	return string(b), err
}

func (e *Event) preHash() ([]byte, error) {
	h := hasher{names: scopes{own: e.Context, outer: e.scope}}
	if h.names.pending() {
		return nil, ErrContextPending
	}
	h.b = make([]byte, 0, 1024)
	h.event(e)
	return h.b, nil
}

// hasher builds a pre-hash string. A leaf is name=value, a parent its name
// followed by its children; siblings of one list are in byte order.
type hasher struct {
	b     []byte
	names scopes
	marks []int // where siblings begin that are still to be sorted
	tmp   []byte
	parts [][]byte
}

// group writes siblings and puts them into byte order. write calls item before
// each of them.
func (h *hasher) group(write func()) {
	base := len(h.marks)
	write()
	h.sort(h.marks[base:])
	h.marks = h.marks[:base]
}

func (h *hasher) item() { h.marks = append(h.marks, len(h.b)) }

func (h *hasher) sort(marks []int) {
	if len(marks) < 2 || h.sorted(marks) {
		return
	}
	start := marks[0]
	h.tmp = append(h.tmp[:0], h.b[start:]...)
	h.parts = h.parts[:0]
	for i, m := range marks {
		end := len(h.b)
		if i+1 < len(marks) {
			end = marks[i+1]
		}
		h.parts = append(h.parts, h.tmp[m-start:end-start])
	}
	slices.SortFunc(h.parts, bytes.Compare)
	out := h.b[:start]
	for _, p := range h.parts {
		out = append(out, p...)
	}
}

func (h *hasher) sorted(marks []int) bool {
	for i := 1; i < len(marks); i++ {
		end := len(h.b)
		if i+1 < len(marks) {
			end = marks[i+1]
		}
		if bytes.Compare(h.b[marks[i-1]:marks[i]], h.b[marks[i]:end]) > 0 {
			return false
		}
	}
	return true
}

// parent writes a name and what children write; nothing if that is nothing.
func (h *hasher) parent(name string, children func()) {
	start := len(h.b)
	h.b = append(h.b, name...)
	before := len(h.b)
	children()
	if len(h.b) == before {
		h.b = h.b[:start]
	}
}

// leaf writes name=value, or nothing for an empty value.
func (h *hasher) leaf(name, value string) {
	start := len(h.b)
	h.b = append(h.b, name...)
	if !h.value(value) {
		h.b = h.b[:start]
	}
}

// text writes name=value without any change to the value.
func (h *hasher) text(name, value string) {
	if value != "" {
		h.b = append(append(append(h.b, name...), '='), value...)
	}
}

// value writes = and the canonical form of a value: CBV words as web URIs, numbers
// in plain decimals, GS1 identifiers as canonical Digital Links. It reports whether
// there was anything to write.
func (h *hasher) value(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return false
	}
	h.b = append(h.b, '=')
	if colon := strings.IndexByte(s, ':'); colon >= 0 {
		h.b = append(h.b, h.uriValue(s, colon)...)
		return true
	}
	if b, ok := appendNumber(h.b, s); ok {
		h.b = b
		return true
	}
	h.b = append(h.b, s...)
	return true
}

func (h *hasher) uriValue(s string, colon int) string {
	if ns, ok := h.gs1Namespace(s[:colon]); ok {
		s = ns + s[colon+1:]
	} else if strings.Contains(s, cbvURN) {
		s = legacyWords.Replace(s)
	}
	if canonical, ok := gs1.HashForm(s); ok {
		return canonical
	}
	return s
}

// gs1Namespace resolves the prefix of a CURIE that stands as a value. Only GS1's
// own vocabularies count: other CURIEs stay as they are, since XML has them so.
func (h *hasher) gs1Namespace(prefix string) (string, bool) {
	switch prefix {
	case "urn", "https", "http":
		return "", false
	}
	ns, ok := h.names.namespace(prefix)
	if !ok || !strings.HasPrefix(ns, "https://ref.gs1.org") && !strings.HasPrefix(ns, "https://gs1.org") {
		return "", false
	}
	return ns, true
}
