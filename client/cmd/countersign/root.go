package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

const (
	standardIn  = "-"
	maxFileSize = 64 << 20
)

// streams is what a command touches of the world.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	now func() time.Time
}

// dashedID is the id of a private record that a shell's user cannot tell from a flag.
var dashedID = regexp.MustCompile(`^-[A-Za-z0-9_-]{42}$`)

// run executes a command line and returns the exit code.
func run(args []string, s streams) int {
	root := &cobra.Command{
		Use:   "countersign",
		Short: "Record and ask on a Countersign ledger, and verify offline what it says",
		Long: `countersign records on a Countersign ledger and asks it (capture, object, shipment,
recall, condition, device, private, disclosure, organisation, certificate, follow,
call), takes home evidence that several organisations signed (attest, prove), and checks
that evidence offline, for anybody (verify, inspect, roots). It judges readings of
sensors (condition evaluate), EPCIS documents (epcis) and GS1 keys (gs1) without any
network, and describes and checks a consortium (consortium).

Commands that use a ledger take --profile with a saved profile ('countersign
profile') or a Fabric connection profile. 'countersign completion' writes shell
completions.

Exit codes: 0 all good, 1 not verified, not valid, broken or refused, 2 wrong usage,
3 undetermined: it cannot be decided, or the ledger could not be reached.`,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		Args: cobra.NoArgs,
	}
	root.AddCommand(
		s.captureCommand(), s.objectCommand(), s.shipmentCommand(), s.conditionCommand(), s.privateCommand(), s.disclosureCommand(), s.recallCommand(),
		s.deviceCommand(), s.organisationCommand(), s.certificateCommand(), s.followCommand(), s.callCommand(), s.functionsCommand(),
		s.attestCommand(), s.proveCommand(), s.verifyCommand(), s.inspectCommand(), s.rootsCommand(),
		s.profileCommand(), s.epcisCommand(), s.gs1Command(), s.consortiumCommand(),
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if slices.ContainsFunc(args, dashedID.MatchString) {
			return fmt.Errorf("%w (an id that begins with a dash goes behind all flags, after --)", err)
		}
		return err
	})
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	c, err := root.ExecuteC()
	return s.exit(err, wantsJSON(c, args))
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

// write writes a file, in one step and with the folders that it needs, or standard
// output for "-".
func (s streams) write(name string, text []byte) error {
	if name == standardIn {
		_, err := s.out.Write(text)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return replace(name, text)
}

// writeNew writes a file and replaces none, or writes standard output for "-".
func (s streams) writeNew(name string, text []byte, mode os.FileMode) error {
	if name == standardIn {
		return s.write(name, text)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
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
