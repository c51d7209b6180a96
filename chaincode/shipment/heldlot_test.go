package shipment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func tryLotHold(s *Scene, id, lot, msp string) error {
	s.TB.Helper()
	return s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		return product.PlaceLotHold(tx, product.AccountRef{Lot: lot, Organisation: msp}, product.Hold{ID: id, Reason: "too warm", Breach: id})
	})
}

func tryLotLift(s *Scene, id, lot, msp string) error {
	s.TB.Helper()
	return s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		return product.LiftLotHold(tx, product.AccountRef{Lot: lot, Organisation: msp}, id, "quality")
	})
}

func withDisposition(e Event, disposition string) Event {
	e.Disposition = disposition
	return e
}

func lotHolds(t *testing.T, s *Scene, lot, msp string) (ids []string) {
	t.Helper()
	page, err := lotQuery(s, product.ReadLotHolds, product.ReadLotHoldsRequest{ID: lot, Organisation: msp})
	require.NoError(t, err)
	for _, h := range page.Holds {
		ids = append(ids, h.Organisation+" "+h.ID)
	}
	return ids
}

// held is a scene in which the carrier's account of a lot is on hold, with 60 of it,
// and the manufacturer's, with 40, is not.
func heldScene(t *testing.T, holds ...string) *Scene {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(110, lotA), madeLot(10, lotB), Commission(Pallet(Manufacturer, 1)))
	s.MustCapture(Manufacturer, ofLot(ofLot(Ship(Carrier), 70, lotA), 5, lotB))
	s.MustCapture(Carrier, ofLot(ofLot(Step("receiving"), 60, lotA), 5, lotB))
	for _, id := range holds {
		require.NoError(t, tryLotHold(s, id, lotA, Carrier))
	}
	return s
}

func TestWhatIsHeldOfALotDoesNotMoveNorEnd(t *testing.T) {
	made := Transform(Making{
		InQuantities: []map[string]any{Quantity(lotA, 1, "")}, Out: []string{Object(Carrier, "OUT")},
	})
	disposed := func(bizStep string) Event { return ofLot(Delete(bizStep), 1, lotA) }
	for name, event := range map[string]Event{
		"ship": ofLot(Ship(Retailer), 1, lotA), "return": withDisposition(ofLot(Ship(Manufacturer), 1, lotA), "returned"),
		"among others": ofLot(ofLot(Ship(Retailer), 1, lotB), 1, lotA),
		"pack":         inBox("ADD", Pallet(Carrier, 7), 1, lotA), "consume in making": made,
		"sell": disposed("retail_selling"), "dispense": disposed("dispensing"), "destroy": disposed("destroying"),
		"decommission": disposed("decommissioning"),
	} {
		s := heldScene(t, "h1")
		before := s.Ledger.Dump()
		_, err := s.Capture(Carrier, event)
		require.ErrorIs(t, err, fault.Held, name)
		require.Equal(t, "h1", fault.Of(err).Detail["hold"], name)
		require.Equal(t, before, s.Ledger.Dump(), name)
		require.NoError(t, tryLotLift(s, "h1", lotA, Carrier))
		s.MustCapture(Carrier, event)
		lotBooks(t, s)
	}
}

func TestWhatIsHeldOfALotIsSeenAndGrowsAndOthersHaveTheirsFree(t *testing.T) {
	s := heldScene(t, "h1")
	moved := ofLot(Step("storing"), 20, lotA)
	moved.Place = Site(Carrier)
	s.MustCapture(Carrier, moved)
	s.MustCapture(Carrier, ofLot(Step("receiving"), 10, lotA))
	require.Equal(t, "75", lotBooks(t, s).held["at "+Carrier])
	_, err := s.Capture(Carrier, ofLot(Ship(Retailer), 5, lotA))
	require.ErrorIs(t, err, fault.Held, "what came later, too")
	s.MustCapture(Carrier, ofLot(Ship(Retailer), 5, lotB))
	s.MustCapture(Manufacturer, ofLot(Ship(Retailer), 30, lotA))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 30, lotA))
	s.MustCapture(Retailer, ofLot(Delete("retail_selling"), 30, lotA))
	lotBooks(t, s)
}

// Shipments under way are with nobody's account: they arrive, or come back into it.
func TestWhatWasShippedBeforeAHoldArrivesOrComesBack(t *testing.T) {
	s := heldScene(t)
	s.MustCapture(Carrier, ofLot(Ship(Retailer), 30, lotA))
	require.NoError(t, tryLotHold(s, "h1", lotA, Carrier))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 10, lotA))
	s.MustCapture(Carrier, ofLot(Step("void_shipping"), 20, lotA))
	require.Equal(t, "55", lotBooks(t, s).held["at "+Carrier])
	_, err := s.Capture(Carrier, ofLot(Ship(Retailer), 20, lotA))
	require.ErrorIs(t, err, fault.Held)
}

// What an error declaration would take out of an account that was put on hold since
// stays: the event is contested.
func TestAnErrorDeclaredAfterAHoldTakesNothingOutOfIt(t *testing.T) {
	s := heldScene(t)
	receipt := ofLot(Step("receiving"), 10, lotA)
	receipt.Time = s.Now
	s.MustCapture(Carrier, receipt)
	require.NoError(t, tryLotHold(s, "h1", lotA, Carrier))
	s.MustCapture(Carrier, withMember(receipt, "errorDeclaration", map[string]any{
		"declarationTime": s.Now.Format("2006-01-02T15:04:05Z07:00"), "reason": "incorrect_data",
	}))
	require.Equal(t, "75", lotBooks(t, s).held["at "+Carrier])
}

func TestWhatIsHeldOfALotGoesAsThePermitsOfAllItsHoldsSay(t *testing.T) {
	returned := withDisposition(ofLot(Ship(Manufacturer), 5, lotA), "returned")
	both := func(purpose string) map[string]product.Permit {
		return map[string]product.Permit{"h1": {Purpose: purpose}, "h2": {Purpose: purpose}}
	}
	destroyed := ofLot(Delete("destroying"), 5, lotA)
	back := product.Permit{Purpose: product.ForReturn, Destination: Manufacturer, MSP: Manufacturer}
	for name, c := range map[string]struct {
		permits map[string]product.Permit
		event   Event
		passes  bool
	}{
		"return":                          {map[string]product.Permit{"h1": back, "h2": back}, returned, true},
		"return, one hold does not":       {map[string]product.Permit{"h1": back}, returned, false},
		"no return":                       {map[string]product.Permit{"h1": back, "h2": back}, ofLot(Ship(Manufacturer), 5, lotA), false},
		"return to another":               {map[string]product.Permit{"h1": back, "h2": back}, withDisposition(ofLot(Ship(Retailer), 5, lotA), "returned"), false},
		"destruction":                     {both(product.ForDestruction), destroyed, true},
		"destruction, one is for another": {map[string]product.Permit{"h1": {Purpose: product.ForDestruction}, "h2": back}, destroyed, false},
		"sale for destruction":            {both(product.ForDestruction), ofLot(Delete("retail_selling"), 5, lotA), false},
		"packing for repacking":           {both(product.ForRepacking), inBox("ADD", Pallet(Carrier, 7), 5, lotA), false},
	} {
		s := heldScene(t, "h1", "h2")
		for hold, p := range c.permits {
			permit(s, hold, p)
		}
		_, err := s.Capture(Carrier, c.event)
		if c.passes {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, fault.Held, name)
		}
		require.Equal(t, []string{Carrier + " h1", Carrier + " h2"}, lotHolds(t, s, lotA, ""), name)
		lotBooks(t, s)
	}
}

func TestHoldsOfALotStandInItsAccountsHistory(t *testing.T) {
	s := heldScene(t, "h1", "h2")
	require.ErrorIs(t, tryLotHold(s, "h1", lotA, Carrier), fault.AlreadyExists)
	require.ErrorIs(t, tryLotHold(s, "h1", lotA, Retailer), fault.NotFound, "has no account")
	require.ErrorIs(t, tryLotHold(s, "", lotA, Carrier), fault.InvalidRequest)
	require.ErrorIs(t, tryLotLift(s, "h3", lotA, Carrier), fault.NotFound)
	require.NoError(t, tryLotHold(s, "h1", lotA, Manufacturer))
	require.Equal(t, []string{Carrier + " h1", Carrier + " h2", Manufacturer + " h1"}, lotHolds(t, s, lotA, ""))
	require.Equal(t, []string{Carrier + " h1", Carrier + " h2"}, lotHolds(t, s, lotA, Carrier))
	require.NoError(t, tryLotLift(s, "h1", lotA, Carrier))
	_, err := s.Capture(Carrier, ofLot(Ship(Retailer), 5, lotA))
	require.ErrorIs(t, err, fault.Held, "by the other")
	require.NoError(t, tryLotLift(s, "h2", lotA, Carrier))
	require.Empty(t, lotHolds(t, s, lotA, Carrier))

	page, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Carrier})
	require.NoError(t, err)
	var told []string
	for _, e := range page.Entries[1:] {
		require.True(t, e.Record.LedgerMade)
		require.Equal(t, 1, e.Record.Objects)
		require.Equal(t, page.Entries[0].Totals, e.Totals)
		told = append(told, fmt.Sprint(e.Effect, " ", e.Record.BizStep))
	}
	require.Equal(t, []string{"held holding", "held holding", "released ", "released "}, told)
	lot, err := lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: lotA})
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, []int{lot.Accounts[0].Holds, lot.Accounts[1].Holds})
	s.MustCapture(Carrier, ofLot(Ship(Retailer), 5, lotA))
}

// Units are words of an organisation's own: they leave room for a hold.
func TestNobodyFillsAnAccountSoThatItCannotBeHeld(t *testing.T) {
	s := New(t)
	full := classA + "/10/" + strings.Repeat("%22", 20)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	i, refused := 0, 0
	for _, amount := range []json.Number{"9123456789012.123456", "1234567.1", "1", "1"} {
		for err := error(nil); err == nil; i++ {
			unit := string([]byte{letters[i/26%26], letters[i%26], letters[i/676]})
			if _, err = s.Capture(Manufacturer, withDisposition(madeLot(amount, full, unit), "")); err != nil {
				require.ErrorIs(t, err, fault.LimitExceeded)
				refused++
			}
		}
	}
	require.Equal(t, 4, refused)
	for i := range 12 {
		require.NoError(t, tryLotHold(s, fmt.Sprint("h", i), full, Manufacturer))
	}
}
