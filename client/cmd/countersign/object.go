package main

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

func (s streams) objectCommand() *cobra.Command {
	return group("object", "Ask for objects and lots: their state, history, contents, genealogy and documents",
		askOf(s, "show ID", "Show the present state of an object, named in any GS1 form", (*client.Client).Twin),
		listOf(s, "history ID", "List the events of an object, in the order of the ledger", (*client.Client).History),
		s.asOfCommand(),
		askOf(s, "event HASH", "Show an event as it was recorded", (*client.Client).Event),
		listOf(s, "contents ID", "List what is in a container", (*client.Client).Contents),
		listOf(s, "back ID", "Trace what an object or lot was made of", (*client.Client).TraceBack),
		listOf(s, "forward ID", "Trace what was made of an object or lot", (*client.Client).TraceForward),
		listOf(s, "witnesses ID", "List what others than its custodian observed of an object", (*client.Client).Witnesses),
		listOf(s, "documents ID", "List the documents that are linked to an object, lot, class or event", (*client.Client).Documents),
		s.linkCommand(),
		send(s, "withdraw", "Stand by a document that was linked no longer", "product:WithdrawDocument", (*client.Client).WithdrawDocument),
		askOf(s, "lot ID", "Show a lot", (*client.Client).Lot),
		listOf(s, "accounts ID", "List who has how much of a lot", (*client.Client).LotAccounts),
	)
}

var bareGLN = regexp.MustCompile(`^[0-9]{13}$`)

// partyOf takes the 13 digits that people know a GLN by for that of a party.
func partyOf(gln string) string {
	if bareGLN.MatchString(gln) {
		return "/417/" + gln
	}
	return gln
}

func (s streams) asOfCommand() *cobra.Command {
	var clock string
	c := ask(s, "as-of ID TIME", "Show what was known of an object as of a time (RFC 3339)",
		func(ctx context.Context, c *client.Client, args []string) (*product.Past, error) {
			at, err := time.Parse(time.RFC3339, args[1])
			if err != nil {
				return nil, fmt.Errorf("the time must be one such as 2026-03-01T12:00:00Z, not %q", args[1])
			}
			return c.TwinAsOf(ctx, args[0], at, product.Clock(clock))
		})
	c.Flags().StringVar(&clock, "clock", string(product.Recorded), "recorded (when it was put on the ledger) or occurred (when it happened, as the events say)")
	return c
}

func (s streams) organisationCommand() *cobra.Command {
	return group("organisation", "Ask for the organisations on record",
		askOf(s, "show MSP", "Show an organisation", (*client.Client).Organisation),
		list(s, "list", "List the organisations", func(ctx context.Context, c *client.Client, _ []string) iter.Seq2[participant.Participant, error] {
			return c.Organisations(ctx)
		}),
		askOf(s, "party GLN", "Show whose a GLN is: 13 digits, or in any GS1 form", func(c *client.Client, ctx context.Context, gln string) (*participant.FindPartyResponse, error) {
			return c.Party(ctx, partyOf(gln))
		}),
		listOf(s, "devices MSP", "List an organisation's devices", (*client.Client).DevicesOf),
	)
}
