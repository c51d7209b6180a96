package confidential

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Limits on a record.
const (
	// SaltSize is the size of a salt and of a record's id, in bytes.
	SaltSize = 32
	// MaxFields bounds the fields of a record.
	MaxFields = 64
	// MaxName bounds a field's name, in bytes.
	MaxName = 128
	// minDistinct is how many different bytes a salt of 32 must have. Random
	// ones have 30 on average and fewer than 16 less than once in 10^14; a counter
	// padded with zeros or a repeated word has fewer.
	minDistinct = 16
)

// Record is what two organisations share about an object.
type Record struct {
	// V is the schema version, 1.
	V int `json:"v"`
	// ID names the record: 32 random bytes in base64url without padding. It is
	// the key in the collection, whose hash is public, so it must be random.
	ID string `json:"id"`
	// Subject is the object that the record is about, in any form that gs1
	// reads; it is stored in canonical form.
	Subject string `json:"subject"`
	// Kind says what the record holds: terms, origin, composition,
	// certificate.
	Kind string `json:"kind"`
	// Owner is the organisation that wrote it. The ledger sets it.
	Owner string `json:"owner,omitempty"`
	// Fields are the facts, 1 to 64 of them, each name once.
	Fields []Field `json:"fields"`
}

// Field is one fact with its salt.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Salt is 32 random bytes in base64url without padding, fresh for each
	// field.
	Salt string `json:"salt"`
}

// Kinds of records.
var kinds = map[string]bool{"terms": true, "origin": true, "composition": true, "certificate": true}

// parse reads a record strictly. The errors name fields by position and never
// quote a value: a refusal is not confidential.
func parse(text []byte) (*Record, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var r Record
	if err := decoder.Decode(&r); err != nil || decoder.More() {
		// The decoder's own words can quote the text.
		return nil, fault.New(fault.InvalidRequest, "the record is not a JSON object of the documented members").At("transient/record")
	}
	if r.V != 1 {
		return nil, invalid("/v", "this version records schema 1")
	}
	if !strong(r.ID) {
		return nil, invalid("/id", "an id is %d random bytes in base64url without padding", SaltSize)
	}
	subject, err := gs1.Parse(r.Subject)
	if err != nil {
		return nil, invalid("/subject", "not a GS1 identifier")
	}
	r.Subject = subject.Path()
	if !kinds[r.Kind] {
		return nil, invalid("/kind", "kinds are terms, origin, composition and certificate")
	}
	return &r, r.checkFields()
}

func (r *Record) checkFields() error {
	if len(r.Fields) == 0 || len(r.Fields) > MaxFields {
		return invalid("/fields", "a record has 1 to %d fields", MaxFields)
	}
	names, salts := map[string]bool{}, map[string]bool{}
	for i, f := range r.Fields {
		at := "/fields/" + strconv.Itoa(i)
		switch {
		case f.Name == "" || len(f.Name) > MaxName:
			return invalid(at+"/name", "a name has 1 to %d bytes", MaxName)
		case names[f.Name]:
			return invalid(at+"/name", "each name stands once")
		case !strong(f.Salt):
			return invalid(at+"/salt", "a salt is %d random bytes in base64url without padding; this one can be guessed", SaltSize)
		case salts[f.Salt] || f.Salt == r.ID:
			return invalid(at+"/salt", "each salt is used once")
		}
		names[f.Name], salts[f.Salt] = true, true
	}
	return nil
}

// strong reports whether a text is 32 bytes in base64url that do not look made
// up.
func strong(text string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != SaltSize {
		return false
	}
	var seen [256]bool
	distinct, steps := 0, map[byte]bool{}
	for i, b := range raw {
		if !seen[b] {
			seen[b] = true
			distinct++
		}
		if i > 0 {
			steps[b-raw[i-1]] = true
		}
	}
	return distinct >= minDistinct && len(steps) >= minDistinct // a counter steps evenly
}

func invalid(pointer, format string, args ...any) error {
	return fault.New(fault.InvalidRequest, format, args...).At("transient/record" + pointer)
}

func key(id string) ledger.Key { return ledger.NewKey("record", id) }
