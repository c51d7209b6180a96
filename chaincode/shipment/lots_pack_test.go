package shipment_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestALotTravelsInAContainerAndComesOutWhereThatIs(t *testing.T) {
	s := New(t)
	box, outer := Pallet(Manufacturer, 1), Pallet(Manufacturer, 2)
	s.MustCapture(Manufacturer, madeLot(100, lotA), madeLot(50, lotB), Commission(box, outer))
	s.MustCapture(Manufacturer, inBox("ADD", box, 60, lotA))
	both := inBox("ADD", box, 10, lotB)
	s.MustCapture(Manufacturer, both)
	s.MustCapture(Manufacturer, inBoxes("ADD", outer, box))
	sold := Ship(Carrier, outer)
	sold.Owner = GLN(Carrier)
	s.MustCapture(Manufacturer, sold)
	for who, e := range map[string]Event{
		Manufacturer: ofLot(Ship(Carrier), 41, lotA), Carrier: ofLot(Delete("destroying"), 1, lotA), Retailer: ofLot(Step("receiving"), 1, lotA),
	} {
		_, err := s.Capture(who, e)
		require.Error(t, err, "what is in a container is nobody's to draw on: %s", who)
	}
	_, err := s.Capture(Carrier, inBox("DELETE", box, 60, lotA))
	require.ErrorIs(t, err, fault.NotCustodian, "it is on its way")
	s.MustCapture(Carrier, withMember(Step("receiving", outer), "bizLocation", map[string]any{"id": "https://id.gs1.org" + Site(Carrier)}))
	require.Equal(t, "70", lotBooks(t, s).held["in "+box])
	s.MustCapture(Carrier, inBox("DELETE", box, 25, lotA))
	require.Equal(t, []string{"25 Carrier " + Site(Carrier) + " active"}, lotAt(t, s, lotA, Carrier), "title came with the container")
	s.MustCapture(Carrier, inBox("DELETE", box, 0, ""))
	require.Equal(t, []string{"60 Carrier " + Site(Carrier) + " active"}, lotAt(t, s, lotA, Carrier))
	require.Equal(t, []string{"10 Carrier " + Site(Carrier) + " active"}, lotAt(t, s, lotB, Carrier))
	lot, err := lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: lotA})
	require.NoError(t, err)
	require.EqualValues(t, 60e6, lot.Accounts[0].Totals[0].Unpacked)
	require.EqualValues(t, 60e6, lot.Accounts[1].Totals[0].Packed)
	lotBooks(t, s)
	for _, e := range s.Ledger.Dump() {
		kind, _ := e.Key.Parts()
		require.NotEqual(t, "lotin", kind, "nothing of it is in a container any more")
	}
}

// inBoxes packs objects.
func inBoxes(action, box string, objects ...string) Event {
	e := inBox(action, box, 0, "")
	var children []any
	for _, o := range objects {
		children = append(children, "https://id.gs1.org"+o)
	}
	e.More["childEPCs"] = children
	return e
}

func TestWhatIsInAContainerOfSeveralOwnersKeepsItsOwn(t *testing.T) {
	s := New(t)
	box := Pallet(Carrier, 1)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	mine := withMember(ofLot(Ship(Carrier), 30, lotA), "ex:n", 1)
	mine.Owner = GLN(Carrier)
	s.MustCapture(Manufacturer, mine)
	s.MustCapture(Carrier, ofLot(Step("receiving"), 60, lotA), Commission(box))
	s.MustCapture(Carrier, fromSource(inBox("ADD", box, 10, lotA), "owning_party", GLN(Carrier)))
	s.MustCapture(Carrier, fromSource(inBox("ADD", box, 10, lotA), "owning_party", GLN(Manufacturer)))
	s.MustCapture(Carrier, withMember(fromSource(inBox("ADD", box, 5, lotA), "owning_party", GLN(Carrier)), "ex:n", 2))
	s.MustCapture(Carrier, Ship(Retailer, box))
	s.MustCapture(Retailer, Step("receiving", box))
	s.MustCapture(Retailer, inBox("DELETE", box, 0, ""))
	require.Equal(t, []string{"15 Carrier  in_transit", "10 Manufacturer  in_transit"}, lotAt(t, s, lotA, Retailer))
	lotBooks(t, s)
}

func TestWhatIsInAContainerDoesNotEndWithIt(t *testing.T) {
	s := New(t)
	box := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, madeLot(100, lotA), Commission(box))
	s.MustCapture(Manufacturer, inBox("ADD", box, 60, lotA))
	s.MustCapture(Manufacturer, Delete("destroying", box))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "100"}, lotBooks(t, s).held)
	_, err := s.Capture(Manufacturer, inBox("DELETE", box, 1, lotA))
	require.ErrorIs(t, err, fault.ObjectEnded)
}

func TestAContainerHoldsAHundredQuantities(t *testing.T) {
	s := New(t)
	box := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, Commission(box))
	var make []Event
	for i := range product.MaxLotsInside {
		e := madeLot(3, lotA)
		e.Place = fmt.Sprintf("https://example.com/%d", i)
		make = append(make, e)
	}
	s.MustCapture(Manufacturer, append(make, madeLot(3, lotB))...)
	for i := range product.MaxLotsInside {
		e := inBox("ADD", box, 1, lotA)
		e.ReadPoint = fmt.Sprintf("https://example.com/%d", i)
		s.MustCapture(Manufacturer, e)
	}
	_, err := s.Capture(Manufacturer, inBox("ADD", box, 1, lotB))
	require.ErrorIs(t, err, fault.LimitExceeded)
	more := inBox("ADD", box, 1, lotA)
	more.ReadPoint = "https://example.com/7"
	more.Place = Site(Manufacturer)
	s.MustCapture(Manufacturer, more)
	s.MustCapture(Manufacturer, Ship(Carrier, box))
	s.MustCapture(Carrier, Step("receiving", box))
	s.MustCapture(Carrier, inBox("DELETE", box, 0, ""))
	require.Equal(t, "101", lotBooks(t, s).held["at "+Carrier])
}

func TestQuantitiesCountedInAContainerAreHeldAgainstIt(t *testing.T) {
	s := New(t)
	box := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, madeLot(100, lotA), Commission(box))
	s.MustCapture(Manufacturer, inBox("ADD", box, 60, lotA))
	before := lotBooks(t, s)
	for i, amount := range []int{60, 61} {
		e := inBox("OBSERVE", box, amount, lotA)
		e.BizStep = "inspecting"
		s.MustCapture(Manufacturer, e)
		seen, err := lotQuery(s, product.ReadWitnesses, product.ReadWitnessesRequest{ID: lotA})
		require.NoError(t, err)
		flags := 0
		for _, w := range seen.Witnesses {
			flags += len(w.Flags)
		}
		require.Equal(t, i, flags)
	}
	require.Equal(t, before, lotBooks(t, s))
}
