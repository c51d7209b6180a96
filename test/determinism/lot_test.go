package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
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

// heldLot has a breach hold what its custodian has of a lot, and something else.
func (w *world) heldLot() {
	w.Helper()
	const device = "/8004/9506000LOGGER88"
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(w, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(w, err)
	operator := w.as(Manufacturer, ledger.RoleOperator)
	must(w, api.RegisterDevice, operator, participant.RegisterDeviceRequest{
		ID: device, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: w.scene.Now.AddDate(0, 6, 0),
	}, nil)
	class := strings.Split(Object(Manufacturer, "x"), "/21/")[0]
	lots := []string{class + "/10/HELD1", class + "/10/HELD2"}
	begin := Commission()
	begin.More = map[string]any{"quantityList": []any{Quantity(lots[0], 10, ""), Quantity(lots[1], 20, "KGM")}}
	w.capture(Manufacturer, begin, Commission(Object(Manufacturer, "WITHLOT")))
	must(w, api.StartWatch, operator, condition.StartWatchRequest{
		Name: "lots", Policy: condition.PolicyRef{ID: Manufacturer + "/carried", Version: 1}, Devices: []string{device}, Start: w.scene.Now,
		Objects: []string{lots[1], Object(Manufacturer, "WITHLOT"), lots[0]},
	}, nil)
	recording, err := telemetry.Seal(rand.Reader, key, telemetry.Draft{
		Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1,
		Readings: []telemetry.Reading{{Time: w.scene.Now.UnixMilli(), Value: 90}},
	})
	require.NoError(w, err)
	must(w, api.Record, w.as(Manufacturer, ledger.RoleGateway), condition.RecordRequest{}, recording.Bytes())
	who := w.as(Regulator, ledger.RoleAuditor)
	require.Len(w, must(w, api.LotHolds, who, product.ReadLotHoldsRequest{ID: lots[0]}, nil).Holds, 1)
	require.Len(w, must(w, api.LotHistory, who, product.ReadLotHistoryRequest{ID: lots[1], Organisation: Manufacturer}, nil).Entries, 2)
}
