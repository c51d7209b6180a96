package examples

import (
	"context"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Pallet packs cases on a pallet, ships and receives the pallet alone, and
// unpacks it: what is in it has moved along.
func Pallet(ctx context.Context, t *Trade) error {
	cases, pallet, morning := t.Items(20), t.Pallet(1), time.Now().Add(-8*time.Hour)
	commissioning := object(epcis.Add, "commissioning", cases...)
	packing := epcis.Event{
		Type: epcis.AggregationEvent, Action: epcis.Add, BizStep: "packing", EventTime: morning,
		ParentID: pallet, ChildEPCs: cases,
	}
	shipping := object(epcis.Observe, "shipping", pallet)
	shipping.DestinationList = to(RetailerGLN)
	commissioning.EventTime, shipping.EventTime = morning, morning.Add(time.Hour)
	// The pallet needs no event of its own: it begins when it is packed.
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{commissioning, packing, shipping}); err != nil {
		return err
	}
	if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{object(epcis.Observe, "receiving", pallet)}); err != nil {
		return err
	}
	twin, err := t.Retailer.Twin(ctx, cases[7])
	if err != nil {
		return err
	}
	t.tell("a case is with %s; its own events: %d; inferred through %d container", twin.Custodian, twin.Events, len(twin.Through))
	past, err := t.Retailer.TwinAsOf(ctx, cases[7], shipping.EventTime, product.Occurred)
	if err != nil {
		return err
	}
	t.tell("when it was shipped, it was with %s", past.Custodian)

	unpacking := epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Delete, BizStep: "unpacking", EventTime: time.Now().Add(-time.Minute), ParentID: pallet}
	if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{unpacking}); err != nil {
		return err
	}
	twin, err = t.Retailer.Twin(ctx, cases[7])
	if err != nil {
		return err
	}
	t.tell("unpacked, it is in no container: %t", twin.In == nil)
	return nil
}
