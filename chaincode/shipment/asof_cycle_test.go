package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Whoever records events out of their order can have containers in each other as
// of a time at which something happened: that must not send a peer round and round
// until its stack is full.
func TestContainersThatWereInEachOtherByTheClockOfWhatHappened(t *testing.T) {
	s := New(t)
	box := Pallet(Manufacturer, 3)
	start := s.Now.Add(-24 * time.Hour)
	say := func(hours int, e Event) {
		t.Helper()
		s.MustCapture(Manufacturer, with(e, func(e *Event) { e.Time = start.Add(time.Duration(hours) * time.Hour) }))
	}
	say(0, with(Commission(box, pallet, truck), func(e *Event) { e.Place = Site(Manufacturer) }))
	say(1, Pack(pallet, box))
	say(2, Pack(truck, pallet))
	say(10, with(Step("storing", pallet), func(e *Event) { e.Place = Site(Retailer) })) // it left
	say(3, Pack(box, truck))
	for _, id := range []string{box, pallet, truck} {
		past := known(t, s, product.ReadTwinAsOf, product.ReadTwinAsOfRequest{ID: id, Time: start.Add(5 * time.Hour), Clock: product.Occurred})
		require.Equal(t, Manufacturer, past.Custodian)
		require.NotNil(t, past.In)
	}
}
