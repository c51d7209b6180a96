package evidence

import (
	"cmp"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/selective"
)

const (
	// KindShownFields names fields of a private record, shown with what the ledger
	// says of it.
	KindShownFields = "shown-fields"
	// MaxFields bounds the fields of a file: a record has no more.
	MaxFields = 64
)

// ShownFields are fields of a private record, each with the salt that opens one
// of the record's public commitments, and the attested statement in which the
// ledger gives them. Whoever has the file has the fields: it is as confidential as
// they are.
type ShownFields struct {
	// Statement is of the query confidential:Record.
	Statement *Statement
	// Fields are in order of name, then of salt; no name stands twice, but that of
	// decoys, which is empty.
	Fields []selective.Field
}

// NewShownFields shows 1 to 64 fields of the record that a statement is about, in
// whatever order they are given. It checks the form, and neither signatures nor
// commitments: a verifier does. It fails with [FormatError].
func NewShownFields(statement *Statement, fields ...selective.Field) (*ShownFields, error) {
	s := &ShownFields{Statement: statement, Fields: slices.Clone(fields)}
	slices.SortFunc(s.Fields, compareFields)
	return s, s.Check()
}

// Kind returns [KindShownFields].
func (s *ShownFields) Kind() string { return KindShownFields }

// Attested returns the statement of the record.
func (s *ShownFields) Attested() *Statement { return s.Statement }

// Check holds the evidence against the format; see [Evidence].
func (s *ShownFields) Check() error {
	if err := s.Statement.Check(); err != nil {
		return err
	}
	return s.CheckFields()
}

// Encode writes a file; see [Evidence].
func (s *ShownFields) Encode() ([]byte, error) { return encode(s) }

func (s *ShownFields) show(w *writer) error {
	var list []string
	for i, field := range s.Fields {
		text, err := field.MarshalText()
		if err != nil {
			return malformed("disclosure %d: %w", i, err)
		}
		list = append(list, string(text))
	}
	w.strings("disclosures", list)
	return nil
}

// CheckFields holds the fields against the format: of the documented form, in
// order, none twice. It fails with [FormatError] and never quotes a field.
func (s *ShownFields) CheckFields() error {
	if n := len(s.Fields); n == 0 || n > MaxFields {
		return malformed("a file shows 1 to %d fields, not %d", MaxFields, n)
	}
	for i, field := range s.Fields {
		if err := field.Check(); err != nil {
			return malformed("disclosure %d: %w", i, err)
		}
		if i == 0 {
			continue
		}
		switch before := s.Fields[i-1]; {
		case compareFields(before, field) >= 0:
			return malformed("disclosures must be in order of name and salt, none twice")
		case before.Name == field.Name && !field.Decoy():
			return malformed("disclosures %d and %d have the same name", i-1, i)
		}
	}
	return nil
}

func compareFields(a, b selective.Field) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Salt, b.Salt))
}

// shownFields reads what is in a file. The form of the whole is for Decode to
// check.
func (r *reader) shownFields(s *Statement) (*ShownFields, error) {
	shown := &ShownFields{Statement: s}
	var err error
	if !r.member("disclosures") {
		return shown, r.err // that there are too few is for Check to say
	}
	r.list(func() {
		if len(shown.Fields) == MaxFields && err == nil {
			err = malformed("a file shows 1 to %d fields, and this one more", MaxFields)
		}
		text := r.string()
		if err != nil || r.err != nil {
			return
		}
		field, wrong := selective.ParseField([]byte(text))
		if wrong != nil {
			err = malformed("disclosure %d: %w", len(shown.Fields), wrong)
		}
		shown.Fields = append(shown.Fields, field)
	})
	return shown, cmp.Or(err, r.err)
}
