package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// lastFlags are those of the last event of an object.
func lastFlags(s *Scene, id string) []product.Flag {
	history := s.History(id)
	return history[len(history)-1].Flags
}

func TestWhatIsRecalledMovesAndIsFlagged(t *testing.T) {
	s := New(t)
	lot, alone, other := Object(Manufacturer, "LOT"), Object(Manufacturer, "ALONE"), Object(Manufacturer, "OTHER")
	pallet := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, inLot("L1", lot), inLot("L2", alone, other), Commission(pallet, Pallet(Manufacturer, 2)))
	_, err := recall(s, Manufacturer, "R1", lotted(Manufacturer, "L1"), alone, pallet)
	require.NoError(t, err)

	s.MustCapture(Manufacturer, Step("storing", lot))
	require.Empty(t, lastFlags(s, lot), "who sets it apart is not suspicious")
	s.MustCapture(Manufacturer, Ship(Retailer, lot, alone, other, pallet, Pallet(Manufacturer, 2)))
	recalled := []product.Flag{product.FlagRecalled}
	for _, id := range []string{lot, alone, pallet} {
		require.Equal(t, recalled, lastFlags(s, id), id)
	}
	require.Empty(t, lastFlags(s, other), "only others of its class are recalled")
	require.Empty(t, lastFlags(s, Pallet(Manufacturer, 2)))
	listed, err := consult(s, product.ListFlags, product.ListFlagsRequest{Day: "2026-03-01"})
	require.NoError(t, err)
	require.Len(t, listed.Events, 1)
	require.Equal(t, recalled, listed.Events[0].Flags)
	require.Equal(t, 3, listed.Events[0].Objects)
	require.Equal(t, lot, listed.Events[0].First)

	s.MustCapture(Retailer, Step("receiving", lot, alone, other))
	require.Equal(t, recalled, lastFlags(s, lot))
	s.MustCapture(Retailer, Delete("destroying", lot))
	require.Empty(t, lastFlags(s, lot), "that is what a recall is for")
	s.MustCapture(Retailer, Step("retail_selling", alone))
	require.Equal(t, recalled, lastFlags(s, alone), "that is what a recall is against")
}

func TestAClassIsRecalledWholeAndMovesFreelyOnceThatEnded(t *testing.T) {
	s := New(t)
	one, two := Object(Manufacturer, "1"), Object(Manufacturer, "2")
	s.MustCapture(Manufacturer, Commission(one, two))
	_, err := recall(s, Manufacturer, "R1", class(Manufacturer))
	require.NoError(t, err)
	s.MustCapture(Manufacturer, Ship(Retailer, one))
	require.Contains(t, lastFlags(s, one), product.FlagRecalled)
	require.NoError(t, endRecall(s, Manufacturer, "R1"))
	s.MustCapture(Manufacturer, Ship(Retailer, two))
	require.Empty(t, lastFlags(s, two))
}

// A lot that began in the same document is known.
func TestWhatBeginsInARecalledLotAndLeavesAtOnceIsFlagged(t *testing.T) {
	s := New(t)
	_, err := recall(s, Manufacturer, "R1", lotted(Manufacturer, "L1"))
	require.NoError(t, err)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, inLot("L1", one), Ship(Retailer, one))
	require.Contains(t, lastFlags(s, one), product.FlagRecalled)
}

// An object that has another flag is counted once.
func TestAFlaggedObjectIsCountedOnce(t *testing.T) {
	s := New(t)
	one, two := Object(Manufacturer, "1"), Object(Manufacturer, "2")
	s.MustCapture(Manufacturer, Commission(one, two))
	_, err := recall(s, Manufacturer, "R1", one, two)
	require.NoError(t, err)
	late := Ship(Retailer, one, two)
	late.Time = s.Now.AddDate(0, 0, -10)
	s.MustCapture(Manufacturer, late)
	listed, err := consult(s, product.ListFlags, product.ListFlagsRequest{Day: "2026-03-01"})
	require.NoError(t, err)
	require.Equal(t, 2, listed.Events[0].Objects)
	require.Equal(t, []product.Flag{product.FlagBackwards, product.FlagLate, product.FlagRecalled}, listed.Events[0].Flags)
}

// What a recall adds to the reads of a capture does not grow with the objects,
// unless single ones of their class are recalled.
func TestLookingForRecallsCostsALotAndAClassHoweverManyObjects(t *testing.T) {
	s := New(t)
	goods := many(0, 1000)
	s.MustCapture(Manufacturer, inLot("L1", goods...))
	s.Now = s.Now.Add(time.Minute)
	one, all := measure(t, s, Manufacturer, Ship(Retailer, goods[0])), measure(t, s, Manufacturer, Ship(Retailer, goods...))
	require.Equal(t, one.reads+2*999, all.reads)
	require.Equal(t, one.trips, all.trips)
	_, err := recall(s, Manufacturer, "R1", lotted(Manufacturer, "L1"))
	require.NoError(t, err)
	require.Equal(t, all.reads, measure(t, s, Manufacturer, Ship(Retailer, goods...)).reads)
	_, err = recall(s, Manufacturer, "R2", goods[0])
	require.NoError(t, err)
	single := measure(t, s, Manufacturer, Ship(Retailer, goods...))
	require.Equal(t, all.reads+1000, single.reads)
	require.Equal(t, all.trips+1, single.trips)
}
