package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/collections"
)

// The files that write makes.
const (
	fileCollections = "collections.json"
	filePolicies    = "policies.json"
	fileText        = "policies.txt"
	fileConsortium  = "consortium.json"
)

func (s streams) consortiumWriteCommand() *cobra.Command {
	var file, out string
	c := &cobra.Command{
		Use:   "write --file FILE --out DIR",
		Short: "Write the collections and the policies that a consortium's file describes",
		Long: `Write makes four files of a consortium's file:

  collections.json   for "peer lifecycle chaincode approveformyorg --collections-config"
                     and for commit; the same for every organisation
  policies.txt       for people: the chaincode's signature policy, and what the
                     channel's configuration must say
  policies.json      the same, for programs
  consortium.json    the file itself in JSON, for programs that take no YAML

Nothing secret is in them. The same file always gives the same bytes.

Exit codes: 0 written, 2 wrong usage, a file with problems, or one that cannot be
written.`,
		Example: "  countersign consortium write --file consortium.yaml --out deploy",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			consortium, err := s.readConsortium(file)
			if err != nil {
				return err
			}
			return s.writeConsortium(consortium, out)
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "the consortium's file, JSON or YAML (required)")
	c.Flags().StringVarP(&out, "out", "o", "", "the directory to write to; it is made if there is none (required)")
	return required(c, "file", "out")
}

// required marks flags that must be given.
func required(c *cobra.Command, flags ...string) *cobra.Command {
	for _, flag := range flags {
		if err := c.MarkFlagRequired(flag); err != nil {
			c.RunE = func(*cobra.Command, []string) error { return err }
		}
	}
	return c
}

func (s streams) writeConsortium(c collections.Consortium, out string) error {
	policies := deployment.PoliciesOf(c)
	definitions, err := collections.JSON(c.Definitions())
	if err != nil {
		return err
	}
	var asJSON, itself bytes.Buffer
	if err := encode(&asJSON, policies); err != nil {
		return err
	}
	if err := encode(&itself, c); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil { //nolint:gosec // for all members to read
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{
		{fileCollections, definitions},
		{filePolicies, asJSON.Bytes()},
		{fileText, policyText(c, policies)},
		{fileConsortium, itself.Bytes()},
	} {
		if err := s.writeFile(filepath.Join(out, f.name), f.text); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "%d collections of %d organisations: %s\n", len(c.Definitions()), len(c.Organisations), filepath.Join(out, fileCollections))
	fmt.Fprintf(s.out, "policies of chaincode and channel: %s\n", filepath.Join(out, fileText))
	return nil
}

// policyText says to people what to deploy.
func policyText(c collections.Consortium, p deployment.Policies) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, `What channel %s and chaincode %s must say.

For "peer lifecycle chaincode approveformyorg", "checkcommitreadiness" and "commit":

  --channelID %s --name %s
  --signature-policy "%s"
  --collections-config %s

In the channel's configuration, /Channel/Application (as configtx.yaml has it):

  Capabilities:
    %s: true
  Policies:
`, c.Channel, c.Chaincode, c.Channel, c.Chaincode, p.SignaturePolicy, fileCollections, p.Capability)
	for _, name := range slices.Sorted(maps.Keys(p.Application)) {
		fmt.Fprintf(&text, "    %s:\n      Type: %s\n      Rule: \"%s\"\n", name, p.Application[name].Type, p.Application[name].Rule)
	}
	text.WriteString("  ACLs:\n")
	for _, resource := range slices.Sorted(maps.Keys(p.ACLs)) {
		fmt.Fprintf(&text, "    %s: %s\n", resource, p.ACLs[resource])
	}
	return text.Bytes()
}
