package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
)

// aboutSigning says what is signed, how, and who takes it on.
const aboutSigning = `It needs no connection. An organisation that only reads, such as a regulator, writes
nothing on the ledger: one of its persons signs, and any organisation that writes
puts that on record. Whom it names as carrier says nothing by it, and can change
nothing. It counts on the channel for which it is signed, and once.

STATEMENT is a JSON object, a file that holds one, or - for standard input: the
member "statement" of the request of `

func (s streams) signRequestCommand() *cobra.Command {
	c := signCommand(s, "sign", "Sign a request for fields of a private record, for an organisation that only reads", `disclosure:CarryRequest in
docs/contract; "name" and "time" can be left out. 'countersign disclosure carry' takes
what is written.`, client.SignDisclosureRequest)
	c.Example = `  countersign disclosure sign case-17.json --channel supplychain --signer users/auditor/msp -o case-17.signed.json
  countersign disclosure carry case-17.signed.json`
	return c
}

func (s streams) signAcknowledgementCommand() *cobra.Command {
	return signCommand(s, "sign-acknowledgement", "Sign what you found in a delivery, for an organisation that only reads", `disclosure:CarryAcknowledgement
in docs/contract; "time" can be left out. 'countersign disclosure
carry-acknowledgement' takes what is written.`, client.SignAcknowledgement)
}

// signCommand signs a statement offline with a person's own key. What is to be said of
// the statement goes on behind [aboutSigning].
func signCommand[Statement, Signed any](s streams, use, short, about string, sign func(channel string, statement Statement, by client.Signatory) (Signed, error)) *cobra.Command {
	var signer, channel, out string
	var show output
	c := &cobra.Command{
		Use: use + " STATEMENT", Short: short, Args: cobra.ExactArgs(1),
		Long: short + ".\n\n" + aboutSigning + about + `

Exit codes: 0 signed, 1 the statement is not as it must be, 2 wrong usage.`,
		RunE: func(_ *cobra.Command, args []string) error {
			by, err := client.SignatoryFromMSP(signer)
			if err != nil {
				return err
			}
			var statement Statement
			if err := s.request(args[0], &statement); err != nil {
				return err
			}
			signed, err := sign(channel, statement, by)
			if err != nil {
				return ofLedger(err)
			}
			text, err := json.MarshalIndent(signed, "", "  ")
			if err != nil {
				return err
			}
			return s.write(out, append(text, '\n'))
		},
	}
	show.add(c)
	c.Flags().Lookup("json").Usage = errorsAsJSON
	c.Flags().StringVar(&signer, "signer", "", "the MSP folder of the person who signs (required)")
	c.Flags().StringVar(&channel, "channel", "", "the channel where it is to count (required)")
	c.Flags().StringVarP(&out, "out", "o", standardIn, "the file to write; - for standard output")
	return required(c, "signer", "channel")
}

// errorsAsJSON is what --json does to commands whose output is JSON anyway.
const errorsAsJSON = "print errors as JSON, too"
