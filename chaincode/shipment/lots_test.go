package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestLotsAreMadeShippedReceivedAndUsedUp(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(1000, lotA))
	s.MustCapture(Manufacturer, madeLot(500, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 600, lotA))
	_, err := s.Capture(Manufacturer, ofLot(Ship(Carrier), 901, lotA))
	require.ErrorIs(t, err, fault.NotEnough)
	require.Equal(t, "900", fault.Of(err).Detail["available"])
	s.MustCapture(Carrier, ofLot(Step("receiving"), 250, lotA))
	_, err = s.Capture(Carrier, ofLot(Step("receiving"), 351, lotA))
	require.ErrorIs(t, err, fault.NotEnough)
	s.MustCapture(Carrier, ofLot(Step("receiving"), 350, lotA))
	_, err = s.Capture(Carrier, ofLot(Step("receiving"), 1, lotA))
	require.ErrorIs(t, err, fault.NotYetShipped)
	s.MustCapture(Carrier, ofLot(Delete("destroying"), 100, lotA))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "900", "at CarrierMSP": "500"}, lotBooks(t, s).held)
}
