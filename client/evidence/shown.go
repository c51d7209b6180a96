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
	if statement == nil {
		return nil, malformed("fields are shown with the statement of their record, and there is none")
	}
	if err := statement.check(); err != nil {
		return nil, err
	}
	return s, s.CheckFields()
}

// Kind returns [KindShownFields].
func (s *ShownFields) Kind() string { return KindShownFields }

// Attested returns the statement of the record.
func (s *ShownFields) Attested() *Statement { return s.Statement }

// Encode writes a file, as [Statement.Encode] does: the same bytes for the same
// fields and statement. It fails with [FormatError].
func (s *ShownFields) Encode() ([]byte, error) {
	if s.Statement == nil {
		return nil, malformed("there is no statement")
	}
	if err := s.CheckFields(); err != nil {
		return nil, err
	}
	f := s.Statement.file(KindShownFields)
	for i, field := range s.Fields {
		text, err := field.MarshalText()
		if err != nil {
			return nil, malformed("disclosure %d: %w", i, err)
		}
		f.Disclosures = append(f.Disclosures, string(text))
	}
	return s.Statement.encode(f)
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
func (f *file) shownFields() (*ShownFields, error) {
	s := &ShownFields{Statement: f.statement()}
	if n := len(f.Disclosures); n > MaxFields {
		return nil, malformed("a file shows 1 to %d fields, not %d", MaxFields, n)
	}
	for i, text := range f.Disclosures {
		field, err := selective.ParseField([]byte(text))
		if err != nil {
			return nil, malformed("disclosure %d: %w", i, err)
		}
		s.Fields = append(s.Fields, field)
	}
	return s, nil
}
