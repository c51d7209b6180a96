package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

func (s streams) epcisCommand() *cobra.Command {
	return group("epcis", "Validate EPCIS documents and hash their events", s.validateCommand(), s.hashCommand())
}

func (s streams) validateCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "validate [--json] FILE...",
		Short: "Validate EPCIS documents or events, JSON-LD or XML",
		Long: `Validate prints a line for each file, and below it each violation of the
standard with its place. With --json it prints one JSON object for each file, on
a line of its own; it also lists what a valid XML document says that the EPCIS 2.0
model has no place for. The file "-" is standard input.

Exit codes: 0 all valid, 1 one is not, 2 wrong usage or a file cannot be read.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.eachFile(args, func(name string, text []byte) (bool, error) {
				result := validate(name, text)
				return result.Valid, s.printLine(result, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// eachFile reads each file and uses it; use reports whether it is good. A file that
// cannot be read is said on standard error, and the others go on.
func (s streams) eachFile(names []string, use func(name string, text []byte) (bool, error)) error {
	var unread error
	bad := false
	for _, name := range names {
		text, err := s.read(name)
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		good, err := use(name, text)
		if err != nil {
			return err
		}
		bad = bad || !good
	}
	if unread == nil && bad {
		return errBad
	}
	return unread
}

// validation is what is said about one file.
type validation struct {
	File       string            `json:"file"`
	Valid      bool              `json:"valid"`
	Events     int               `json:"events"`
	Message    string            `json:"message,omitempty"`
	Violations []epcis.Violation `json:"violations,omitempty"`
	// Truncated says that there are more violations than are listed.
	Truncated bool             `json:"truncated,omitempty"`
	Unmapped  []epcis.Unmapped `json:"unmapped,omitempty"`
	Error     string           `json:"error,omitempty"`
}

// String shows it to people: a line, and one for each violation.
func (v validation) String() string {
	switch {
	case v.Valid && v.Message != "":
		return fmt.Sprintf("%s: valid, a %s message without events\n", v.File, v.Message)
	case v.Valid && len(v.Unmapped) > 0:
		return fmt.Sprintf("%s: valid, %s; EPCIS 2.0 in JSON has no place for %s (--json lists them)\n",
			v.File, count(v.Events, "event"), count(len(v.Unmapped), "part"))
	case v.Valid:
		return fmt.Sprintf("%s: valid, %s\n", v.File, count(v.Events, "event"))
	case v.Error != "":
		return fmt.Sprintf("%s: not valid: %s\n", v.File, v.Error)
	}
	text := fmt.Sprintf("%s: not valid, %s\n", v.File, count(len(v.Violations), "violation"))
	for _, violation := range v.Violations {
		text += "  " + violation.String() + "\n"
	}
	if v.Truncated {
		text += "  and more\n"
	}
	return text
}

// count says how many there are of something.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func validate(name string, text []byte) validation {
	v := validation{File: name}
	document, unmapped, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	var invalid *epcis.ValidationError
	switch {
	case errors.As(err, &invalid):
		v.Violations, v.Truncated = invalid.Violations, invalid.Truncated
	case err != nil:
		v.Error = err.Error()
	default:
		v.Valid, v.Events, v.Message, v.Unmapped = true, len(document.Events), document.Message, unmapped
	}
	return v
}

// printLine shows a value as its text, or as JSON on one line.
func (s streams) printLine(value fmt.Stringer, asJSON bool) error {
	if !asJSON {
		_, err := fmt.Fprint(s.out, value)
		return err
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func (s streams) hashCommand() *cobra.Command {
	var preHash bool
	c := &cobra.Command{
		Use:   "hash [--prehash] FILE...",
		Short: "Print the CBV 2.0 hash of each event, in the order of the documents",
		Long: `Hash prints the event hash identifier of each event, a line each, by the rules
of 2026. With --prehash it prints the string that is hashed instead, to find out
why two hashes differ. Only valid documents are hashed; those that are not are named
on standard error. The file "-" is standard input.

Exit codes: 0 all hashed, 1 a document is not valid, 2 wrong usage or a file cannot be read.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.eachFile(args, func(name string, text []byte) (bool, error) { return s.hash(name, text, preHash) })
		},
	}
	c.Flags().BoolVar(&preHash, "prehash", false, "print the strings that are hashed")
	return c
}

// hash prints the hashes of a document's events, and reports whether it is valid.
func (s streams) hash(name string, text []byte, preHash bool) (bool, error) {
	document, _, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	if err != nil {
		fmt.Fprintf(s.err, "countersign: %s: %v\n", name, err)
		return false, nil
	}
	for i := range document.Events {
		hash := document.Events[i].HashID
		if preHash {
			hash = document.Events[i].PreHash
		}
		line, err := hash()
		if err != nil {
			return false, fmt.Errorf("%s: event %d: %w", name, i, err)
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return false, err
		}
	}
	return true, nil
}
