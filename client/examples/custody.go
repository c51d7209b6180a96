package examples

import (
	"context"
	"errors"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Ship commissions a serialised item, ships it, and has it received. Whoever
// receives before the shipper has said so hears NotYetShipped, and tries again.
func Ship(ctx context.Context, t *Trade) error {
	item := t.Item(1)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{object(epcis.Add, "commissioning", item)}); err != nil {
		return err
	}
	receipt := []epcis.Event{object(epcis.Observe, "receiving", item)}
	if _, err := t.Retailer.CaptureEvents(ctx, receipt); errors.Is(err, fault.NotYetShipped) {
		t.tell("not shipped yet")
	}

	shipping := object(epcis.Observe, "shipping", item)
	shipping.Disposition, shipping.DestinationList = "in_transit", to(RetailerGLN)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{shipping}); err != nil {
		return err
	}
	if _, err := t.Retailer.CaptureEvents(ctx, receipt); err != nil {
		return err
	}
	twin, err := t.Retailer.Twin(ctx, item)
	if err != nil {
		return err
	}
	t.tell("with %s after %d events", twin.Custodian, twin.Events)
	return nil
}
