package epcis

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxViolations bounds a report, so that a hostile document cannot make one
// larger than itself.
const maxViolations = 1000

// Violation is one thing wrong with a document.
type Violation struct {
	// Pointer is where: a JSON pointer (RFC 6901) for JSON, a path such as
	// /EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/action for XML.
	Pointer string `json:"pointer"`
	// Clause is the rule that is broken: a standard and its part.
	Clause string `json:"clause"`
	// Message says what is wrong, in English, for people.
	Message string `json:"message"`
	// Event is the index of the event in the document, or -1.
	Event int `json:"event"`
}

func (v Violation) String() string {
	at := v.Pointer
	if at == "" {
		at = "/"
	}
	return fmt.Sprintf("%s: %s (%s)", at, v.Message, v.Clause)
}

// ValidationError lists everything that is wrong with a document or an event,
// in document order for each event, at most 1000 entries.
type ValidationError struct {
	Violations []Violation
	// Truncated says that there were more than the list holds.
	Truncated bool
}

func (e *ValidationError) Error() string {
	if len(e.Violations) == 0 {
		return "epcis: invalid"
	}
	s := "epcis: " + e.Violations[0].String()
	if n := len(e.Violations) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// segment is one step of a path: a member name, or an index when name is "".
type segment struct {
	name  string
	index int
}

// path is where a reader or a check is, below a prefix.
type path []segment

// pointer renders the path as a JSON pointer.
func (p path) pointer() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte('/')
		if s.name == "" && s.index >= 0 {
			b.WriteString(strconv.Itoa(s.index))
			continue
		}
		b.WriteString(pointerEscape.Replace(short(s.name)))
	}
	return b.String()
}

// short cuts a name that is too long to be repeated in every violation below it.
func short(name string) string {
	const most = 256
	if len(name) <= most {
		return name
	}
	return name[:most] + "..."
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// report collects violations.
type report struct {
	list      []Violation
	truncated bool
}

func (r *report) add(v Violation) {
	if len(r.list) >= maxViolations {
		r.truncated = true
		return
	}
	r.list = append(r.list, v)
}

// addError adds the violations of an error, if it has any.
func (r *report) addError(err error) {
	var invalid *ValidationError
	if !errors.As(err, &invalid) {
		return
	}
	for _, v := range invalid.Violations {
		r.add(v)
	}
	r.truncated = r.truncated || invalid.Truncated
}

// err returns what was collected as an error, or nil.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	return &ValidationError{Violations: r.list, Truncated: r.truncated}
}

// take returns what was collected as an error, or nil, and empties the report.
func (r *report) take() error {
	err := r.err()
	*r = report{}
	return err
}
