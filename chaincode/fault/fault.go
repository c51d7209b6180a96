package fault

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Error is a refusal with everything a program needs to act on it.
//
// It matches its [Code] with errors.Is.
type Error struct {
	// Code is the stable reason.
	Code Code `json:"-"`
	// Message is for people, in English; it is never parsed.
	Message string `json:"m,omitempty"`
	// Event is the index of the event in its document plus one; 0 when the
	// fault is not about one event. Use [Error.EventIndex].
	Event int `json:"e,omitempty"`
	// EPC is the identifier at fault, in canonical form, if there is one.
	EPC string `json:"o,omitempty"`
	// Field is a JSON pointer (RFC 6901) into the request or document.
	Field string `json:"f,omitempty"`
	// Detail holds what a program needs to go on, such as the first
	// transaction of an AlreadyRecorded; nil when there is nothing.
	Detail map[string]string `json:"d,omitempty"`

	cause error
}

// New returns an error of the given code. The format may wrap a cause with %w;
// the cause is for the local process and does not travel.
func New(code Code, format string, args ...any) *Error {
	formatted := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: formatted.Error(), cause: errors.Unwrap(formatted)}
}

// AtEvent returns a copy that names the event by its index in the document,
// counted from 0. An index that is already there stays.
func (e *Error) AtEvent(index int) *Error {
	c := *e
	if c.Event == 0 {
		c.Event = index + 1
	}
	return &c
}

// About returns a copy that names the object at fault.
func (e *Error) About(epc string) *Error {
	c := *e
	c.EPC = epc
	return &c
}

// At returns a copy that points to a field of the request.
func (e *Error) At(pointer string) *Error {
	c := *e
	c.Field = pointer
	return &c
}

// With returns a copy with one more detail.
func (e *Error) With(name, value string) *Error {
	c := *e
	c.Detail = make(map[string]string, len(e.Detail)+1)
	for k, v := range e.Detail { //determinism:ok one map becomes another
		c.Detail[k] = v
	}
	c.Detail[name] = value
	return &c
}

// EventIndex returns the index of the event at fault, and whether there is one.
func (e *Error) EventIndex() (int, bool) { return e.Event - 1, e.Event > 0 }

// Is reports whether target is this error's code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap returns the local cause, if any.
func (e *Error) Unwrap() error { return e.cause }

// Error returns the text for people: the code, where and about what, the message.
// It has no token: [Error.Wire] has.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(string(e.Code) + ": ")
	if i, ok := e.EventIndex(); ok {
		fmt.Fprintf(&text, "event %d: ", i)
	}
	if e.EPC != "" {
		text.WriteString(e.EPC + ": ")
	}
	text.WriteString(e.Message)
	if e.Field != "" {
		text.WriteString(" (at " + e.Field + ")")
	}
	return text.String()
}

// Wire returns what a chaincode answers a peer with: the token that [Find] looks for,
// then the text for people.
func (e *Error) Wire() string { return e.token() + " " + e.Error() }

// MaxMessage bounds the message that travels in a token, in bytes: an error is an answer,
// not a document.
const MaxMessage = 2048

// The token is written so that no quoting a peer or gRPC applies can change
// it: letters, digits, '-', '_', '/' and '.' between square brackets.
var token = regexp.MustCompile(`\[countersign/1/([A-Za-z]{1,64})/([A-Za-z0-9_-]*)\]`)

func (e *Error) token() string {
	c := *e
	if len(c.Message) > MaxMessage {
		c.Message = strings.ToValidUTF8(c.Message[:MaxMessage], "")
	}
	body, err := json.Marshal(&c)
	if err != nil { // only strings and ints: cannot happen, but lose the detail rather than the code
		body = nil
	}
	return "[countersign/1/" + string(e.Code) + "/" + base64.RawURLEncoding.EncodeToString(body) + "]"
}

// Find looks for the first fault in a text, whatever stands around it, and
// rebuilds it. It reports false when there is none.
func Find(text string) (*Error, bool) {
	match := token.FindStringSubmatch(text)
	if match == nil {
		return nil, false
	}
	found := &Error{Code: Code(match[1])}
	if body, err := base64.RawURLEncoding.DecodeString(match[2]); err == nil {
		if err := json.Unmarshal(body, found); err != nil {
			found.Message = "the detail of this fault could not be read"
		}
	}
	return found, true
}

// Of returns the fault that err is, or wraps, or carries in its text. When
// there is none, it wraps err as [Internal], so that a rule's every failure
// has a code. It returns nil for nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var found *Error
	if errors.As(err, &found) {
		return found
	}
	if found, ok := Find(err.Error()); ok {
		return found
	}
	return New(Internal, "%w", err)
}
