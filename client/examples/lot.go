package examples

import (
	"context"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// CountLot makes a lot of loose goods, ships some of it, receives that in two
// portions, and asks who has how much.
func CountLot(ctx context.Context, t *Trade) error {
	lot := t.Lot(1)
	amount := func(e epcis.Event, kilograms epcis.Number) epcis.Event {
		e.QuantityList = []epcis.Quantity{{EPCClass: lot, Amount: kilograms, UOM: "KGM"}}
		return e
	}
	shipping := amount(object(epcis.Observe, "shipping"), "400")
	shipping.DestinationList = to(RetailerGLN)
	made := []epcis.Event{amount(object(epcis.Add, "commissioning"), "1000.5"), shipping}
	if _, err := t.Manufacturer.CaptureEvents(ctx, made); err != nil {
		return err
	}
	for _, portion := range []epcis.Number{"150", "250"} {
		if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{amount(object(epcis.Observe, "receiving"), portion)}); err != nil {
			return err
		}
	}
	selling := amount(object(epcis.Observe, "retail_selling"), "400.000001")
	if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{selling}); err != nil {
		t.tell("%s: there are %s", fault.Of(err).Code, fault.Of(err).Detail["available"])
	}
	for holding, err := range t.Retailer.Holdings(ctx, product.ReadHoldingsRequest{ID: lot}) {
		if err != nil {
			return err
		}
		t.tell("%s %s with %s, of %s", holding.Amount, holding.Unit, holding.Custodian, holding.Owner)
	}
	read, err := t.Retailer.Lot(ctx, lot)
	if err != nil {
		return err
	}
	all := read.Totals[0]
	t.tell("%s made, %s shipped, %s received", all.Made, all.Sent, all.Received)
	for entry, err := range t.Retailer.LotHistory(ctx, lot, "RetailerMSP") {
		if err != nil {
			return err
		}
		t.tell("%d %s %s", entry.Number, entry.Effect, entry.Moves[0].Amount)
	}
	return nil
}
