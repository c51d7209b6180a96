package client_test

import (
	"context"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

const recalledLot = "https://id.gs1.org/01/09506000134352/10/L42"

// inHand has an object of a lot commissioned, shipped and received by the carrier.
func inHand(ctx context.Context, manufacturer, carrier *client.Client) error {
	if _, err := manufacturer.Capture(ctx, event(`"action": "ADD", "bizStep": "commissioning", "ilmd": {"cbvmda:lotNumber": "L42"}`)); err != nil {
		return err
	}
	if _, err := manufacturer.Capture(ctx, event(`"action": "OBSERVE", "bizStep": "shipping",
		"destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00000"}]`)); err != nil {
		return err
	}
	_, err := carrier.Capture(ctx, event(`"action": "OBSERVE", "bizStep": "receiving"`))
	return err
}

// A manufacturer recalls a lot. Each object of it reads as recalled at once,
// whoever has it; holders find it in the twin, and answer.
func ExampleClient_Recall() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	quality, err := ledger.Connect(ctx, "manufacturer", "quality")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer quality.Close() //nolint:errcheck // the end of an example
	carrier, err := ledger.Connect(ctx, "carrier", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer carrier.Close() //nolint:errcheck // the end of an example
	if err := inHand(ctx, manufacturer, carrier); err != nil {
		fmt.Println(err)
		return
	}

	// Nothing need be recalled to see what a recall would be about.
	tally, err := client.TallyScope(quality.Scope(ctx, recalledLot))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("with the carrier:", tally.Holders["CarrierMSP"], "of", tally.Things)

	if _, err := quality.Recall(ctx, product.RecallRequest{
		ID: "2026-007", Subjects: []string{recalledLot}, Reason: "leaking caps", Severity: "class-2",
	}); err != nil {
		fmt.Println(err)
		return
	}
	twin, err := carrier.Twin(ctx, object)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range twin.Recalls {
		fmt.Println("recalled by", r.By, "through", r.Subject)
		if _, err := carrier.AcknowledgeRecall(ctx, product.AcknowledgeRecallRequest{By: r.By, ID: r.ID, Done: product.Quarantined}); err != nil {
			fmt.Println(err)
			return
		}
	}
	for answer, err := range quality.Acknowledgements(ctx, "ManufacturerMSP", "2026-007") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(answer.MSP, answer.Done)
	}
	// Output:
	// with the carrier: 1 of 1
	// recalled by ManufacturerMSP through /01/09506000134352/10/L42
	// CarrierMSP quarantined
}
