package client

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// decoys fill the fields of a record up to a multiple of this.
const decoys = 8

// ErrPayload says that something is no payload of a confidential record.
var ErrPayload = errors.New("client: a payload is one of the types in package collections")

// NewRecord makes a confidential record of a payload (collections.Terms, Origin,
// Composition, Certificate, Personal or Event, or a pointer to one), about objects,
// lots, classes or events: a draft with id, salts, and decoys that hide how many
// fields it has. Set what else is to be said of it, such as Retention, Transfer,
// Sensitivity or Replaces, and keep it before it is written.
//
// It fails with [ErrPayload], and with a *collections.FieldError for a value that is
// not of the form that the schema of the kind asks for.
func NewRecord(payload any, subjects ...string) (confidential.Draft, error) {
	kind, ok := kindOf(payload)
	if !ok {
		return confidential.Draft{}, ErrPayload
	}
	fields, err := collections.Fields(payload)
	if err != nil {
		return confidential.Draft{}, fmt.Errorf("client: the payload of kind %s: %w", kind, err)
	}
	draft := confidential.Draft{Kind: kind, Subjects: subjects}
	for _, f := range fields {
		draft.Fields = append(draft.Fields, selective.Field{Name: f.Name, Value: f.Value})
	}
	return Salted(draft)
}

func kindOf(payload any) (string, bool) {
	switch payload.(type) {
	case collections.Terms, *collections.Terms:
		return collections.KindTerms, true
	case collections.Origin, *collections.Origin:
		return collections.KindOrigin, true
	case collections.Composition, *collections.Composition:
		return collections.KindComposition, true
	case collections.Certificate, *collections.Certificate:
		return collections.KindCertificate, true
	case collections.Personal, *collections.Personal:
		return collections.KindPersonal, true
	case collections.Event, *collections.Event:
		return collections.KindEvent, true
	default:
		return "", false
	}
}

// Salted returns a draft with an id and salts where it has none, and with decoys up to
// a multiple of eight fields. One that has all of them stays as it is. One without an
// id is of another record than any before, and gets new salts for all fields: whoever
// was shown a field by its salt could guess with it what another record says. It fails
// only when the system's source of randomness is none.
func Salted(draft confidential.Draft) (confidential.Draft, error) {
	draft.V = confidential.Version
	draft.Fields = slices.Clone(draft.Fields)
	for len(draft.Fields)%decoys != 0 {
		draft.Fields = append(draft.Fields, selective.Field{})
	}
	anew := draft.ID == ""
	// In a shell, what begins with a dash is a flag.
	for draft.ID == "" || anew && draft.ID[0] == '-' {
		if err := salt(&draft.ID); err != nil {
			return confidential.Draft{}, err
		}
	}
	for i := range draft.Fields {
		if of := &draft.Fields[i]; anew || of.Salt == "" {
			if err := salt(&of.Salt); err != nil {
				return confidential.Draft{}, err
			}
		}
	}
	return draft, nil
}

// salt writes 32 random bytes.
func salt(into *string) (err error) {
	if *into, err = selective.NewSalt(rand.Reader); err != nil {
		return fmt.Errorf("client: %w", err)
	}
	return nil
}
