package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

func (s streams) shipmentCommand() *cobra.Command {
	return group("shipment", "Ask for shipments, and settle what differs on receipt",
		askOf(s, "show EVENT", "Show a shipment, by the hash of its shipping event", (*client.Client).Shipment),
		listOf(s, "items EVENT", "List what was shipped", (*client.Client).Shipped),
		listOf(s, "from MSP", "List the open shipments of an organisation", (*client.Client).ShippedFrom),
		listOf(s, "to MSP", "List the open shipments to an organisation", (*client.Client).ShippedTo),
		list(s, "discrepancies", "List the discrepancies that concern your organisation", func(ctx context.Context, c *client.Client, _ []string) iter.Seq2[shipment.Discrepancy, error] {
			return c.Discrepancies(ctx)
		}),
		askOf(s, "discrepancy ID", "Show a discrepancy", (*client.Client).Discrepancy),
		send(s, "claim", "Claim that something differs", "shipment:Claim", (*client.Client).Claim),
		s.wordCommand("agree ID", "Agree to a discrepancy", (*client.Client).Agree),
		s.wordCommand("dispute ID", "Dispute a discrepancy", (*client.Client).Dispute),
		s.wordCommand("withdraw ID", "Withdraw a claim", (*client.Client).Withdraw),
	)
}

// wordCommand says something of a discrepancy, with a note.
func (s streams) wordCommand(use, short string, say func(*client.Client, context.Context, string, string, ...client.CallOption) (*client.RecordedDiscrepancy, error)) *cobra.Command {
	var note string
	c := ask(s, use, short, func(ctx context.Context, c *client.Client, args []string) (*client.RecordedDiscrepancy, error) {
		return say(c, ctx, args[0], note)
	})
	c.Flags().StringVar(&note, "note", "", "a note, for all to read")
	return c
}

func (s streams) recallCommand() *cobra.Command {
	return group("recall", "Recall products, and answer recalls",
		send(s, "start", "Recall a class, lot or objects", "product:Recall", (*client.Client).Recall),
		s.endRecallCommand(),
		send(s, "acknowledge", "Say what your organisation did about a recall", "product:AcknowledgeRecall", (*client.Client).AcknowledgeRecall),
		ask(s, "show MSP ID", "Show a recall, by who recalled and its id", func(ctx context.Context, c *client.Client, args []string) (*product.ReadRecallResponse, error) {
			return c.RecallStatus(ctx, args[0], args[1])
		}),
		listOf(s, "list SUBJECT", "List the recalls of an object, lot or class", (*client.Client).Recalls),
		list(s, "scope MSP ID", "List what a recall concerns, and who has it", func(ctx context.Context, c *client.Client, args []string) iter.Seq2[product.Affected, error] {
			return c.RecallScope(ctx, args[0], args[1])
		}),
		list(s, "answers MSP ID", "List what organisations did about a recall", func(ctx context.Context, c *client.Client, args []string) iter.Seq2[product.Acknowledgement, error] {
			return c.Acknowledgements(ctx, args[0], args[1])
		}),
	)
}

func (s streams) endRecallCommand() *cobra.Command {
	var reason string
	c := ask(s, "end ID", "End a recall of your organisation", func(ctx context.Context, c *client.Client, args []string) (*client.RecordedRecall, error) {
		return c.EndRecall(ctx, args[0], reason)
	})
	c.Flags().StringVar(&reason, "reason", "", "why it ends (required)")
	return required(c, "reason")
}
