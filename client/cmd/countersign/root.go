package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitGood         = 0
	exitBad          = 1 // not verified, not valid, broken
	exitUsage        = 2 // wrong arguments, or a file that cannot be read
	exitUndetermined = 3 // readings do not say, or a peer could not be asked
	standardIn       = "-"
	maxFileSize      = 64 << 20
)

// streams is what a command touches of the world.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	now func() time.Time
}

// errBad says that the answer is no; the answer has been printed.
var errBad = errors.New("not verified or not valid")

// run executes a command line and returns the exit code.
func run(args []string, s streams) int {
	root := &cobra.Command{
		Use:   "countersign",
		Short: "Check evidence of a Countersign ledger, readings, EPCIS documents, GS1 keys and deployments",
		Long: `countersign checks, offline, what a Countersign ledger has said (verify,
inspect, roots), readings of sensors (condition), EPCIS documents (epcis) and GS1
keys (gs1). It describes a consortium, and checks at a peer what is deployed
(consortium).

Exit codes: 0 all good, 1 not verified, not valid or broken, 2 wrong usage,
3 undetermined, or a peer could not be asked.`,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		Args: cobra.NoArgs,
	}
	root.AddCommand(s.verifyCommand(), s.inspectCommand(), s.rootsCommand(), s.conditionCommand(), s.epcisCommand(), s.gs1Command(), s.consortiumCommand())
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.Execute()
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errBad):
		return exitBad
	case errors.Is(err, errUndetermined):
		return exitUndetermined
	case errors.Is(err, errUnread):
		fmt.Fprintln(s.err, "countersign:", err)
		return exitUndetermined
	default:
		fmt.Fprintln(s.err, "countersign:", err)
		return exitUsage
	}
}

// read reads a file, or standard input for "-".
func (s streams) read(name string) ([]byte, error) {
	from := s.in
	if name != standardIn {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		from = file
	}
	text, err := io.ReadAll(io.LimitReader(from, maxFileSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(text) > maxFileSize:
		return nil, fmt.Errorf("read %s: it has more than %d bytes", name, maxFileSize)
	}
	return text, nil
}

// group is a command that only has others below it.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(below...)
	return c
}
