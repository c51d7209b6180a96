package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Many systems report shipments without saying to whom.
func TestAShippingToNobodyIsRecordedAndOffersNothing(t *testing.T) {
	s := New(t)
	onHand(s)
	leaving := Step("shipping", a)
	leaving.Disposition = "in_transit"
	s.MustCapture(Manufacturer, leaving)
	twin := s.Twin(a)
	require.Nil(t, twin.Offer)
	require.Equal(t, Manufacturer, twin.Custodian)
	require.Equal(t, "in_transit", twin.Disposition)
	require.Equal(t, []product.Flag{product.FlagUnaddressed}, s.History(a)[1].Flags)
	_, err := s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
}

func TestAShipmentToANewOwnerAloneGoesToIt(t *testing.T) {
	s := New(t)
	onHand(s)
	sale := Step("shipping", a)
	sale.Owner = GLN(Retailer)
	s.MustCapture(Manufacturer, sale)
	s.MustCapture(Retailer, Step("receiving", a))
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	require.Equal(t, Retailer, s.Twin(a).Owner)
}

// A sensor at a dock reports of the dock.
func TestAnObservationOfAPlaceIsRecordedAndConcernsNoObject(t *testing.T) {
	s := New(t)
	seen := Step("sensor_reporting")
	seen.ReadPoint = Site(Carrier)
	seen.More = map[string]any{"sensorElementList": []any{map[string]any{
		"sensorReport": []any{map[string]any{"type": "Temperature", "value": 4.5, "uom": "CEL"}},
	}}}
	captured := s.MustCapture(Carrier, seen)
	require.Zero(t, captured.Events[0].EPCs)
	_, err := s.CaptureDocument(Carrier, s.Document(seen))
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

// GS1's own examples begin objects with the receipt.
func TestWhatIsAddedWithAnotherStepIsAdopted(t *testing.T) {
	s := New(t)
	arrived := Commission(a)
	arrived.BizStep = "receiving"
	s.MustCapture(Retailer, arrived)
	require.True(t, s.Twin(a).Unproven)
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	own := Commission(b)
	own.BizStep = "receiving"
	s.MustCapture(Manufacturer, own)
	require.False(t, s.Twin(b).Unproven)
}
