package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// shippedWithLot opens a shipment of an object and 500.5 kg of a lot, in two
// lines, with the batch alone, whatever the rules of lots are.
func shippedWithLot(s *Scene) (event string) {
	s.TB.Helper()
	s.MustCapture(Manufacturer, Commission(a))
	if err := s.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		b, err := product.Open(tx, ids(a))
		if err != nil {
			return err
		}
		lot := "urn:epc:class:lgtin:9506000.013435.L1"
		shipped, err := product.Prepare(tx, &epcis.Event{
			Type: epcis.ObjectEvent, Action: epcis.Observe, BizStep: "shipping", EventTime: tx.Time(), EventTimeZoneOffset: "+00:00",
			EPCList: []string{ids(a)[0].String()}, Context: epcis.NewContext(),
			QuantityList: []epcis.Quantity{{EPCClass: lot, Amount: "500", UOM: "KGM"}, {EPCClass: lot, Amount: "0.5", UOM: "KGM"}, {EPCClass: lot, Amount: "12"}},
		})
		if err != nil {
			return err
		}
		event = shipped.Record.Event
		b.AddOffer(&product.Offer{V: product.Version, Event: shipped.Ref.Hash, From: Manufacturer, To: Retailer, ToGLN: GLN(Retailer), Time: tx.Time()})
		b.Record(b.Twin(ids(a)[0]), shipped, product.Shipped)
		return b.Close([]*product.NewEvent{shipped})
	}); err != nil {
		s.TB.Fatalf("%v", err)
	}
	return event
}

func TestAnAmountOfALotIsClaimed(t *testing.T) {
	s := New(t)
	claim := shipment.ClaimRequest{Shipment: shippedWithLot(s), Kind: shipment.Short, Lot: "/01/09506000134352/10/L1", Amount: "500.50", Unit: "KGM"}
	d := said(t, s, Retailer, shipment.Claim, claim)
	require.Equal(t, []string{"/01/09506000134352/10/L1", "500.5", "KGM"}, []string{d.Lot, d.Amount.String(), d.Unit})
	require.Equal(t, d, discrepancy(t, s, d.ID))
	for name, c := range map[string]struct {
		change func(*shipment.ClaimRequest)
		code   fault.Code
	}{
		"the same lot once more":      {func(c *shipment.ClaimRequest) { c.Amount = "1" }, fault.AlreadyExists},
		"more than was shipped":       {func(c *shipment.ClaimRequest) { c.Kind, c.Amount = shipment.Damaged, "500.500001" }, fault.InvalidRequest},
		"in a unit that it is not in": {func(c *shipment.ClaimRequest) { c.Unit = "GRM" }, fault.NotFound},
		"of another lot":              {func(c *shipment.ClaimRequest) { c.Lot = "/01/09506000134352/10/L2" }, fault.NotFound},
		"less than nothing":           {func(c *shipment.ClaimRequest) { c.Amount = "-1" }, fault.InvalidRequest},
	} {
		again := claim
		c.change(&again)
		_, err := say(s, Retailer, shipment.Claim, again)
		require.ErrorIs(t, err, c.code, name)
	}
	for _, other := range []shipment.ClaimRequest{
		{Kind: shipment.Short, Amount: "12"}, {Kind: shipment.Over, Amount: "9000", Unit: "KGM"}, {Kind: shipment.Damaged, Amount: "1", Unit: "KGM"},
	} {
		other.Shipment, other.Lot = claim.Shipment, claim.Lot
		said(t, s, Retailer, shipment.Claim, other)
	}
	agreed := said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
	require.Empty(t, agreed.Moved, "amounts do not move by an agreement")
}

func TestQuantitiesAreListedAfterObjects(t *testing.T) {
	s := New(t)
	event := shippedWithLot(s)
	var all []shipment.ShippedItem
	for from := 0; ; {
		page := known(t, s, shipment.ReadShipment, shipment.ReadShipmentRequest{Event: event, From: from, Size: 1})
		require.Len(t, page.Items, 1)
		require.Equal(t, 4, page.Length)
		all = append(all, page.Items...)
		if from = page.Next; from == 0 {
			break
		}
	}
	lot := "/01/09506000134352/10/L1"
	require.Equal(t, []shipment.ShippedItem{
		{ID: a, Custodian: Manufacturer}, {ID: lot, Quantity: "500", Unit: "KGM"}, {ID: lot, Quantity: "0.5", Unit: "KGM"}, {ID: lot, Quantity: "12"},
	}, all)
	require.Equal(t, all, known(t, s, shipment.ReadShipment, shipment.ReadShipmentRequest{Event: event}).Items)
}
