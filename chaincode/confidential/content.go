package confidential

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// Version is the schema version of the values of this package.
const Version = 1

// MaxFields bounds the fields of a record, decoys included.
const MaxFields = 64

// TransientRecord is the entry of the transient map in which a [Draft] travels, as
// JSON.
const TransientRecord = "record"

// Draft is a record as its owner gives it. The ledger adds owner, members, version
// and time, and makes the commitments.
type Draft struct {
	// V is the schema version, 1.
	V int `json:"v"`
	// ID names the record: 32 random bytes in base64url without padding.
	ID string `json:"id"`
	// Kind is one of collections.Kinds.
	Kind string `json:"kind"`
	// Subjects are what it is about, at most 16: objects, lots, classes, places and
	// parties in any form that gs1 reads, events by their hash ids. They are stored
	// in canonical form, sorted.
	Subjects []string `json:"subjects,omitempty"`
	// Replaces is the id of the record of which this is the next version.
	Replaces string `json:"replaces,omitempty"`
	// Sensitivity is [Standard], [Mutual] or [PersonalData]; empty stands for the
	// first, and for the last in a record of kind "personal", which has no other.
	Sensitivity string `json:"sensitivity,omitempty"`
	// Approvers, Transfer and Retention are as in [Manifest], in any order.
	Approvers []string  `json:"approvers,omitempty"`
	Transfer  *Transfer `json:"transfer,omitempty"`
	Retention Retention `json:"retention,omitzero"`
	// Fields are the facts and decoys, 1 to 64 of them.
	Fields []selective.Field `json:"fields"`
}

// Content is the secret part of a record, as it stands in the collection.
type Content struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is the record's.
	ID string `json:"id"`
	// Fields are the facts with their salts, and the decoys, in the order of the
	// draft.
	Fields []selective.Field `json:"fields"`
}

// parse reads a draft strictly. The errors name fields by position and never quote
// a value: a refusal is not confidential.
func parse(text []byte) (*Draft, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var d Draft
	err := decoder.Decode(&d)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return &d, d.normalise()
		}
	}
	// The decoder's own words can quote the text.
	return nil, fault.New(fault.InvalidRequest, "the record is not a JSON object of the documented members").At("transient/record")
}

// normalise brings the draft into the form in which a manifest has it.
func (d *Draft) normalise() error {
	if d.V != Version {
		return refuse("/v", "this version records schema %d", Version)
	}
	if d.Sensitivity == "" {
		d.Sensitivity = Standard
		if d.Kind == collections.KindPersonal {
			d.Sensitivity = PersonalData
		}
	}
	if len(d.Subjects) > MaxSubjects {
		return refuse("/subjects", "a record is about %d things at most", MaxSubjects)
	}
	for i, subject := range d.Subjects {
		canonical, ok := canonicalSubject(subject)
		if !ok {
			return refuse("/subjects/"+strconv.Itoa(i), "neither a GS1 identifier nor the hash id of an event")
		}
		d.Subjects[i] = canonical
	}
	slices.Sort(d.Subjects)
	slices.Sort(d.Approvers)
	if d.Transfer != nil {
		slices.Sort(d.Transfer.Countries)
	}
	return d.checkFields()
}

// canonicalSubject returns the form in which a manifest names what it is about.
func canonicalSubject(text string) (string, bool) {
	if len(text) > 4*MaxSubject {
		return "", false
	}
	if hash, err := product.EventHash(text); err == nil {
		return product.EventURI(hash), true
	}
	id, err := gs1.Parse(text)
	if err != nil || len(id.Path()) > MaxSubject {
		return "", false
	}
	return id.Path(), true
}

func (d *Draft) checkFields() error {
	if len(d.Fields) == 0 || len(d.Fields) > MaxFields {
		return refuse("/fields", "a record has 1 to %d fields", MaxFields)
	}
	names, salts, facts := map[string]bool{}, map[string]bool{d.ID: true}, 0
	for i, f := range d.Fields {
		at := "/fields/" + strconv.Itoa(i)
		switch err := f.Check(); {
		case errors.Is(err, selective.ErrWeakSalt):
			return refuse(at+"/salt", "a salt is %d random bytes in base64url without padding; this one can be guessed", selective.SaltSize)
		case err != nil:
			return refuse(at, "a field has a name of 1 to %d bytes and a value of 1 to %d, a decoy neither", selective.MaxName, selective.MaxValue)
		case salts[f.Salt]:
			return refuse(at+"/salt", "each salt is used once")
		}
		salts[f.Salt] = true
		if f.Decoy() {
			continue
		}
		facts++
		if names[f.Name] {
			return refuse(at+"/name", "each name stands once")
		}
		names[f.Name] = true
		if err := checkField(d.Kind, f, at); err != nil {
			return err
		}
	}
	if facts == 0 {
		return refuse("/fields", "a record of decoys alone says nothing")
	}
	return nil
}

// checkField holds a field against the schema of its kind. The schema's name of it
// is a secret, too: the client, which knows it, says it.
func checkField(kind string, f selective.Field, at string) error {
	err := collections.CheckField(kind, f.Name, f.Value)
	var wrong *collections.FieldError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &wrong):
		return refuse("/kind", "there is no such kind of record")
	case wrong.Name == "":
		return refuse(at, "the field is not as the schema of its kind has it")
	}
	return refuse(at+"/value", "the value is not of the form that the schema of its kind asks for")
}

// manifest returns the manifest of the draft, without what only the ledger knows.
func (d *Draft) manifest() (*Manifest, error) {
	m := &Manifest{
		V: Version, ID: d.ID, Kind: d.Kind, Subjects: d.Subjects, Version: 1, Replaces: d.Replaces, Sensitivity: d.Sensitivity,
		Approvers: d.Approvers, Transfer: d.Transfer, Retention: d.Retention, Commitments: make([]string, len(d.Fields)),
	}
	for i, f := range d.Fields {
		commitment, err := selective.Commit(d.ID, f)
		if err != nil { // the id: the fields have been checked
			return nil, refuse("/id", "an id is %d random bytes in base64url without padding", selective.SaltSize)
		}
		m.Commitments[i] = commitment
	}
	slices.Sort(m.Commitments)
	return m, nil
}

// content returns the value that is kept in the collection.
func (d *Draft) content() ([]byte, error) {
	value, err := encode(Content{V: Version, ID: d.ID, Fields: d.Fields})
	if err == nil && len(value) > ledger.MaxRecord {
		err = fault.New(fault.LimitExceeded, "the record would have %d bytes; at most %d are stored: split it", len(value), ledger.MaxRecord).At("transient/record")
	}
	return value, err
}

func encode(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil { // without the cause, which could quote
		return nil, fault.New(fault.Internal, "a private value cannot be written")
	}
	return text, nil
}

func refuse(pointer, format string, args ...any) error {
	return fault.New(fault.InvalidRequest, format, args...).At("transient/record" + pointer)
}
