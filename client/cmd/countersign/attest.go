package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
)

func (s streams) attestCommand() *cobra.Command {
	c := group("attest", "Have an answer signed by several organisations: evidence that verifies offline",
		attested(s, "object ID", "The present state of an object", api.Twin, func(id string) product.ReadTwinRequest { return product.ReadTwinRequest{ID: id} }),
		attested(s, "history ID", "The first hundred events of an object", api.History, func(id string) product.ReadHistoryRequest { return product.ReadHistoryRequest{ID: id, From: 1} }),
		attested(s, "event HASH", "An event as it was recorded", api.Event, func(hash string) product.ReadEventRequest { return product.ReadEventRequest{Event: hash} }),
		attested(s, "shipment EVENT", "A shipment", api.Shipment, func(event string) shipment.ReadShipmentRequest { return shipment.ReadShipmentRequest{Event: event} }),
		attested(s, "discrepancy ID", "A discrepancy", api.Discrepancy, func(id string) shipment.ReadDiscrepancyRequest {
			return shipment.ReadDiscrepancyRequest{Discrepancy: id}
		}),
		attested(s, "condition ID", "Whether an object was kept as its policies say", api.ObjectCondition, func(id string) condition.ReadObjectRequest { return condition.ReadObjectRequest{Object: id} }),
		attested(s, "breach ID", "A breach", api.Breach, func(id string) condition.ReadBreachRequest { return condition.ReadBreachRequest{Breach: id} }),
		attested(s, "organisation MSP", "An organisation", api.Organisation, func(msp string) participant.ReadOrganisationRequest {
			return participant.ReadOrganisationRequest{MSP: msp}
		}),
		s.attestCallCommand(),
	)
	c.Long = `Attest has peers of several organisations answer a query and sign the answer. The
file verifies offline, for anybody who has the roots: 'countersign verify'. Nothing is
written on the ledger, and organisations that only read can ask, too.

--by names the organisations; a saved profile can. With roots in the saved profile the
evidence is verified before it is handed out.`
	return c
}

// attesting is the flags of commands that write evidence.
type attesting struct {
	onLedger

	by  []string
	out string
}

func (a *attesting) add(c *cobra.Command, do func(ctx context.Context, c *client.Client, args []string) (evidence.Evidence, error)) *cobra.Command {
	c = a.onLedger.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		if len(a.by) == 0 {
			a.by = a.settings.AttestedBy
		}
		if len(a.by) == 0 {
			return errors.New("say who shall sign: --by with MSP ids")
		}
		found, err := do(ctx, c, args)
		if err != nil {
			return err
		}
		return a.hand(found)
	})
	c.Flags().StringSliceVar(&a.by, "by", nil, "the organisations that shall sign, MSP ids")
	c.Flags().StringVarP(&a.out, "out", "o", standardIn, "the file to write; - for standard output")
	c.Flags().Lookup("json").Usage = errorsAsJSON
	return c
}

// hand verifies evidence if there are roots, and writes it.
func (a *attesting) hand(found evidence.Evidence) error {
	text, err := found.Encode()
	if err != nil {
		return err
	}
	if a.settings.Roots != "" {
		policy, verifier, err := a.verifier(a.settings.Roots, newestConfiguration, a.settings.Policy)
		if err != nil {
			return err
		}
		if report := verifier.Verify(found, policy, a.now()); !report.Verified() {
			err := streams{out: a.err}.print(report, a.asJSON)
			return errors.Join(errBad, err)
		}
	}
	return a.write(a.out, text)
}

// attested is a command for a question about one thing.
func attested[Req, Resp any](s streams, use, short string, f api.Declared[Req, Resp], request func(string) Req) *cobra.Command {
	a := &attesting{onLedger: onLedger{streams: s}}
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " "))}
	return a.add(c, func(ctx context.Context, c *client.Client, args []string) (evidence.Evidence, error) {
		return piece(client.Attest(ctx, c, f, request(args[0]), a.by...))
	})
}

func (s streams) attestCallCommand() *cobra.Command {
	a := &attesting{onLedger: onLedger{streams: s}}
	c := &cobra.Command{
		Use: "call FUNCTION REQUEST", Short: "The answer of any query", Args: cobra.ExactArgs(2),
		ValidArgsFunction: completeFunctions(func(k api.Kind) bool { return k == api.Query }),
	}
	return a.add(c, func(ctx context.Context, c *client.Client, args []string) (evidence.Evidence, error) {
		call, err := s.invocation(args[0], args[1], a.by)
		if err != nil {
			return nil, err
		}
		return piece(c.AttestCall(ctx, call))
	})
}
