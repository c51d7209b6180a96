package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// FormatError says that something is not evidence in this package's format, or
// that the protobuf messages in it are not in the one form Fabric writes.
type FormatError struct {
	// Reason says what is wrong, in English.
	Reason string
	cause  error // shown after the reason
	inner  error // shown in the reason
}

// Error implements error.
func (e *FormatError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("evidence: %s: %v", e.Reason, e.cause)
	}
	return "evidence: " + e.Reason
}

// Unwrap returns the error underneath, if any.
func (e *FormatError) Unwrap() error { return cmp.Or(e.cause, e.inner) }

// malformed keeps the error that is wrapped with %w, if any, for errors.Is.
func malformed(format string, args ...any) error {
	formatted := fmt.Errorf(format, args...)
	return &FormatError{Reason: formatted.Error(), inner: errors.Unwrap(formatted)}
}

// file is the JSON form, members in this order.
type file struct {
	Format       string            `json:"format"`
	Kind         string            `json:"kind"`
	Channel      string            `json:"channel"`
	Chaincode    string            `json:"chaincode"`
	Function     string            `json:"function"`
	Request      json.RawMessage   `json:"request"`
	Result       json.RawMessage   `json:"result"`
	Disclosures  []string          `json:"disclosures,omitempty"`
	Proposal     []byte            `json:"proposal"`
	Payload      []byte            `json:"payload"`
	Endorsements []fileEndorsement `json:"endorsements"`
}

type fileEndorsement struct {
	MSP       string `json:"msp"`
	Endorser  []byte `json:"endorser"`
	Signature []byte `json:"signature"`
}

// Kind returns [KindStatement].
func (s *Statement) Kind() string { return KindStatement }

// Attested returns the statement itself.
func (s *Statement) Attested() *Statement { return s }

// Encode writes the statement as a file: JSON with two spaces of indentation
// and a newline at the end, the same bytes for the same statement. It fails
// with [FormatError] when the statement is not complete and in order, or would
// be over [MaxSize].
func (s *Statement) Encode() ([]byte, error) { return s.encode(s.file(KindStatement)) }

func (s *Statement) file(kind string) *file {
	f := &file{
		Format: Format, Kind: kind, Channel: s.Channel, Chaincode: s.Chaincode, Function: s.Function,
		Request: s.Request, Result: s.Result, Proposal: s.Proposal, Payload: s.Payload,
	}
	for _, e := range s.Endorsements {
		f.Endorsements = append(f.Endorsements, fileEndorsement(e))
	}
	return f
}

// encode writes a file that the statement stands in.
func (s *Statement) encode(f *file) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // request and result keep the bytes that were signed
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(f); err != nil {
		return nil, &FormatError{Reason: "the statement cannot be written", cause: err}
	}
	if out.Len() > MaxSize {
		return nil, malformed("the file would have %d bytes; at most %d are allowed", out.Len(), MaxSize)
	}
	return out.Bytes(), nil
}

func (f *file) statement() *Statement {
	s := &Statement{
		Channel: f.Channel, Chaincode: f.Chaincode, Function: f.Function,
		Request: compact(f.Request), Result: compact(f.Result), Proposal: f.Proposal, Payload: f.Payload,
	}
	for _, e := range f.Endorsements {
		s.Endorsements = append(s.Endorsements, Endorsement(e))
	}
	return s
}

// Evidence is one piece of evidence, of one of the kinds: a [*Statement] or
// [*ShownFields].
type Evidence interface {
	// Kind names the kind, as the file does.
	Kind() string
	// Attested returns the attested statement that everything else rests on.
	Attested() *Statement
	// Encode writes the file, in the one form that [Decode] reads. It fails with
	// [FormatError].
	Encode() ([]byte, error)
}

var _, _ Evidence = (*Statement)(nil), (*ShownFields)(nil)

// Decode reads a file that Encode of one of the kinds wrote, and nothing else: a
// file that says the same in other bytes is refused with [FormatError], as is one
// over [MaxSize]. No signature is checked; see package verify.
func Decode(text []byte) (Evidence, error) {
	if len(text) > MaxSize {
		return nil, malformed("the file has %d bytes; at most %d are allowed", len(text), MaxSize)
	}
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, &FormatError{Reason: "the file is not the JSON of evidence", cause: err}
	}
	if f.Format != Format {
		return nil, malformed("the file's format is %q; this version reads %q", f.Format, Format)
	}
	var read Evidence
	switch f.Kind {
	case KindStatement:
		read = f.statement()
	case KindShownFields:
		shown, err := f.shownFields()
		if err != nil {
			return nil, err
		}
		read = shown
	default:
		return nil, malformed("the file is evidence of kind %q; this version reads %q and %q", f.Kind, KindStatement, KindShownFields)
	}
	again, err := read.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return nil, &FormatError{Reason: "the file is not in the form that this format prescribes", cause: differAt(text, again)}
	}
	return read, nil
}

func compact(text json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return nil // absent; check says so
	}
	return out.Bytes()
}

func differAt(got, want []byte) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("first difference at byte %d (line %d)", i, 1+bytes.Count(got[:i], []byte("\n")))
		}
	}
	return errors.New("something is missing or left over at its end")
}
