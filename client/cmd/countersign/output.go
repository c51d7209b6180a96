package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/countersign-ledger/countersign/client/internal/plain"
)

// output is how a command shows what the ledger said: as YAML to people, or as JSON.
type output struct {
	asJSON bool
	items  int
}

func (o *output) add(c *cobra.Command) {
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON: one object, or one a line where there are several")
}

// one shows the only answer.
func (o *output) one(to io.Writer, value any) error {
	text, err := answer(value)
	switch {
	case err != nil:
		return err
	case o.asJSON:
		return encode(to, text)
	}
	return readable(to, text)
}

// item shows one of several.
func (o *output) item(to io.Writer, value any) error {
	text, err := answer(value)
	if err != nil {
		return err
	}
	if o.asJSON {
		_, err := to.Write(append(text, '\n'))
		return err
	}
	if o.items++; o.items > 1 {
		if _, err := io.WriteString(to, "---\n"); err != nil {
			return err
		}
	}
	return readable(to, text)
}

// readable writes JSON as YAML, members in their order. What others
// wrote on the ledger cannot move a terminal's cursor.
func readable(to io.Writer, text []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil { // JSON is YAML
		return err
	}
	soften(&document)
	encoder := yaml.NewEncoder(to)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return err
	}
	return encoder.Close()
}

// soften leaves quotes and braces to the encoder, which sets them where needed, and
// indents what has several lines.
func soften(node *yaml.Node) {
	node.Style = 0
	if node.Kind == yaml.ScalarNode {
		lines := strings.Split(node.Value, "\n")
		for i, line := range lines {
			lines[i] = plain.Text(line)
		}
		node.Value = strings.Join(lines, "\n")
	}
	for _, below := range node.Content {
		soften(below)
	}
}
