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
a line of its own. The file "-" is standard input.

Exit codes: 0 all valid, 1 one is not, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			bad := false
			for _, name := range args {
				result, err := s.validate(name)
				if err != nil {
					return err
				}
				if err := s.printLine(result, asJSON); err != nil {
					return err
				}
				bad = bad || !result.Valid
			}
			if bad {
				return errBad
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// validation is what is said about one file.
type validation struct {
	File       string            `json:"file"`
	Valid      bool              `json:"valid"`
	Events     int               `json:"events"`
	Violations []epcis.Violation `json:"violations,omitempty"`
	// Truncated says that there are more violations than are listed.
	Truncated bool             `json:"truncated,omitempty"`
	Unmapped  []epcis.Unmapped `json:"unmapped,omitempty"`
	Error     string           `json:"error,omitempty"`
}

// String shows it to people: a line, and one for each violation.
func (v validation) String() string {
	if v.Valid {
		return fmt.Sprintf("%s: valid, %d events\n", v.File, v.Events)
	}
	if v.Error != "" {
		return fmt.Sprintf("%s: not valid: %s\n", v.File, v.Error)
	}
	text := fmt.Sprintf("%s: not valid, %d violations\n", v.File, len(v.Violations))
	for _, violation := range v.Violations {
		text += "  " + violation.String() + "\n"
	}
	if v.Truncated {
		text += "  and more\n"
	}
	return text
}

func (s streams) validate(name string) (v validation, err error) {
	text, err := s.read(name)
	if err != nil {
		return v, err
	}
	v.File = name
	document, unmapped, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	var invalid *epcis.ValidationError
	switch {
	case errors.As(err, &invalid):
		v.Violations, v.Truncated = invalid.Violations, invalid.Truncated
	case err != nil:
		v.Error = err.Error()
	default:
		v.Valid, v.Events, v.Unmapped = true, len(document.Events), unmapped
	}
	return v, nil
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
why two hashes differ. The file "-" is standard input.

Exit codes: 0 all hashed, 1 a document is not valid, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, name := range args {
				if err := s.hash(name, preHash); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&preHash, "prehash", false, "print the strings that are hashed")
	return c
}

func (s streams) hash(name string, preHash bool) error {
	text, err := s.read(name)
	if err != nil {
		return err
	}
	document, _, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	if err != nil {
		fmt.Fprintf(s.err, "countersign: %s: %v\n", name, err)
		return errBad
	}
	for i := range document.Events {
		hash := document.Events[i].HashID
		if preHash {
			hash = document.Events[i].PreHash
		}
		line, err := hash()
		if err != nil {
			return fmt.Errorf("%s: event %d: %w", name, i, err)
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	return nil
}
