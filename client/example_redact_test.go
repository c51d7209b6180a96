package client_test

import (
	"context"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
	"github.com/countersign-ledger/countersign/client"
)

// A manufacturer commissions an object without telling the channel which order it
// was made for, and by what recipe. The retailer is shown the order, and nobody the
// recipe.
func ExampleRedact() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example

	document := event(`"action": "ADD", "bizStep": "commissioning",
		"bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9506000000008:4711"}],
		"ilmd": {"https://ns.example.com/recipe": "7 herbs"}`)
	redacted, err := client.Redact(document, redaction.Fields{
		BizTransactions: []string{redaction.All}, ILMD: []string{redaction.All},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Keep redacted, as JSON, before anything is sent. Then the private part goes
	// first: if the capture is refused, the record opens nothing.
	secret := redacted.Events[0]
	secret.Disclosures = secret.Disclosures[:1] // the order; the recipe stays here
	records, err := secret.Records(object)
	if err != nil {
		fmt.Println(err)
		return
	}
	written, err := manufacturer.WriteConfidential(ctx, records[0], "RetailerMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := manufacturer.Capture(ctx, redacted.Document); err != nil {
		fmt.Println(err)
		return
	}

	retailer, err := ledger.Connect(ctx, "retailer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer retailer.Close() //nolint:errcheck // the end of an example
	if err := shown(ctx, retailer, "ManufacturerMSP", written.ID); err != nil {
		fmt.Println(err)
	}
	// Output:
	// on the ledger: 0 transactions, 2 commitments
	// shown and verified: urn:epcglobal:cbv:bt:9506000000008:4711
	// still hidden: 1
}

// shown prints what a record of a partner discloses of events on the ledger.
func shown(ctx context.Context, c *client.Client, partner, id string) error {
	record, err := c.ReadConfidential(ctx, id, partner)
	if err != nil {
		return err
	}
	disclosures, err := client.Disclosures(record)
	if err != nil {
		return err
	}
	for hash, list := range disclosures {
		recorded, err := c.Event(ctx, hash)
		if err != nil {
			return err
		}
		public, err := epcis.ReadEvent(recorded.Body, epcis.Limits{})
		if err != nil {
			return err
		}
		commitments, err := redaction.Commitments(public)
		if err != nil {
			return err
		}
		fmt.Printf("on the ledger: %d transactions, %d commitments\n", len(public.BizTransactionList), len(commitments))
		revealed, err := redaction.Reveal(public, list)
		if err != nil {
			return err
		}
		fmt.Println("shown and verified:", revealed.BizTransactionList[0].ID)
		hidden, err := redaction.Commitments(revealed)
		if err != nil {
			return err
		}
		fmt.Println("still hidden:", len(hidden))
	}
	return nil
}
