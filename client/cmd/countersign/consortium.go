package main

import (
	"bytes"
	_ "embed" // the example is a file, so that editors help whoever keeps it
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/countersign-ledger/countersign/collections"
)

//go:embed consortium.example.yaml
var exampleConsortium []byte

func (s streams) consortiumCommand() *cobra.Command {
	return group("consortium", "Describe a consortium in one file, write what operators deploy, and check what is deployed",
		s.consortiumInitCommand(), s.consortiumWriteCommand(), s.consortiumCheckCommand())
}

func (s streams) consortiumInitCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "init [--out FILE]",
		Short: "Write an example of a consortium's file, with comments, to edit",
		Long: `Init writes an example of a consortium's file, in YAML, to standard output or to a
file that does not exist yet.

Exit codes: 0 written, 2 wrong usage or a file that cannot be written.`,
		Example: "  countersign consortium init --out consortium.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return s.writeNew(out, exampleConsortium, 0o644) // it is for all members to read
		},
	}
	c.Flags().StringVarP(&out, "out", "o", standardIn, "the file to write; - for standard output")
	return c
}

// readConsortium reads a consortium's file, JSON or YAML.
func (s streams) readConsortium(name string) (collections.Consortium, error) {
	text, err := s.read(name)
	if err != nil {
		return collections.Consortium{}, err
	}
	consortium, err := parseConsortium(text)
	if err != nil {
		return consortium, fmt.Errorf("%s: %w", name, err)
	}
	return consortium, nil
}

// parseConsortium takes what begins with a brace for JSON, and all else for YAML.
func parseConsortium(text []byte) (collections.Consortium, error) {
	if len(text) > collections.MaxFile || bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return collections.Parse(text)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var content map[string]any
	if err := decoder.Decode(&content); err != nil && !errors.Is(err, io.EOF) {
		return collections.Consortium{}, fmt.Errorf("not YAML: %w", err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return collections.Consortium{}, errors.New("there is more than one YAML document")
	}
	if content == nil {
		return collections.Consortium{}, errors.New("the file is empty")
	}
	asJSON, err := json.Marshal(content)
	if err != nil {
		return collections.Consortium{}, fmt.Errorf("not YAML that can be written as JSON: %w", err)
	}
	return collections.Parse(asJSON)
}
