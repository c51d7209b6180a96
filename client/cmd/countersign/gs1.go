package main

import (
	"errors"
	"fmt"
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
	var to string
	var legacy bool
	var prefixes prefixFlags
	c := &cobra.Command{
		Use:   "convert --to urn|dl|canonical|element [--prefix DIGITS]... ID...",
		Short: "Write identifiers in another form",
		Long: `Convert reads identifiers in any form (EPC URN, GS1 Digital Link, element strings
with brackets or FNC1, or the ledger's own path) and writes each, on a line, as

  urn        an EPC URN
  dl         the canonical GS1 Digital Link, https://id.gs1.org/...
  canonical  the same without https://id.gs1.org, as ledger keys have it
  element    element strings, (01)...(21)...

An EPC URN tells how long the GS1 company prefix is, the other forms do not, and it
cannot be derived from the digits. To make a URN of one of those, name the prefix
(--prefix 9506000, also several), or say how long it is (--prefix-length 7), or give
the list of prefixes that GS1 publishes (--prefix-list gcpprefixformatlist.json).

The ID "-" stands for those on standard input, a line each.

Exit codes: 0 all converted, 1 one cannot be, 2 wrong usage.`,
		Example: `  countersign gs1 convert --to dl urn:epc:id:sgtin:9506000.013435.A1
  countersign gs1 convert --to urn --prefix 9506000 '(01)09506000134352(21)A1'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(forms, to) {
				return fmt.Errorf("--to takes one of %s, not %q", strings.Join(forms, ", "), to)
			}
			known, err := prefixes.source()
			if err != nil {
				return err
			}
			var mode gs1.Mode
			if legacy {
				mode = gs1.ShortNames | gs1.ShortGTIN
			}
			return s.each(args, func(id string) (string, error) { return convert(id, to, mode, known) })
		},
	}
	c.Flags().StringVar(&to, "to", "", "the form wanted (required)")
	c.Flags().BoolVar(&legacy, "legacy", false, "accept what Digital Link 1.0 and 1.1 knew: gtin, lot, ser, ..., and short GTINs")
	prefixes.add(c)
	if err := c.MarkFlagRequired("to"); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	return c
}

// each prints what is made of each argument, and of each line of standard input
// for "-"; what cannot be made is said on standard error, and the others go on.
func (s streams) each(args []string, make func(string) (string, error)) error {
	args, err := s.expand(args)
	if err != nil {
		return err
	}
	bad := false
	for _, arg := range args {
		line, err := make(arg)
		if err != nil {
			fmt.Fprintln(s.err, "countersign:", about(arg, err))
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

// expand puts the lines of standard input for "-".
func (s streams) expand(args []string) ([]string, error) {
	at := slices.Index(args, standardIn)
	if at < 0 {
		return args, nil
	}
	text, err := s.read(standardIn)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.Trim(line, " \t\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return slices.Replace(slices.Clone(args), at, at+1, lines...), nil
}

// about says what is wrong with an argument, which most errors name themselves.
func about(arg string, err error) string {
	var parse *gs1.ParseError
	if errors.As(err, &parse) && parse.Input == arg {
		return err.Error()
	}
	return fmt.Sprintf("%q: %v", arg, err)
}

func convert(text, to string, mode gs1.Mode, known gs1.PrefixSource) (string, error) {
	id, err := parse(text, mode)
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
		urn, err := id.URN(known)
		if errors.Is(err, gs1.ErrPrefixLength) {
			err = fmt.Errorf("%w; name the prefix with --prefix, say how long it is with --prefix-length, "+
				"or give GS1's list of prefixes with --prefix-list", err)
		}
		return urn, err
	}
}

// parse reads an identifier in any form.
func parse(text string, mode gs1.Mode) (gs1.ID, error) {
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "urn:") || strings.Contains(text, "://") {
		return gs1.ParseMode(text, mode)
	}
	elements, err := gs1.ParseElementString(text)
	if err != nil {
		return gs1.ID{}, err
	}
	if err := elements.Validate(); err != nil {
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

A key is an EPC URN, a GS1 Digital Link, element strings, or bare digits: a GTIN (8,
12, 13, 14), GLN (13), GSIN (17), SSCC or GSRN (18). Anything else is taken for a
Global Model Number. Write other keys as element strings: '(8003)09506000134352A1'.
The key "-" stands for those on standard input, a line each.

Exit codes: 0 all valid, 1 one is not, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.each(args, func(key string) (string, error) { return key + ": valid", gs1.Verify(key) })
		},
	}
}
