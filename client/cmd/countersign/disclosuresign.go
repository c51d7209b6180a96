package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
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
	c := s.signCommand("sign STATEMENT", "Sign a request for fields of a private record, for an organisation that only reads",
		func(statement, channel string, by client.Signatory) (any, error) {
			var asked disclosure.Statement
			if err := s.request(statement, &asked); err != nil {
				return nil, err
			}
			return client.SignDisclosureRequest(channel, asked, by)
		})
	c.Long = c.Short + ".\n\n" + aboutSigning + `disclosure:CarryRequest in
docs/contract; "name" and "time" can be left out. 'countersign disclosure carry' takes
what is written.

Exit codes: 0 signed, 1 the statement is not as it must be, 2 wrong usage.`
	c.Example = `  countersign disclosure sign case-17.json --channel supplychain --signer users/auditor/msp -o case-17.signed.json
  countersign disclosure carry case-17.signed.json`
	return c
}

func (s streams) signAcknowledgementCommand() *cobra.Command {
	c := s.signCommand("sign-acknowledgement STATEMENT", "Sign what you found in a delivery, for an organisation that only reads",
		func(statement, channel string, by client.Signatory) (any, error) {
			var found disclosure.AcknowledgementStatement
			if err := s.request(statement, &found); err != nil {
				return nil, err
			}
			return client.SignAcknowledgement(channel, found, by)
		})
	c.Long = c.Short + ".\n\n" + aboutSigning + `disclosure:CarryAcknowledgement
in docs/contract; "time" can be left out. 'countersign disclosure
carry-acknowledgement' takes what is written.

Exit codes: 0 signed, 1 the statement is not as it must be, 2 wrong usage.`
	return c
}

// signCommand signs a statement offline with a person's own key.
func (s streams) signCommand(use, short string, sign func(statement, channel string, by client.Signatory) (any, error)) *cobra.Command {
	var signer, channel, out string
	var show output
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			by, err := client.SignatoryFromMSP(signer)
			if err != nil {
				return err
			}
			signed, err := sign(args[0], channel, by)
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
