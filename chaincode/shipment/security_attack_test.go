package shipment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestNothingComesOffAHoldByDestroyingItsContainer(t *testing.T) {
	for name, ev := range map[string]Event{"delete": Delete("destroying", pallet), "observe": Step("destroying", pallet)} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			packed(s)
			hold(s, pallet)
			_, err := s.Capture(Manufacturer, Ship(Retailer, a))
			require.ErrorIs(t, err, fault.Held)
			_, err = s.Capture(Manufacturer, ev)
			require.ErrorIs(t, err, fault.Held)
			_, err = s.Capture(Manufacturer, Ship(Retailer, a))
			require.ErrorIs(t, err, fault.Held)
		})
	}
}

func TestWhoOwnsOneOfAClassDoesNotDisturbItsMovementsByRecalls(t *testing.T) {
	s := New(t)
	x, y := Object(Manufacturer, "X"), Object(Manufacturer, "Y")
	s.MustCapture(Manufacturer, Commission(x, y))
	sell := Ship(Carrier, x)
	sell.Owner = GLN(Carrier)
	s.MustCapture(Manufacturer, sell)
	s.MustCapture(Carrier, Step("receiving", x))
	_, err := recall(s, Carrier, "R0", x)
	require.NoError(t, err)
	require.NoError(t, endRecall(s, Carrier, "R0"))
	s.MustCapture(Manufacturer, Ship(Retailer, y))
	before := map[string]string{}
	for _, e := range s.Ledger.Dump() {
		before[string(e.Key)] = string(e.Value)
	}
	_, err = recall(s, Carrier, "R1", x)
	require.NoError(t, err)
	for _, e := range s.Ledger.Dump() {
		kind, parts := e.Key.Parts()
		if kind == "recallhead" && parts[0] == class(Manufacturer) {
			require.Equal(t, before[string(e.Key)], string(e.Value), "a key that every movement of the class reads was written")
		}
	}
}

func TestAShipperCannotSplitAStockSoThatItsReceiverCannotDrawOnIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100000, lotA))
	total := 0
	for round := 0; round < 12; round++ {
		var events []Event
		for i := 0; i < 100; i++ {
			e := ofLot(Ship(Carrier), 1, lotA)
			e.Disposition = fmt.Sprintf("https://example.com/d/%d", total)
			events = append(events, e)
			total++
		}
		s.MustCapture(Manufacturer, events...)
		s.MustCapture(Carrier, ofLot(Step("receiving"), 100, lotA))
	}
	_, err := s.Capture(Carrier, ofLot(Ship(Retailer), 1, lotA))
	require.NoError(t, err)
	_, err = s.Capture(Carrier, ofLot(at(Site(Carrier), Step("storing")), 10, lotA))
	require.NoError(t, err)
}

func TestAnOwnerThatAttachesSaysNothingOfTheParentThatAnotherHas(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(truck, a))
	s.MustCapture(Manufacturer, Ship(Carrier, truck))
	r := Step("receiving", truck)
	r.Place = Site(Carrier)
	s.MustCapture(Carrier, r)
	e := Attach(truck, a)
	e.Place, e.Disposition = Site(Retailer), "destroyed"
	e.More["persistentDisposition"] = map[string]any{"set": []string{"https://example.com/junk"}}
	_, err := s.Capture(Manufacturer, e)
	require.NoError(t, err)
	v := s.Twin(truck)
	require.Equal(t, Site(Carrier), v.Place)
	require.NotEqual(t, "destroyed", v.Disposition)
	require.Empty(t, v.PersistentDisposition)
}

func TestAReceiverThatLeavesARestCannotKeepShipmentsFromBeingCalledOff(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100000, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 10, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 9, lotA))
	for range 205 {
		s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 10, lotA))
	}
	_, err := s.Capture(Manufacturer, ofLot(Step("void_shipping"), 10, lotA))
	require.NoError(t, err)
}

func TestQuantitiesInAContainerThatIsTakenOverStayWithWhomTheyAre(t *testing.T) {
	s := New(t)
	p := Pallet(Manufacturer, 5)
	own := class(Carrier) + "/10/Z"
	s.MustCapture(Carrier, Event{Action: "ADD", BizStep: "stock_taking", EPCs: []string{p}})
	s.MustCapture(Carrier, madeLot(10, own))
	s.MustCapture(Carrier, inBox("ADD", p, 10, own))
	s.MustCapture(Manufacturer, Commission(p))
	_, err := s.Capture(Carrier, ofLot(Ship(Retailer), 10, own))
	require.NoError(t, err)
}

func TestAgreementTakesBackTheTitleThatWasOnItsWayToContents(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Pack(pallet, a))
	e := Ship(Carrier, pallet)
	e.Owner = GLN(Carrier)
	s.MustCapture(Manufacturer, e)
	d := s.MustCapture(Retailer, receipt("mismatch_instance", pallet)).Events[0].Discrepancies[0]
	_, err := say(s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d, Agree: true})
	require.NoError(t, err)
	v := s.Twin(pallet)
	require.Equal(t, Retailer, v.Custodian)
	require.Empty(t, v.NextOwner)
	require.Empty(t, v.Contents.NextOwner)
	s.MustCapture(Retailer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	require.Equal(t, Manufacturer, s.Twin(a).Owner)
}

func TestWhatIsOnHoldIsDestroyedWithAllThatIsInIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), madeLot(10, lotA))
	s.MustCapture(Manufacturer, Pack(pallet, a), inBox("ADD", pallet, 4, lotA), Pack(truck, pallet, b))
	hold(s, truck)
	permit(s, "h1", product.Permit{Purpose: product.ForDestruction})
	for _, e := range []Event{Step("destroying", truck), Step("destroying", pallet), Step("destroying", truck, pallet, a), Step("destroying", truck, pallet, b), Step("destroying", truck, a, b)} {
		_, err := s.Capture(Manufacturer, e)
		require.ErrorIs(t, err, fault.Held)
	}
	s.MustCapture(Manufacturer, Step("destroying", truck, pallet, a, b))
	for _, id := range []string{a, b, pallet, truck} {
		require.Equal(t, product.Ended, s.Twin(id).State)
		require.Nil(t, s.Twin(id).In)
	}
	require.Equal(t, map[string]string{"at ManufacturerMSP": "6"}, lotBooks(t, s).held)
}

// A query that never ends takes every peer's chaincode down.
func TestTheStateAsOfATimeEndsWhereEventsRecordedLateMakeACircle(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(pallet, truck, crate))
	begun := s.Now
	s.Now = s.Now.Add(48 * time.Hour)
	when := func(hours int, e Event) Event {
		return with(e, func(e *Event) { e.Time = begun.Add(time.Duration(hours) * time.Hour) })
	}
	s.MustCapture(Manufacturer, when(1, Pack(pallet, crate)))
	s.MustCapture(Manufacturer, when(1, at(Site(Carrier), Pack(truck, pallet))))
	s.MustCapture(Manufacturer, when(10, at(Site(Manufacturer), Step("storing", pallet))))
	s.MustCapture(Manufacturer, when(2, Pack(crate, truck)))
	for _, id := range []string{pallet, truck, crate} {
		for hours := range 13 {
			_, err := consult(s, product.ReadTwinAsOf, product.ReadTwinAsOfRequest{ID: id, Time: begun.Add(time.Duration(hours) * time.Hour), Clock: product.Occurred})
			require.NoError(t, err)
		}
	}
}

func TestAReceiptIsNotTakenBackWithWhatIsOnHoldInside(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	rec := Step("receiving", pallet)
	rec.Time = s.Now
	s.MustCapture(Retailer, rec)
	hold(s, a)
	_, err := s.Capture(Retailer, Ship(Manufacturer, pallet))
	require.ErrorIs(t, err, fault.Held)
	rec.More = map[string]any{"errorDeclaration": map[string]any{"declarationTime": s.Now.Format("2006-01-02T15:04:05Z"), "reason": "did_not_occur"}}
	_, err = s.Capture(Retailer, rec)
	require.NoError(t, err)
	require.Equal(t, Retailer, s.Twin(pallet).Custodian, "the held thing went back")
}
