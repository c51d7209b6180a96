package exposuretest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func located(place string, e Event) Event {
	e.Place = place
	return e
}

// A warehouse is watched: what was in it while it was too warm is held, whether it
// was there at the start, came alone or on a pallet, stands on a shelf or has gone
// since. What left before, and what came after, is not.
func TestAWatchOfAPlaceHoldsWhatWasThere(t *testing.T) {
	s := Start(t)
	warehouse, shelf, pallet := Site(Manufacturer), Site(Manufacturer)+"/254/S7", Pallet(Manufacturer, 1)
	goods := cases(0, 8)
	there, left, came, onShelf, onPallet, repacked, after, never := goods[0], goods[1], goods[2], goods[3], goods[4], goods[5], goods[6], goods[7]
	s.MustCapture(Manufacturer, located(warehouse, Commission(there, left)), Commission(came, onShelf, onPallet, repacked, after, never), Pack(pallet, onPallet, repacked))
	logger := s.Logger(Manufacturer, 1)
	policy := s.Policy(Manufacturer, "cold", holding())
	start := func(msp, name, place string, objects ...string) error {
		_, err := s.TryWatch(msp, condition.StartWatchRequest{Name: name, Policy: policy, Devices: []string{logger}, Place: place, Objects: objects})
		return err
	}
	require.ErrorIs(t, start(Manufacturer, "theirs", Site(Retailer)), fault.NotLicensee)
	require.ErrorIs(t, start(Manufacturer, "party", GLN(Manufacturer)), fault.Unsupported, "a party is no place")
	require.ErrorIs(t, start(Manufacturer, "elsewhere", warehouse, came), fault.Unsupported, "it is not there")
	require.NoError(t, start(Manufacturer, "store", warehouse, there, left))
	begin := s.Now

	s.MustCapture(Manufacturer, located(warehouse, Step("storing", came, pallet)), located(shelf, Step("storing", onShelf)))
	s.MustCapture(Manufacturer, located(warehouse, Unpack(pallet)))
	s.MustCapture(Manufacturer, Ship(Carrier, left))
	s.Now = begin.Add(2 * time.Hour)
	s.MustCapture(Manufacturer, located(warehouse, Step("storing", after)), Pack(Pallet(Manufacturer, 2), repacked, never))
	s.MustCapture(Manufacturer, Ship(Retailer, came))
	s.MustCapture(Retailer, Step("receiving", came))
	flags, _ := s.FlagsOf(came)
	require.Empty(t, flags, "it has left the place that is watched")
	_, err := Call(s, Carrier, ledger.RoleOperator, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/store"})
	require.ErrorIs(t, err, fault.NotCustodian)

	run := Every(10*time.Minute, begin, s.Now, 50)
	run[6].Value = 120
	breach := s.Record(Manufacturer, logger, run...).Lanes[0].Breach
	require.NotEmpty(t, breach)
	s.Spread(Retailer, breach)
	require.Equal(t, []string{there, came, onShelf, onPallet, repacked}, affected(s, breach))
	require.Equal(t, []string{there, came, onShelf, onPallet, repacked}, s.HeldOf(goods...))

	_, err = Call(s, Manufacturer, ledger.RoleOperator, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/store"})
	require.NoError(t, err)
	before := len(s.Ledger.Dump())
	s.MustCapture(Manufacturer, located(warehouse, Step("storing", after)))
	require.Equal(t, before+2, len(s.Ledger.Dump()), "event and history: visits are kept while the place is watched alone")
	require.Equal(t, 5, s.Release(Manufacturer, breach).Released)
}

// What leaves a watched place passes a gate.
func TestAWatchedPlaceIsAskedAboutWhatLeavesIt(t *testing.T) {
	s := Start(t)
	item := cases(0, 1)[0]
	s.MustCapture(Manufacturer, located(Site(Manufacturer), Commission(item)))
	logger := s.Logger(Manufacturer, 1)
	policy := s.Policy(Manufacturer, "cold", condition.Consequences{Hold: none, Quality: Manufacturer})
	_, err := s.TryWatch(Manufacturer, condition.StartWatchRequest{Name: "store", Policy: policy, Devices: []string{logger}, Place: Site(Manufacturer)})
	require.NoError(t, err)
	s.Now = s.Now.Add(time.Hour)
	s.MustCapture(Manufacturer, Ship(Carrier, item))
	flags, _ := s.FlagsOf(item)
	require.Equal(t, []product.Flag{product.FlagConditionUndetermined}, flags)
}
