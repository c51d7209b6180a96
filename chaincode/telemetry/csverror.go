package telemetry

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CSVLine is what is wrong with one line of a CSV file.
type CSVLine struct {
	// Line counts from 1, the header row; 0 is the file as a whole.
	Line int
	// Err says what is wrong.
	Err error
}

// CSVError lists the bad lines of a CSV file, in order; the first 20, and how
// many there are in all. It matches what its lines match; lines that say
// nothing else match [ErrFormat].
type CSVError struct {
	Lines []CSVLine
	Total int
}

// Error lists the lines, one a line.
func (e *CSVError) Error() string {
	var text strings.Builder
	for i, line := range e.Lines {
		if i > 0 {
			text.WriteByte('\n')
		}
		if line.Line > 0 {
			fmt.Fprintf(&text, "line %d: ", line.Line)
		}
		text.WriteString(line.Err.Error())
	}
	if more := e.Total - len(e.Lines); more > 0 {
		fmt.Fprintf(&text, "\nand %d more bad lines", more)
	}
	return text.String()
}

// Unwrap returns the faults of the lines.
func (e *CSVError) Unwrap() []error {
	errs := make([]error, len(e.Lines))
	for i, line := range e.Lines {
		errs[i] = line.Err
	}
	return errs
}

// add notes a bad line. format may wrap an error that matches a sentinel.
func (e *CSVError) add(line int, format string, args ...any) {
	e.Total++
	if len(e.Lines) < maxCSVFaults {
		err := fmt.Errorf(format, args...)
		if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit) {
			err = fmt.Errorf("%w: %w", ErrFormat, err)
		}
		e.Lines = append(e.Lines, CSVLine{Line: line, Err: err})
	}
}

func (e *CSVError) orNil() error {
	if e.Total == 0 {
		return nil
	}
	slices.SortStableFunc(e.Lines, func(a, b CSVLine) int { return cmp.Compare(a.Line, b.Line) })
	return e
}

func csvLimit(line int, format string, args ...any) error {
	return &CSVError{Total: 1, Lines: []CSVLine{{Line: line, Err: limitError(format, args...)}}}
}
