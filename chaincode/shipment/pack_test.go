package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var (
	pallet = Pallet(Manufacturer, 1)
	truck  = Pallet(Manufacturer, 2)
)

func TestWhatIsInAContainerGoesWithItAndIsNotWritten(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, with(Pack(pallet, a, b), func(e *Event) { e.Place = Site(Manufacturer) }))
	require.Equal(t, []product.Effect{product.Commissioned, product.Loaded}, effects(s, pallet))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	require.Empty(t, s.Twin(a).Place)
	s.MustCapture(Retailer, with(Step("receiving", pallet), func(e *Event) { e.Place = Site(Retailer); e.Disposition = "in_progress" }))
	twin := s.Twin(a)
	require.Equal(t, Retailer, twin.Custodian)
	require.Equal(t, Manufacturer, twin.From)
	require.Equal(t, Site(Retailer), twin.Place)
	require.Equal(t, "in_progress", twin.Disposition)
	require.Equal(t, []string{pallet}, twin.Through)
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed}, effects(s, a))
	s.MustCapture(Retailer, Unpack(pallet, a))
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed, product.Unpacked}, effects(s, a))
	require.Nil(t, s.Twin(a).In)
	require.NotNil(t, s.Twin(b).In)
	s.MustCapture(Retailer, Unpack(pallet))
	require.Nil(t, s.Twin(b).In)
	require.Equal(t, Retailer, s.Twin(b).Custodian)
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed}, effects(s, b))
}
