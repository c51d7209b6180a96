package determinism_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// discrepancies ships what does not all arrive, has some of it turn up elsewhere
// and some damaged, and has all of that claimed, disputed, agreed and withdrawn.
func (w *world) discrepancies() {
	w.Helper()
	var goods []string
	for i := range 150 {
		goods = append(goods, Object(Manufacturer, fmt.Sprintf("D%04d", i)))
	}
	w.capture(Manufacturer, Commission(goods...))
	w.scene.Now = w.scene.Now.Add(time.Minute)
	capture := func(msp string, event Event) shipment.CapturedEvent {
		w.scene.Now = w.scene.Now.Add(time.Minute)
		return must(w, api.Capture, w.as(msp, ledger.RoleOperator), shipment.CaptureRequest{}, w.scene.Document(event)).Events[0]
	}
	shipped := capture(Manufacturer, Ship(Retailer, goods[:140]...)).Event
	damaged := Step("receiving", goods[:110]...)
	damaged.Disposition, damaged.Place = "damaged", Site(Retailer)
	received := capture(Retailer, damaged)
	require.Len(w, received.Discrepancies, 2)
	astray := Step("receiving", goods[130:]...)
	astray.Disposition, astray.Place = "mismatch_instance", Site(Carrier)
	turned := capture(Carrier, astray).Discrepancies
	require.Len(w, turned, 2, "wrong, and unannounced")

	manufacturer, retailer := w.as(Manufacturer, ledger.RoleOperator), w.as(Retailer, ledger.RoleOperator)
	claimed := must(w, api.Claim, retailer, shipment.ClaimRequest{
		Shipment: shipped, Receipt: received.Event, Kind: shipment.Short, Objects: goods[110:130], Note: "pallet <3> & 4",
	}, nil)
	must(w, api.Answer, manufacturer, shipment.AnswerRequest{Discrepancy: claimed.ID, Note: "no"}, nil)
	must(w, api.Withdraw, retailer, shipment.WithdrawRequest{Discrepancy: claimed.ID, Note: "found"}, nil)
	for _, id := range turned {
		require.NotEmpty(w, must(w, api.Answer, manufacturer, shipment.AnswerRequest{Discrepancy: id, Agree: true}, nil).Moved)
	}

	who := w.as(Regulator, ledger.RoleAuditor)
	must(w, api.Discrepancy, who, shipment.ReadDiscrepancyRequest{Discrepancy: turned[0]}, nil)
	require.Len(w, must(w, api.Discrepancies, who, shipment.ListDiscrepanciesRequest{Shipment: shipped}, nil).Discrepancies, 4)
	require.Len(w, must(w, api.Discrepancies, who, shipment.ListDiscrepanciesRequest{Organisation: Retailer, Unsettled: true}, nil).Discrepancies, 2)
	must(w, api.Shipment, who, shipment.ReadShipmentRequest{Event: shipped, From: 100, Size: 30}, nil)
	must(w, api.Offers, who, shipment.ListOffersRequest{Organisation: Manufacturer, Direction: "from"}, nil)
}
