package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

func (s streams) gs1Command() *cobra.Command {
	return group("gs1", "Convert and check GS1 identifiers", s.convertCommand(), s.checkCommand())
}

// forms are the spellings of an identifier.
var forms = []string{"urn", "dl", "canonical", "element"}

func (s streams) convertCommand() *cobra.Command {
	var to, list string
	var prefixes []string
	c := &cobra.Command{
		Use:   "convert --to urn|dl|canonical|element [--prefix DIGITS]... ID...",
		Short: "Write identifiers in another form",
		Long: `Convert reads identifiers in any form (EPC URN, GS1 Digital Link, element strings
with brackets, or the ledger's own path) and writes each, on a line, as

  urn        an EPC URN; its company prefix comes from the identifier if that is
             a URN, else from --prefix or --prefix-list: no other form tells it
  dl         the canonical GS1 Digital Link, https://id.gs1.org/...
  canonical  the same without https://id.gs1.org, as ledger keys have it
  element    element strings, (01)...(21)...

Exit codes: 0 all converted, 1 one cannot be, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(forms, to) {
				return fmt.Errorf("--to takes one of %s, not %q", strings.Join(forms, ", "), to)
			}
			known, err := prefixTable(prefixes, list)
			if err != nil {
				return err
			}
			return s.each(args, func(id string) (string, error) { return convert(id, to, known) })
		},
	}
	c.Flags().StringVar(&to, "to", "", "the form wanted (required)")
	c.Flags().StringArrayVar(&prefixes, "prefix", nil, "a GS1 company prefix, for URNs")
	c.Flags().StringVar(&list, "prefix-list", "", "a file with GS1's list of prefix lengths, for URNs")
	if err := c.MarkFlagRequired("to"); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	return c
}

func prefixTable(prefixes []string, list string) (*gs1.PrefixTable, error) {
	table := gs1.NewPrefixTable()
	if list != "" {
		file, err := os.Open(list)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		if table, err = gs1.ReadPrefixTable(file); err != nil {
			return nil, fmt.Errorf("read %s: %w", list, err)
		}
	}
	for _, prefix := range prefixes {
		table.Add(prefix, len(prefix))
	}
	return table, nil
}

// each prints what is made of each argument; what cannot be made is said on
// standard error, and the others go on.
func (s streams) each(args []string, make func(string) (string, error)) error {
	bad := false
	for _, arg := range args {
		line, err := make(arg)
		if err != nil {
			fmt.Fprintf(s.err, "countersign: %s: %v\n", arg, err)
			bad = true
			continue
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	if bad {
		return errBad
	}
	return nil
}

func convert(text, to string, known *gs1.PrefixTable) (string, error) {
	id, err := parse(text)
	if err != nil {
		return "", err
	}
	switch to {
	case "dl":
		return id.String(), nil
	case "canonical":
		return id.Path(), nil
	case "element":
		return id.ElementString(), nil
	default:
		if prefix, ok := gs1.URNPrefix(text); ok {
			known = gs1.NewPrefixTable(prefix)
		}
		return id.URN(known)
	}
}

func parse(text string) (gs1.ID, error) {
	if !strings.HasPrefix(text, "(") {
		return gs1.Parse(text)
	}
	elements, err := gs1.ParseElementString(text)
	if err != nil {
		return gs1.ID{}, err
	}
	return elements.ID()
}

func (s streams) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check KEY...",
		Short: "Check identifiers, element strings and bare keys with their check digits",
		Long: `Check prints "valid" for each key that is well-formed, with the right check digit
or check characters, and says on standard error what is wrong with the others.

Exit codes: 0 all valid, 1 one is not, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.each(args, func(key string) (string, error) { return key + ": valid", gs1.Verify(key) })
		},
	}
}
