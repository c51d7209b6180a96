package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client"
)

// onLedgerConditions are the commands of 'countersign condition' that ask a ledger.
func (s streams) onLedgerConditions() []*cobra.Command {
	return []*cobra.Command{
		s.objectConditionCommand(),
		askOf(s, "watch ID", "Show a watch and its lanes, by id (MSP/name)", (*client.Client).Watch),
		send(s, "start", "Start a watch", "condition:StartWatch", (*client.Client).StartWatch),
		send(s, "end", "End a watch", "condition:EndWatch", (*client.Client).EndWatch),
		send(s, "define", "Define a policy", "condition:DefinePolicy", (*client.Client).DefinePolicy),
		ask(s, "policy ID VERSION", "Show a policy on record", func(ctx context.Context, c *client.Client, args []string) (*condition.Policy, error) {
			version, err := strconv.Atoi(args[1])
			if err != nil {
				return nil, fmt.Errorf("the version is a number, not %q", args[1])
			}
			return c.Policy(ctx, args[0], version)
		}),
		s.recordCommand(),
		listOf(s, "breaches ID", "List the breaches of an object", (*client.Client).Breaches),
		listOf(s, "open MSP", "List the open breaches that an organisation's quality unit decides", (*client.Client).OpenBreaches),
		askOf(s, "breach ID", "Show a breach", (*client.Client).Breach),
		listOf(s, "steps BREACH", "List what was done about a breach", (*client.Client).BreachSteps),
		listOf(s, "affected BREACH", "List the objects that a breach holds", (*client.Client).Affected),
		send(s, "acknowledge", "Acknowledge a breach", "condition:AcknowledgeBreach", (*client.Client).AcknowledgeBreach),
		send(s, "confirm", "Confirm a suspected breach", "condition:ConfirmBreach", (*client.Client).ConfirmBreach),
		send(s, "investigate", "Note the start of an investigation", "condition:InvestigateBreach", (*client.Client).InvestigateBreach),
		s.decideCommand(),
	}
}

func (s streams) objectConditionCommand() *cobra.Command {
	var policy string
	c := ask(s, "object ID", "Ask whether an object was kept as its policies say", func(ctx context.Context, c *client.Client, args []string) (*condition.ReadObjectResponse, error) {
		return c.Condition(ctx, condition.ReadObjectRequest{Object: args[0], Policy: policy})
	})
	c.Flags().StringVar(&policy, "policy", "", "only this policy, by id (MSP/name)")
	return c
}

func (s streams) recordCommand() *cobra.Command {
	l := &onLedger{streams: s}
	c := &cobra.Command{
		Use: "record RECORDING...", Short: "Put signed recordings of one device on the ledger, in their order",
		Args: cobra.MinimumNArgs(1),
	}
	return l.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		recordings := make([][]byte, len(args))
		for i, name := range args {
			var err error
			if recordings[i], err = s.read(name); err != nil {
				return err
			}
		}
		recorded, err := c.Record(ctx, recordings...)
		return l.done(recorded, err)
	})
}

// decideCommand signs with a person's own key, which need not be that of who connects.
func (s streams) decideCommand() *cobra.Command {
	var signer string
	c := ask(s, "decide STATEMENT", "Decide on a breach, with a person's own signature",
		func(ctx context.Context, c *client.Client, args []string) (*client.Decided, error) {
			var statement condition.Statement
			if err := s.request(args[0], &statement); err != nil {
				return nil, err
			}
			by, err := client.SignatoryFromMSP(signer)
			if err != nil {
				return nil, err
			}
			return c.Decide(ctx, statement, by)
		})
	c.Flags().StringVar(&signer, "signer", "", "the MSP folder of the person who decides (required)")
	return required(c, "signer")
}
