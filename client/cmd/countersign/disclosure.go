package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/client"
)

func (s streams) disclosureCommand() *cobra.Command {
	return group("disclosure", "Ask for fields of private records, consent, deliver and revoke",
		send(s, "request", "Ask for fields of a private record", "disclosure:Request", (*client.Client).RequestDisclosure),
		askOf(s, "show ID", "Show a request, its votes and what was delivered", (*client.Client).Disclosure),
		listOf(s, "of RECORD", "List the requests for a record", (*client.Client).DisclosuresOfRecord),
		listOf(s, "by MSP", "List the requests to an owner", (*client.Client).DisclosuresBy),
		listOf(s, "to MSP", "List the requests for a recipient", (*client.Client).DisclosuresTo),
		askOf(s, "approve ID", "Consent to a request", func(c *client.Client, ctx context.Context, id string) (*client.VotedDisclosure, error) {
			return c.ApproveDisclosure(ctx, id)
		}),
		reasonCommand(s, "refuse ID", "Refuse a request", func(ctx context.Context, c *client.Client, id, reason string) (*client.VotedDisclosure, error) {
			return c.RefuseDisclosure(ctx, id, reason)
		}),
		askOf(s, "deliver ID", "Deliver what was asked for, as the owner, when all have consented", (*client.Client).Disclose),
		reasonCommand(s, "revoke ID", "Revoke consent: nothing more is delivered; 'erase' then removes what was", func(ctx context.Context, c *client.Client, id, reason string) (*client.RevokedDisclosure, error) {
			return c.RevokeDisclosure(ctx, id, reason)
		}),
		askOf(s, "erase ID", "Remove what was delivered, from both organisations' peers, once it is revoked or has expired", func(c *client.Client, ctx context.Context, id string) (*client.ErasedDisclosure, error) {
			return c.EraseDisclosure(ctx, id)
		}),
		askOf(s, "received ID", "Show what was delivered to your organisation, from your own peer's chaincode", (*client.Client).ReceivedDisclosure),
		s.deliveriesCommand(),
		s.signRequestCommand(),
		send(s, "carry", "Put a request on record that 'disclosure sign' signed for an organisation that only reads", "disclosure:CarryRequest", (*client.Client).CarryDisclosureRequest),
		s.signAcknowledgementCommand(),
		send(s, "carry-acknowledgement", "Put on record what 'disclosure sign-acknowledgement' signed", "disclosure:CarryAcknowledgement", (*client.Client).CarryAcknowledgement),
		send(s, "acknowledge", "Say what you found in a delivery", "disclosure:Acknowledge", func(c *client.Client, ctx context.Context, finding disclosure.Finding, options ...client.CallOption) (*client.AcknowledgedDisclosure, error) {
			return c.AcknowledgeDisclosure(ctx, finding, options...)
		}),
	)
}

func reasonCommand[T any](s streams, use, short string, act func(context.Context, *client.Client, string, string) (T, error)) *cobra.Command {
	var reason string
	c := ask(s, use, short, func(ctx context.Context, c *client.Client, args []string) (T, error) {
		return act(ctx, c, args[0], reason)
	})
	c.Flags().StringVar(&reason, "reason", "", "why, for all to read (required)")
	return required(c, "reason")
}

// deliveriesCommand reads blocks, so that organisations that only read can use it.
func (s streams) deliveriesCommand() *cobra.Command {
	var from uint64
	c := list(s, "deliveries", "List what was delivered to your organisation, verified, from your own peer's blocks",
		func(ctx context.Context, c *client.Client, _ []string) iter.Seq2[client.Delivery, error] {
			return c.Deliveries(ctx, from)
		})
	c.Flags().Uint64Var(&from, "from", 0, "the block to begin at")
	return c
}
