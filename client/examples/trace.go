package examples

import (
	"context"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// TraceLot makes packs of a bulk lot, and traces a pack back to the lot, and the
// lot forward to every pack. What the bulk weighs and the packs do not is declared
// as lost: an event that does not add up is recorded, with a flag.
func TraceLot(ctx context.Context, t *Trade) error {
	bulk, packs := t.Lot(1), t.Lot(2)
	begin := object(epcis.Add, "commissioning")
	begin.QuantityList = []epcis.Quantity{{EPCClass: bulk, Amount: "25.5", UOM: "KGM"}}
	blending := epcis.Event{
		Type: epcis.TransformationEvent, BizStep: "commissioning", EventTime: begin.EventTime,
		InputQuantityList:  []epcis.Quantity{{EPCClass: bulk, Amount: "20", UOM: "KGM"}},
		OutputQuantityList: []epcis.Quantity{{EPCClass: packs, Amount: "19500", UOM: "GRM"}},
		Context:            epcis.NewContext("countersign", product.Namespace),
		Extensions:         epcis.Extensions{lost("0.5", "KGM")},
	}
	// From here on single items are counted: each belongs to the lot.
	numbering := object(epcis.Add, "commissioning", t.Items(3)...)
	numbering.ILMD = epcis.Extensions{{Name: "cbvmda:lotNumber", Value: epcis.Text(packs[strings.LastIndex(packs, ".")+1:])}}
	captured, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{begin, blending, numbering})
	if err != nil {
		return err
	}

	for step, err := range t.Retailer.TraceBack(ctx, t.Item(0)) {
		if err != nil {
			return err
		}
		t.tell("back %d: %s", step.Depth, step.Kind)
		if step.Kind == product.Origin {
			t.tell("%s %s of it, by the blending: %t", step.Amounts[0].Amount, step.Amounts[0].Unit, step.Event.Event == captured.Events[1].Event)
		}
	}
	kinds := map[product.TraceKind]int{}
	for step, err := range t.Retailer.TraceForward(ctx, bulk) {
		if err != nil {
			return err
		}
		kinds[step.Kind]++
	}
	t.tell("forward: %d lot made of it, of which %d items are known", kinds[product.Outcome], kinds[product.Member])
	return nil
}

// lost is the declared loss of a transformation.
func lost(quantity, uom string) epcis.Member {
	loss := epcis.Value{Kind: epcis.Object, Members: []epcis.Member{
		{Name: "countersign:quantity", Value: epcis.Value{Kind: epcis.Numeric, Text: quantity}},
		{Name: "countersign:uom", Value: epcis.Text(uom)},
	}}
	return epcis.Member{Name: "countersign:loss", Value: epcis.Value{Kind: epcis.Array, Items: []epcis.Value{loss}}}
}
