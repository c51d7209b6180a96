package shipment_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestFlaggedEventsAreListedByTheDayOfTheirRecording(t *testing.T) {
	s := New(t)
	goods := many(0, 5)
	s.MustCapture(Manufacturer, Commission(goods...))
	late := func(i int) Event {
		e := Step("inspecting", goods[i:]...)
		e.Time, e.ReadPoint = s.Now.AddDate(0, 0, -20), fmt.Sprintf("https://example.com/gate/%d", i)
		return e
	}
	s.MustCapture(Manufacturer, late(0), Step("storing", goods[0]), late(1))
	s.MustCapture(Retailer, late(2)) // a witness
	first := s.Now
	s.Now = s.Now.AddDate(0, 0, 1)
	s.MustCapture(Manufacturer, late(3))

	list := func(day string, size int) (found []product.FlaggedEvent) {
		for req := (product.ListFlagsRequest{Day: day, Size: size}); ; {
			page, err := consult(s, product.ListFlags, req)
			require.NoError(t, err)
			found = append(found, page.Events...)
			if req.Bookmark = page.Bookmark; req.Bookmark == "" {
				return found
			}
		}
	}
	today := list(first.Format("2006-01-02"), 0)
	require.Equal(t, today, list(first.Format("2006-01-02"), 1))
	objects := map[string]int{}
	for _, e := range today {
		objects[e.Record.RecordedBy] += e.Objects
		require.Contains(t, goods, e.First)
		require.Contains(t, e.Flags, product.FlagLate)
	}
	require.Len(t, today, 3, "what has no flag is not listed")
	require.Equal(t, map[string]int{Manufacturer: 5 + 4, Retailer: 3}, objects)
	require.Len(t, list(s.Now.Format("2006-01-02"), 0), 1)
	require.Empty(t, list("2020-01-01", 0))

	for name, c := range map[string]struct {
		req  product.ListFlagsRequest
		code fault.Code
	}{
		"no day":              {product.ListFlagsRequest{}, fault.InvalidRequest},
		"a day that is none":  {product.ListFlagsRequest{Day: "2026-02-30"}, fault.InvalidRequest},
		"a day out of a path": {product.ListFlagsRequest{Day: "2026-03-01\x00x"}, fault.InvalidRequest},
		"too many":            {product.ListFlagsRequest{Day: "2026-03-01", Size: 501}, fault.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := consult(s, product.ListFlags, c.req)
			require.ErrorIs(t, err, c.code)
		})
	}
}
