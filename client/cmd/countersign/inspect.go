package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/internal/plain"
)

func (s streams) inspectCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect EVIDENCE",
		Short: "Show what evidence claims, without verifying it",
		Long: `Inspect shows what a piece of evidence claims. Nothing is verified: anybody can
write such a file. Use 'countersign verify' before you believe it.

Exit codes: 0 shown, 1 no evidence of a known format, 2 wrong usage.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := s.read(args[0])
			if err != nil {
				return err
			}
			claims, err := inspect(text)
			if err != nil {
				return &exitError{exitBad, err}
			}
			return s.print(claims, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// claims are what a file of evidence says, whether it is true or not.
type claims struct {
	Verified   bool            `json:"verified"` // never
	Kind       string          `json:"kind"`
	Shows      []string        `json:"shows,omitempty"`
	Channel    string          `json:"channel"`
	Chaincode  string          `json:"chaincode"`
	Version    string          `json:"version"`
	Asked      time.Time       `json:"asked"`
	By         signer          `json:"by"`
	Function   string          `json:"function"`
	Request    json.RawMessage `json:"request"`
	Result     json.RawMessage `json:"result"`
	Reads      []string        `json:"reads,omitempty"`
	Lists      []string        `json:"lists,omitempty"`
	EndorsedBy []signer        `json:"endorsedBy"`
}

// signer is whom a certificate names.
type signer struct {
	MSP   string    `json:"msp"`
	Name  string    `json:"name"`
	From  time.Time `json:"validFrom"`
	Until time.Time `json:"validUntil"`
}

func signerOf(i *evidence.Identity) signer {
	return signer{i.MSP, i.Certificate.Subject.CommonName, i.Certificate.NotBefore, i.Certificate.NotAfter}
}

func inspect(text []byte) (*claims, error) {
	found, err := evidence.Decode(text)
	if err != nil {
		return nil, err
	}
	statement := found.Attested()
	asked, err := statement.OpenProposal()
	if err != nil {
		return nil, err
	}
	answer, err := statement.OpenPayload()
	if err != nil {
		return nil, err
	}
	shows, err := shown(found, answer.Result)
	if err != nil {
		return nil, err
	}
	c := &claims{
		Kind: found.Kind(), Shows: shows, Channel: asked.Channel, Chaincode: answer.Chaincode, Version: answer.Version,
		Asked: asked.Time, By: signerOf(&asked.Creator), Function: asked.Function, Request: asked.Request, Result: answer.Result,
	}
	for _, read := range answer.Reads {
		c.Reads = append(c.Reads, describe(read))
	}
	for _, list := range answer.Ranges {
		c.Lists = append(c.Lists, described(list))
	}
	for _, e := range statement.Endorsements {
		identity, err := e.Identity()
		if err != nil {
			return nil, err
		}
		c.EndorsedBy = append(c.EndorsedBy, signerOf(identity))
	}
	return c, nil
}

// String is for people.
func (c *claims) String() string {
	var out strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&out, "%-12s %s\n", name, plain.Text(fmt.Sprintf(format, args...)))
	}
	line("NOT VERIFIED", "this is what the file claims")
	line("kind", "%s", c.Kind)
	for _, what := range c.Shows {
		line("shows", "%s", what)
	}
	line("ledger", "channel %s, chaincode %s version %s", c.Channel, c.Chaincode, c.Version)
	line("asked", "%s by %s (%s)", c.Asked.Format(time.RFC3339), c.By.MSP, c.By.Name)
	line("function", "%s", c.Function)
	c.block(&out, "request", c.Request)
	c.block(&out, "result", c.Result)
	for _, read := range c.Reads {
		line("read", "%s", read)
	}
	for _, list := range c.Lists {
		line("listed", "%s", list)
	}
	for _, e := range c.EndorsedBy {
		line("endorsed by", "%s (%s), certificate valid %s to %s", e.MSP, e.Name, e.From.Format(time.DateOnly), e.Until.Format(time.DateOnly))
	}
	return out.String()
}

// block shows JSON as YAML beside a name, every line of it as far in as all that the
// file claims.
func (c *claims) block(out *strings.Builder, name string, text json.RawMessage) {
	var shown strings.Builder
	if err := readable(&shown, text); err != nil {
		fmt.Fprintf(out, "%-12s %s\n", name, plain.Text(string(text)))
		return
	}
	for line := range strings.Lines(shown.String()) {
		fmt.Fprintf(out, "%-12s %s\n", name, strings.TrimRight(line, "\n"))
		name = ""
	}
}

func describe(read evidence.Read) string {
	place, key := read.Namespace, legible(read.Key)
	if read.Collection != "" {
		place, key = place+"/"+read.Collection, fmt.Sprintf("hash %x", read.Key)
	}
	if read.Version == nil {
		return place + " " + key + ", absent"
	}
	return fmt.Sprintf("%s %s, as of block %d, transaction %d", place, key, read.Version.Block, read.Version.Transaction)
}

func described(list evidence.Range) string {
	text := fmt.Sprintf("%s %s to %s: ", list.Namespace, legible(list.Start), legible(list.End))
	if list.End == list.Start+string(utf8.MaxRune) {
		text = fmt.Sprintf("%s all below %s: ", list.Namespace, legible(list.Start))
	}
	switch {
	case list.Summary != nil:
		return text + "more keys than are signed one by one; a summary of them is"
	case len(list.Reads) == 0:
		return text + "no key"
	}
	return text + fmt.Sprintf("%d keys", len(list.Reads))
}

// legible shows a composite key.
func legible(key string) string {
	return strings.Trim(strings.ReplaceAll(key, "\x00", "~"), "~")
}
