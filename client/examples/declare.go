package examples

import (
	"context"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Correct declares a shipment that went to the wrong party an error, and ships to
// the right one, in one document. It is what EPCIS has for that: the event once
// more, with an error declaration that names the event which puts it right.
func Correct(ctx context.Context, t *Trade) error {
	item := t.Item(1)
	shipping := object(epcis.Observe, "shipping", item)
	shipping.EventID, shipping.DestinationList = item+":shipped", to(CarrierGLN)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{object(epcis.Add, "commissioning", item), shipping}); err != nil {
		return err
	}

	right := object(epcis.Observe, "shipping", item)
	right.EventID, right.DestinationList = item+":shipped-again", to(RetailerGLN)
	wrong := shipping
	wrong.ErrorDeclaration = &epcis.ErrorDeclaration{
		DeclarationTime: time.Now().UTC(), Reason: "incorrect_data", CorrectiveEventIDs: []string{right.EventID},
	}
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{wrong, right}); err != nil {
		return err
	}
	for entry, err := range t.Retailer.History(ctx, item) {
		if err != nil {
			return err
		}
		declared := ""
		if entry.Declared {
			declared = ", declared an error"
		}
		t.tell("%d %s%s", entry.Number, entry.Effect, declared)
	}
	twin, err := t.Retailer.Twin(ctx, item)
	if err != nil {
		return err
	}
	t.tell("on its way to %s", twin.Offer.To)
	return nil
}
