package client_test

import (
	"context"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

// A retailer proves to its bank, which is not on the network, what it has agreed to
// pay, and shows nothing else of the contract.
func ExampleClient_ShowFields() {
	ctx := context.Background()
	ledger := consortium(ctx)
	people, closing, err := connectAll(ctx, ledger, "manufacturer/operator", "retailer/operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer closing()
	manufacturer, retailer := people[0], people[1]
	id, err := agree(ctx, manufacturer, collections.Terms{Price: "12.50", Currency: "EUR", Total: "125000.00"})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The retailer has the record at its own peer. What the ledger says of it is signed
	// by two other organisations, which never see the contract.
	record, err := retailer.ReadConfidential(ctx, id, "ManufacturerMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	total, _ := record.Field("/total")
	shown, err := retailer.ShowFields(ctx, id, []selective.Field{total}, "ManufacturerMSP", "CarrierMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := shown.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}

	// The bank has the file and the organisations' authorities.
	report, err := check(file, ledger.Roots())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict, report.Record.Owner, report.Record.Fields)
	// Output:
	// verified ManufacturerMSP [{/total 125000.00}]
}

// agree writes terms that are shared with the retailer, and publishes their manifest.
func agree(ctx context.Context, c *client.Client, terms collections.Terms) (id string, err error) {
	record, err := client.NewRecord(terms)
	if err != nil {
		return "", err
	}
	if _, err := c.WriteConfidential(ctx, record, "RetailerMSP"); err != nil {
		return "", err
	}
	_, err = c.PublishConfidential(ctx, record.ID, "RetailerMSP")
	return record.ID, err
}

func check(file []byte, roots *verify.Roots) (*verify.Report, error) {
	read, err := evidence.Decode(file)
	if err != nil {
		return nil, err
	}
	verifier, err := verify.New(roots)
	if err != nil {
		return nil, err
	}
	return verifier.Verify(read, roots.Policy, now), nil
}
