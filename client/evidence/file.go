package evidence

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
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

// ErrLater says that a file is evidence of a format or kind that this version does not
// know: a later version may. Nothing can be said of it.
var ErrLater = errors.New("a later version may know it")

// malformed keeps the error that is wrapped with %w, if any, for errors.Is.
func malformed(format string, args ...any) error {
	formatted := fmt.Errorf(format, args...)
	return &FormatError{Reason: formatted.Error(), inner: errors.Unwrap(formatted)}
}

// Evidence is one piece of evidence, of one of the kinds: a [*Statement],
// [*ShownFields], [*Readings], [*Events] or [*Contained].
type Evidence interface {
	// Kind names the kind, as the file does.
	Kind() string
	// Attested returns the attested statement that everything else rests on.
	Attested() *Statement
	// Check holds the evidence against the limits of the format, and what it shows
	// against the form of that. It checks no signature, and fails with
	// [FormatError].
	Check() error
	// Encode writes the file, in the one form that [Decode] reads: JSON with two
	// spaces of indentation and a newline at the end, the same bytes for the same
	// evidence. It fails with [FormatError], as Check does or over [MaxSize].
	Encode() ([]byte, error)

	// show writes what the kind shows beside the statement.
	show(*writer) error
}

var _, _, _, _, _ Evidence = (*Statement)(nil), (*ShownFields)(nil), (*Readings)(nil), (*Events)(nil), (*Contained)(nil)

// Kind returns [KindStatement].
func (s *Statement) Kind() string { return KindStatement }

// Attested returns the statement itself.
func (s *Statement) Attested() *Statement { return s }

// Encode writes the statement as a file; see [Evidence].
func (s *Statement) Encode() ([]byte, error) { return encode(s) }

func (s *Statement) show(*writer) error { return nil }

func encode(e Evidence) ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	w := &writer{text: make([]byte, 0, 1<<10+e.Attested().size()*3/2)}
	return w.file(e)
}

// file writes evidence that has been checked.
func (w *writer) file(e Evidence) ([]byte, error) {
	s := e.Attested()
	w.open('{')
	w.string("format", Format)
	w.string("kind", e.Kind())
	w.string("channel", s.Channel)
	w.string("chaincode", s.Chaincode)
	w.string("function", s.Function)
	w.raw("request", s.Request)
	w.raw("result", s.Result)
	s.list(w)
	if err := e.show(w); err != nil {
		return nil, err
	}
	w.bytes("proposal", s.Proposal)
	w.bytes("payload", s.Payload)
	w.name("endorsements")
	w.open('[')
	for i := range s.Endorsements {
		endorsement := &s.Endorsements[i]
		w.item()
		w.open('{')
		w.string("msp", endorsement.MSP)
		w.bytes("endorser", endorsement.Endorser)
		w.bytes("signature", endorsement.Signature)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	w.text = append(w.text, '\n')
	if len(w.text) > MaxSize {
		return nil, malformed("the file would have %d bytes; at most %d are allowed", len(w.text), MaxSize)
	}
	return w.text, nil
}

// list writes the entries of ranges, a list for each.
func (s *Statement) list(w *writer) {
	if len(s.Listed) == 0 {
		return
	}
	w.name("listed")
	w.open('[')
	for _, entries := range s.Listed {
		w.item()
		if len(entries) == 0 {
			w.text = append(w.text, "[]"...)
			continue
		}
		w.open('[')
		for _, e := range entries {
			w.item()
			w.quote(e.String())
		}
		w.close(']')
	}
	w.close(']')
}

// String writes an entry as a file does: block, transaction and key with colons
// between them.
func (e Entry) String() string {
	return strconv.FormatUint(e.Version.Block, 10) + ":" + strconv.FormatUint(e.Version.Transaction, 10) + ":" + e.Key
}

func parseEntry(text string) (Entry, error) {
	block, rest, _ := strings.Cut(text, ":")
	transaction, key, found := strings.Cut(rest, ":")
	e := Entry{Key: key}
	var err, err2 error
	e.Version.Block, err = strconv.ParseUint(block, 10, 64)
	e.Version.Transaction, err2 = strconv.ParseUint(transaction, 10, 64)
	if !found || err != nil || err2 != nil {
		return e, malformed("%.40q is no entry of a list: block, transaction and key with colons between them", text)
	}
	return e, nil
}

// Decode reads a file that Encode of one of the kinds wrote, and nothing else: a
// file that says the same in other bytes is refused with [FormatError], as is one
// over [MaxSize]. No signature is checked; see package verify.
func Decode(text []byte) (Evidence, error) {
	if len(text) > MaxSize {
		return nil, malformed("the file has %d bytes; at most %d are allowed", len(text), MaxSize)
	}
	read, err := parse(text)
	if err != nil {
		return nil, err
	}
	if err := read.Check(); err != nil {
		return nil, err
	}
	w := &writer{}
	if kept, ok := buffers.Get().(*[]byte); ok {
		w.text = (*kept)[:0]
	}
	again, err := w.file(read)
	defer buffers.Put(&w.text)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return nil, &FormatError{Reason: "the file is not in the form that this format prescribes", cause: differAt(text, again)}
	}
	return read, nil
}

// buffers keeps what files were written to for comparison.
var buffers sync.Pool

func differAt(got, want []byte) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("first difference at byte %d (line %d)", i, 1+bytes.Count(got[:i], []byte("\n")))
		}
	}
	return errors.New("something is missing or left over at its end")
}
