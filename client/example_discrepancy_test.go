package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

const missing = "https://id.gs1.org/01/09506000134352/21/V2"

// two returns an event about two objects rather than one.
func two(rest string) []byte {
	return []byte(strings.Replace(string(event(rest)), `"`+object+`"`, `"`+object+`", "`+missing+`"`, 1))
}

// sendTwo ships two objects to the carrier, and returns the shipping event's hash.
func sendTwo(ctx context.Context, manufacturer *client.Client) (string, error) {
	if _, err := manufacturer.Capture(ctx, two(`"action": "ADD", "bizStep": "commissioning"`)); err != nil {
		return "", err
	}
	shipped, err := manufacturer.Capture(ctx, two(`"action": "OBSERVE", "bizStep": "shipping",
		"destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00000"}]`))
	if err != nil {
		return "", err
	}
	return shipped.Events[0].Event, nil
}

// Two objects are shipped, and one arrives. The receiver records what it has, and
// claims the other; the shipper disputes it, finds it, and agrees.
func ExampleClient_Claim() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	carrier, err := ledger.Connect(ctx, "carrier", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer carrier.Close() //nolint:errcheck // the end of an example
	shipping, err := sendTwo(ctx, manufacturer)
	if err != nil {
		fmt.Println(err)
		return
	}

	received, err := carrier.Capture(ctx, event(`"action": "OBSERVE", "bizStep": "receiving"`))
	if err != nil {
		fmt.Println(err)
		return
	}
	claim := shipment.ClaimRequest{
		Shipment: shipping, Receipt: received.Events[0].Event, Kind: shipment.Short, Objects: []string{missing}, Note: "one of two",
	}
	if _, err := carrier.Claim(ctx, claim); err != nil {
		fmt.Println(err)
		return
	}
	_, err = carrier.Claim(ctx, claim)
	fmt.Println("again:", errors.Is(err, fault.AlreadyExists))

	for d, err := range manufacturer.Discrepancies(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.Claimant, d.Kind, d.Objects, d.Standing)
		if _, err := manufacturer.Dispute(ctx, d.ID, "two left"); err != nil {
			fmt.Println(err)
			return
		}
		agreed, err := manufacturer.Agree(ctx, d.ID, "one was on the dock")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(agreed.Discrepancy.Said[0].Standing, agreed.Discrepancy.Said[1].Standing)
	}

	// It is offered still, and with the shipper, who calls that off.
	for item, err := range carrier.Shipped(ctx, shipping) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(item.ID, item.Custodian, "under way:", item.Offered)
	}
	// Output:
	// again: true
	// CarrierMSP short [/01/09506000134352/21/V2] claimed
	// disputed agreed
	// /01/09506000134352/21/V1 CarrierMSP under way: false
	// /01/09506000134352/21/V2 ManufacturerMSP under way: true
}
