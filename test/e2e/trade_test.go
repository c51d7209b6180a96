package e2e_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var unit atomic.Int64

func pallet() string { return fmt.Sprintf("urn:epc:id:sscc:9521321.7%09d", unit.Add(1)) }

// but returns an event with other members; nil leaves one out.
func (e event) but(members event) event {
	changed := event{}
	for name, value := range e {
		changed[name] = value
	}
	for name, value := range members {
		if changed[name] = value; value == nil {
			delete(changed, name)
		}
	}
	return changed
}

func aggregation(action, step, parent string, children ...string) event {
	e := objectEvent(action, step, nil).but(event{"type": "AggregationEvent", "epcList": nil, "parentID": parent})
	if len(children) > 0 {
		e["childEPCs"] = children
	}
	return e
}

func quantities(class string, amount int) []any {
	return []any{map[string]any{"epcClass": class, "quantity": amount, "uom": "KGM"}}
}

// Every kind of event, by those who may and those who may not: each step is taken,
// or refused for the same reason, on both ledgers.
func everyKindOfEvent(t *testing.T, w world) {
	items, made, old := objects(4), objects(2), objects(1)[0]
	inner, outer := pallet(), pallet()
	lot := fmt.Sprintf("urn:epc:class:lgtin:9521321.040071.L%d", unit.Add(1))
	ofLot := func(e event, amount int) event {
		return e.but(event{"epcList": nil, "quantityList": quantities(lot, amount)})
	}
	making := objectEvent("", "commissioning", nil).but(event{
		"type": "TransformationEvent", "action": nil, "epcList": nil,
		"inputEPCList": items[2:3], "inputQuantityList": quantities(lot, 10), "outputEPCList": made,
	})
	seen := objectEvent("OBSERVE", "inspecting", made[:1])
	for n, step := range []struct {
		who    string
		event  event
		refuse error
	}{
		{manufacturer, commission(items), nil},
		{carrier, aggregation("ADD", "packing", inner, items[0]), fault.NotLicensee},
		{manufacturer, aggregation("ADD", "packing", inner, items[:2]...), nil},
		{manufacturer, aggregation("ADD", "packing", outer, inner), nil},
		{manufacturer, aggregation("ADD", "packing", inner, outer), fault.InvalidDocument},
		{manufacturer, ship([]string{outer}, carrier), nil},
		{manufacturer, aggregation("DELETE", "unpacking", inner, items[0]), fault.InTransit},
		{retailer, receive([]string{outer}), fault.NotOffered},
		{carrier, receive([]string{outer}), nil},
		{manufacturer, ship(items[:1], retailer), fault.NotCustodian},
		{carrier, ship([]string{outer}, retailer), nil},
		{retailer, objectEvent("OBSERVE", "void_shipping", []string{outer}), nil}, // a refusal
		{carrier, aggregation("DELETE", "unpacking", outer), nil},
		{carrier, ship([]string{inner}, retailer), nil},
		{retailer, receive([]string{inner}), nil},
		{manufacturer, ofLot(objectEvent("ADD", "commissioning", nil), 100), nil},
		{manufacturer, ofLot(ship(nil, retailer), 101), fault.NotEnough},
		{manufacturer, ofLot(ship(nil, retailer), 40), nil},
		{retailer, ofLot(receive(nil), 30), nil},
		{retailer, ofLot(receive(nil), 11), fault.NotEnough},
		{retailer, making, fault.NotCustodian},
		{manufacturer, making, nil},
		{manufacturer, ship(items[2:3], retailer), fault.ObjectEnded},
		{manufacturer, seen, nil},
		{manufacturer, seen.but(event{"errorDeclaration": event{"declarationTime": seen["eventTime"], "reason": "incorrect_data"}}), nil},
		{retailer, objectEvent("ADD", "stock_taking", []string{old}), nil},
		{retailer, objectEvent("ADD", "commissioning", []string{old}), fault.NotLicensee},
	} {
		_, err := capture(t, w, step.who, step.event)
		if step.refuse == nil {
			require.NoError(t, err, "step %d", n)
		} else {
			require.ErrorIs(t, err, step.refuse, "step %d", n)
		}
	}
	require.Equal(t, retailerMSP, custody(t, w, items[1]))
	require.Equal(t, carrierMSP, custody(t, w, outer))
	regulator := w.client(t, regulator, "auditor")
	_, err := regulator.Lot(t.Context(), lot)
	require.NoError(t, err)
	var there product.Amount
	for holding, err := range regulator.Holdings(t.Context(), product.ReadHoldingsRequest{ID: lot}) {
		require.NoError(t, err)
		there += holding.Amount
	}
	require.Equal(t, "90", there.String(), "100 made, 10 consumed")
	var reached []string
	for step, err := range regulator.TraceForward(t.Context(), lot) {
		require.NoError(t, err)
		reached = append(reached, step.ID)
	}
	require.Len(t, reached, 2)
	twin, err := regulator.Twin(t.Context(), old)
	require.NoError(t, err)
	require.True(t, twin.Unproven)
}
