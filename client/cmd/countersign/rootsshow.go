package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/internal/plain"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

func (s streams) rootsShowCommand() *cobra.Command {
	var sequence int64
	var asJSON, asRoots bool
	c := &cobra.Command{
		Use:   "show FILE",
		Short: "Show what a trust file has followed, or the roots of one configuration",
		Long: `Show lists the configurations in a trust file, which it verifies from the pinned one
on, with the hashes of their blocks, to compare with others', and the organisations of
the newest. With --as-roots it writes the roots of one configuration as a roots file,
for programs that follow nothing.

Exit codes: 0, or 2 for wrong usage and a file that does not verify.`,
		Example: "  countersign roots show trust.json\n  countersign roots show --as-roots --configuration 3 trust.json > roots3.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			trust, err := s.readTrust(args[0])
			if err != nil {
				return err
			}
			if asRoots {
				return s.showRoots(trust, sequence)
			}
			if sequence != newestConfiguration {
				return errors.New("--configuration goes with --as-roots")
			}
			shown, err := describeTrust(trust)
			if err != nil {
				return err
			}
			return s.print(shown, asJSON)
		},
	}
	c.Flags().BoolVar(&asRoots, "as-roots", false, "write a roots file")
	c.Flags().Int64Var(&sequence, "configuration", newestConfiguration, "of this configuration, by its number (default the newest)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// newestConfiguration stands for the newest.
const newestConfiguration = -1

func rootsAt(trust *verify.Trust, sequence int64) (*verify.Roots, error) {
	if sequence == newestConfiguration {
		return trust.Roots()
	}
	if sequence < 0 {
		return nil, fmt.Errorf("there is no configuration %d", sequence)
	}
	return trust.RootsAt(uint64(sequence))
}

// readRoots reads roots of a file of either form.
func (s streams) readRoots(file string, sequence int64) (*verify.Roots, error) {
	text, err := s.read(file)
	if err != nil {
		return nil, err
	}
	if verify.IsTrust(text) {
		trust, err := verify.DecodeTrust(text)
		if err != nil {
			return nil, err
		}
		return rootsAt(trust, sequence)
	}
	if sequence != newestConfiguration {
		return nil, fmt.Errorf("%s follows no configurations: --configuration takes a trust file ('countersign roots pin')", file)
	}
	return verify.DecodeRoots(text)
}

func (s streams) showRoots(trust *verify.Trust, sequence int64) error {
	roots, err := rootsAt(trust, sequence)
	if err != nil {
		return err
	}
	text, err := roots.Encode()
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}

// configuration is one that was followed, as --json gives it.
type configuration struct {
	Sequence uint64    `json:"sequence"`
	Block    *uint64   `json:"block,omitempty"`
	Hash     string    `json:"hash,omitempty"`
	Since    time.Time `json:"since,omitzero"`
}

// trustDescription is what show says.
type trustDescription struct {
	Channel        string            `json:"channel"`
	Chaincode      string            `json:"chaincode"`
	Versions       []string          `json:"versions,omitempty"`
	Policy         *verify.Policy    `json:"policy,omitempty"`
	Configurations []configuration   `json:"configurations"`
	Organisations  []string          `json:"organisations"`
	Omitted        map[string]string `json:"omitted,omitempty"`
}

func describeTrust(trust *verify.Trust) (*trustDescription, error) {
	terms := trust.Terms()
	roots, err := trust.Roots()
	if err != nil {
		return nil, err
	}
	made := &trustDescription{Channel: roots.Channel, Chaincode: terms.Chaincode, Versions: terms.Versions}
	if terms.Policy.Required != 0 {
		made.Policy = &terms.Policy
	}
	for _, c := range trust.Configurations() {
		made.Configurations = append(made.Configurations, describeConfiguration(c))
	}
	for _, o := range roots.Organisations {
		made.Organisations = append(made.Organisations, o.MSP)
	}
	made.Omitted, err = trust.Omitted(trust.Newest().Sequence())
	return made, err
}

func describeConfiguration(c *channelconfig.Configuration) configuration {
	made := configuration{Sequence: c.Sequence(), Since: c.Time()}
	if number, known := c.Block(); known {
		made.Block = &number
	}
	if hash, known := c.Hash(); known {
		made.Hash = hex.EncodeToString(hash[:])
	}
	return made
}

// String shows one to people.
func (c configuration) String() string {
	text := fmt.Sprintf("configuration %d", c.Sequence)
	if c.Block != nil {
		text += fmt.Sprintf("  block %d  %s", *c.Block, c.Hash)
	}
	if !c.Since.IsZero() {
		text += "  since " + c.Since.UTC().Format(time.RFC3339)
	}
	return text
}

// String shows it to people. Names on the channel are others' to choose: none adds a
// line, or moves the terminal's cursor.
func (d *trustDescription) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "channel %s, chaincode %s\n", plain.Text(d.Channel), plain.Text(d.Chaincode))
	if d.Policy != nil {
		fmt.Fprintf(&out, "policy %s\n", plain.Text(d.Policy.String()))
	}
	for i, c := range d.Configurations {
		mark := "followed"
		if i == 0 {
			mark = "pinned  "
		}
		fmt.Fprintf(&out, "%s  %s\n", mark, c)
	}
	for _, name := range d.Organisations {
		fmt.Fprintf(&out, "organisation %s\n", plain.Text(name))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Omitted)) {
		fmt.Fprintf(&out, "LEFT OUT %s: %s\n", plain.Text(name), plain.Text(d.Omitted[name]))
	}
	return out.String()
}
