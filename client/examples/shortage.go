package examples

import (
	"context"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// ReceiveWithShortage receives two of three items, claims that the third never
// came, and has the shipper agree: what did not come stays with the shipper.
func ReceiveWithShortage(ctx context.Context, t *Trade) error {
	items := t.Items(3)
	shipping := object(epcis.Observe, "shipping", items...)
	shipping.DestinationList = to(RetailerGLN)
	sent, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{object(epcis.Add, "commissioning", items...), shipping})
	if err != nil {
		return err
	}
	if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{object(epcis.Observe, "receiving", items[:2]...)}); err != nil {
		return err
	}
	claimed, err := t.Retailer.Claim(ctx, shipment.ClaimRequest{
		Shipment: sent.Events[1].Event, Kind: shipment.Short, Objects: items[2:], Note: "two on the pallet, three on the note",
	})
	if err != nil {
		return err
	}
	t.tell("%s: claimed by %s", claimed.Discrepancy.Kind, claimed.Discrepancy.Claimant)

	agreed, err := t.Manufacturer.Agree(ctx, claimed.Discrepancy.ID, "left on the ramp")
	if err != nil {
		return err
	}
	t.tell("%s", agreed.Discrepancy.Standing)
	// The shipper calls off what never left.
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{object(epcis.Observe, "void_shipping", items[2])}); err != nil {
		return err
	}
	twin, err := t.Retailer.Twin(ctx, items[2])
	if err != nil {
		return err
	}
	t.tell("the third is with %s, on its way: %t", twin.Custodian, twin.Offer != nil)
	return nil
}
