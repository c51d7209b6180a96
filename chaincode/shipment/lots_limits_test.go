package shipment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestAnEventThatMovesManyQuantitiesIsSeveralEntriesAndOneInAllElse(t *testing.T) {
	s := New(t)
	var make []Event
	for i := range 60 {
		e := madeLot(3, lotA)
		e.Place, e.More["ilmd"] = fmt.Sprintf("https://example.com/%d/%s", i, strings.Repeat("x", 200)), map[string]any{"cbvmda:itemExpirationDate": "2026-02-01"}
		make = append(make, e)
	}
	s.MustCapture(Manufacturer, make...)
	before := lotBooks(t, s).holdings
	events := recorded(s, Manufacturer, ofLot(Ship(Carrier), 170, lotA))
	page, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, From: 61})
	require.NoError(t, err)
	require.Greater(t, len(page.Entries), 5)
	sent := product.Amount(0)
	for i, e := range page.Entries {
		require.Equal(t, product.Shipped, e.Effect)
		require.Equal(t, i == 0, len(e.Flags) > 0, "the first has the flags")
		require.Equal(t, 1, e.Record.Objects)
		for _, m := range e.Moves {
			sent += m.Amount
		}
		require.Equal(t, sent, e.Totals[0].Sent, "each entry tells the totals after it")
	}
	flagged, err := lotQuery(s, product.ListFlags, product.ListFlagsRequest{Day: s.Now.Format("2006-01-02")})
	require.NoError(t, err)
	require.Len(t, flagged.Events, 1)
	require.Equal(t, 1, flagged.Events[0].Objects)
	require.Equal(t, []product.Flag{product.FlagExpired}, flagged.Events[0].Flags)

	s.MustCapture(Manufacturer, wrong(s, events[0]))
	require.Equal(t, before, lotBooks(t, s).holdings)
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 170, lotA), "ex:n", 1))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 170, lotA))
	require.Equal(t, []string{"170 Manufacturer  in_transit"}, lotAt(t, s, lotA, Carrier))
	lotBooks(t, s)
}

func TestOneEventTakesManyLots(t *testing.T) {
	s := New(t)
	list := func(e Event) Event {
		var lines []any
		for i := range 1000 {
			lines = append(lines, lotQuantity(i+1, fmt.Sprintf("%s/10/L%d", classA, i)))
		}
		return withMember(e, "quantityList", lines)
	}
	s.MustCapture(Manufacturer, list(Commission()))
	s.MustCapture(Manufacturer, list(Ship(Carrier)))
	s.MustCapture(Carrier, list(Step("receiving")))
	require.Equal(t, map[string]string{"at CarrierMSP": "500500"}, lotBooks(t, s).held)
}

func TestWordsAboutAQuantityAreBounded(t *testing.T) {
	s := New(t)
	e := madeLot(3, lotA)
	e.Place = "https://example.com/" + strings.Repeat("x", 240)
	_, err := s.Capture(Manufacturer, e)
	require.ErrorIs(t, err, fault.LimitExceeded)
	e.Place, e.Disposition = "", "https://example.com/"+strings.Repeat("x", 240)
	_, err = s.Capture(Manufacturer, e)
	require.ErrorIs(t, err, fault.LimitExceeded)
	// What no key may hold is a place all the same.
	e.Place, e.Disposition = "https://example.com/\u2603/%F4%8F%BF%BF", ""
	s.MustCapture(Manufacturer, e)
	require.Len(t, lotAt(t, s, lotA, Manufacturer), 1)
}
