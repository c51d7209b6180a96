package readings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// maxFaults bounds the faults that an error lists.
const maxFaults = 20

// Fault is what is wrong with one place of an input.
type Fault struct {
	// Place names it: "line 12", "record 3", "sensorElementList/0/sensorReport/1";
	// empty for the input as a whole.
	Place string
	// At is its number, from 1 for lines and from 0 otherwise.
	At int
	// Err says what is wrong.
	Err error
}

// InputError lists what is wrong with an input, in order: the first 20 places,
// and how many there are in all. It matches what its faults match; a fault that
// says nothing else matches [telemetry.ErrFormat].
type InputError struct {
	Faults []Fault
	Total  int
}

// Error lists the faults, one a line.
func (e *InputError) Error() string {
	var text strings.Builder
	for i, fault := range e.Faults {
		if i > 0 {
			text.WriteByte('\n')
		}
		if fault.Place != "" {
			text.WriteString(fault.Place + ": ")
		}
		text.WriteString(fault.Err.Error())
	}
	if more := e.Total - len(e.Faults); more > 0 {
		fmt.Fprintf(&text, "\nand %d more faults", more)
	}
	return text.String()
}

// Unwrap returns the faults.
func (e *InputError) Unwrap() []error {
	errs := make([]error, len(e.Faults))
	for i, fault := range e.Faults {
		errs[i] = fault.Err
	}
	return errs
}

// add notes a fault.
func (e *InputError) add(place string, at int, err error) {
	e.Total++
	if len(e.Faults) >= maxFaults {
		return
	}
	if !errors.Is(err, telemetry.ErrFormat) && !errors.Is(err, telemetry.ErrLimit) {
		err = fmt.Errorf("%w: %w", telemetry.ErrFormat, err)
	}
	e.Faults = append(e.Faults, Fault{Place: place, At: at, Err: err})
}

func (e *InputError) orNil() error {
	if e.Total == 0 {
		return nil
	}
	slices.SortStableFunc(e.Faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return e
}

// whole is an error about the input as a whole.
func whole(err error) error {
	e := &InputError{}
	e.add("", 0, err)
	return e
}

func formatError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", telemetry.ErrFormat, fmt.Errorf(format, args...))
}

// UnsaidError says that an input leaves open what an option decides: a user who is
// asked for it can be told how to say it.
type UnsaidError struct {
	// Options are the fields of [CSV] or [SenML], one of which decides.
	Options []string
	Err     error
}

func (e *UnsaidError) Error() string { return e.Err.Error() }

// Unwrap returns what is left open; it matches [telemetry.ErrFormat] or
// [telemetry.ErrLimit].
func (e *UnsaidError) Unwrap() error { return e.Err }

// unsaid names the options of which one says what the error asks for.
func unsaid(err error, options ...string) error { return &UnsaidError{Options: options, Err: err} }

func limitError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", telemetry.ErrLimit, fmt.Errorf(format, args...))
}

// clip keeps what a message quotes short.
func clip(text string) string {
	const most = 40
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

func clipAll(texts []string) []string {
	clipped := make([]string, min(len(texts), 20))
	for i := range clipped {
		clipped[i] = clip(texts[i])
	}
	return clipped
}
