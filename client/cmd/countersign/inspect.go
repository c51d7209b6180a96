package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/internal/plain"
)

func (s streams) inspectCommand() *cobra.Command {
	return &cobra.Command{
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
			shown, err := inspect(text)
			if err != nil {
				fmt.Fprintln(s.err, "countersign:", err)
				return errBad
			}
			_, err = fmt.Fprint(s.out, shown)
			return err
		},
	}
}

func inspect(text []byte) (string, error) {
	found, err := evidence.Decode(text)
	if err != nil {
		return "", err
	}
	statement := found.Attested()
	asked, err := statement.OpenProposal()
	if err != nil {
		return "", err
	}
	answer, err := statement.OpenPayload()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&out, "%-12s %s\n", name, plain.Text(fmt.Sprintf(format, args...)))
	}
	line("NOT VERIFIED", "this is what the file claims")
	line("kind", "%s", found.Kind())
	if shown, ok := found.(*evidence.ShownFields); ok {
		for _, field := range shown.Fields {
			line("shows", "%s", described(field))
		}
	}
	line("ledger", "channel %s, chaincode %s version %s", asked.Channel, answer.Chaincode, answer.Version)
	line("asked", "%s by %s (%s)", asked.Time.Format(time.RFC3339), asked.Creator.MSP, asked.Creator.Certificate.Subject.CommonName)
	line("function", "%s", asked.Function)
	line("request", "%s", asked.Request)
	line("result", "%s", answer.Result)
	for _, read := range answer.Reads {
		line("read", "%s", describe(read))
	}
	for _, e := range statement.Endorsements {
		identity, err := e.Identity()
		if err != nil {
			return "", err
		}
		c := identity.Certificate
		line("endorsed by", "%s (%s), certificate valid %s to %s", identity.MSP, c.Subject.CommonName, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly))
	}
	return out.String(), nil
}

// described is a field's name and value; its salt says nothing to people.
func described(field selective.Field) string {
	if field.Decoy() {
		return "a commitment to nothing"
	}
	return field.Name + " = " + strconv.Quote(field.Value)
}

func describe(read evidence.Read) string {
	place := read.Namespace
	key := strings.Trim(strings.ReplaceAll(read.Key, "\x00", "~"), "~")
	if read.Collection != "" {
		place, key = place+"/"+read.Collection, fmt.Sprintf("hash %x", read.Key)
	}
	if read.Version == nil {
		return place + " " + key + ", absent"
	}
	return fmt.Sprintf("%s %s, as of block %d, transaction %d", place, key, read.Version.Block, read.Version.Transaction)
}
