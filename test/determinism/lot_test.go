package determinism_test

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// lots makes lots, ships them in many portions, receives in part, packs, refuses
// and uses up.
func (w *world) lots() {
	w.Helper()
	class := strings.Split(Object(Manufacturer, "x"), "/21/")[0]
	list := func(name string, e Event, amounts ...string) Event {
		var lines []any
		for i := 0; i+1 < len(amounts); i += 2 {
			line := map[string]any{"epcClass": gs1.Authority + class + amounts[i], "quantity": json.Number(amounts[i+1])}
			if amounts[i] == "/10/Q2" {
				line["uom"] = "KGM"
			}
			lines = append(lines, line)
		}
		more := map[string]any{}
		if lines != nil {
			more[name] = lines
		}
		for member, value := range e.More {
			more[member] = value
		}
		e.More = more
		return e
	}
	of := func(e Event, amounts ...string) Event { return list("quantityList", e, amounts...) }
	var make []Event
	for _, place := range []string{Site(Manufacturer), Site(Carrier), Site(Retailer), "https://example.com/" + strings.Repeat("far/", 55)} {
		e := of(Commission(), "/10/Q1", "100", "/10/Q2", "50.25", "", "7")
		e.Place = place
		make = append(make, e)
	}
	w.capture(Manufacturer, make...)
	w.capture(Manufacturer, of(Ship(Carrier), "/10/Q1", "350", "/10/Q2", "100"), of(Ship(Retailer), "/10/Q1", "10"))
	w.capture(Carrier, of(Step("receiving"), "/10/Q1", "320", "/10/Q2", "100"))
	w.capture(Retailer, of(Step("void_shipping"), "/10/Q1", "4"))
	w.capture(Manufacturer, of(Step("void_shipping"), "/10/Q1", "3"))
	box := Pallet(Carrier, 77)
	pack := func(action string, amounts ...string) Event {
		e := list("childQuantityList", Event{Action: action, BizStep: "packing", More: map[string]any{
			"type": "AggregationEvent", "parentID": gs1.Authority + box, "epcList": nil,
		}}, amounts...)
		return e
	}
	w.capture(Carrier, pack("ADD", "/10/Q1", "300", "/10/Q2", "90.5"))
	w.capture(Carrier, pack("DELETE", "/10/Q1", "100"))
	w.capture(Carrier, pack("DELETE"), of(Delete("destroying"), "/10/Q1", "20"))

	who := w.as(Regulator, ledger.RoleAuditor)
	lot := must(w, api.Lot, who, product.ReadLotRequest{ID: class + "/10/Q1"}, nil)
	require.Len(w, lot.Accounts, 3)
	must(w, api.Holdings, who, product.ReadHoldingsRequest{ID: class + "/10/Q1", Size: 3}, nil)
	must(w, api.LotHistory, who, product.ReadLotHistoryRequest{ID: class + "/10/Q1", Organisation: Carrier}, nil)
}
