package exposuretest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// own says that what is out of range is held, and that the carrier decides.
func own() condition.Consequences {
	return condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Carrier}
}

func quality(s *World, breach string) string {
	s.TB.Helper()
	found, err := Ask(s, condition.ReadBreach, condition.ReadBreachRequest{Breach: breach})
	s.Must(err)
	return found.Quality
}

// Whoever has an empty tote today says nothing of what was in it when others had it.
func TestNobodyWatchesTheTimeBeforeItHadTheObjects(t *testing.T) {
	s := Start(t)
	const tote = "/8004/9506000TOTE"
	goods := cases(0, 2)
	s.MustCapture(Manufacturer, Commission(tote), Commission(goods...), Pack(tote, goods...))
	begin := s.Now
	s.MustCapture(Manufacturer, Ship(Retailer, tote))
	s.MustCapture(Retailer, Step("receiving", tote), Unpack(tote, goods[0]))
	s.Now = s.Now.Add(24 * time.Hour)
	s.MustCapture(Retailer, Ship(Carrier, tote))
	s.Now = s.Now.Add(time.Hour)
	s.MustCapture(Carrier, Step("receiving", tote))
	had := s.Now
	logger, policy := s.Logger(Carrier, 1), s.Policy(Carrier, "own", own())
	start := func(at time.Time, what string) error {
		_, err := s.TryWatch(Carrier, condition.StartWatchRequest{Name: "w", Policy: policy, Devices: []string{logger}, Objects: []string{what}, Start: at})
		return err
	}
	s.Now = s.Now.Add(time.Hour)
	require.ErrorIs(t, start(begin, tote), fault.NotCustodian)
	require.ErrorIs(t, start(begin, goods[1]), fault.NotCustodian, "in the tote then and now")
	require.ErrorIs(t, start(had.Add(-16*time.Minute), tote), fault.NotCustodian)
	require.NoError(t, start(had.Add(-14*time.Minute), tote), "clocks differ")
	require.Empty(t, s.HeldOf(goods...))
}

// A custodian that puts something of its own beside another's goods does not decide
// on these, whether it lists them or packs them.
func TestSomethingOfOnesOwnDoesNotLetOneDecideOnAnothersGoods(t *testing.T) {
	s := Start(t)
	goods, mine := cases(0, 2), Object(Carrier, "MINE")
	s.MustCapture(Manufacturer, Commission(goods...))
	s.MustCapture(Manufacturer, Ship(Carrier, goods...))
	s.MustCapture(Carrier, Step("receiving", goods...), Commission(mine))
	logger, policy := s.Logger(Carrier, 1), s.Policy(Carrier, "own", own())
	for _, objects := range [][]string{{mine, goods[0]}, {goods[0], mine}} {
		_, err := s.TryWatch(Carrier, condition.StartWatchRequest{Name: "w", Policy: policy, Devices: []string{logger}, Objects: objects})
		require.ErrorIs(t, err, fault.Unsupported)
	}
	pallet := Pallet(Carrier, 1)
	s.MustCapture(Carrier, Pack(pallet, goods...))
	s.Watch(Carrier, "pallet", policy, logger, pallet)
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	require.Equal(t, Manufacturer, quality(s, breach), "the goods' owner, whosever the pallet is")
	require.True(t, s.Held(goods[0]))
	require.Equal(t, 1, s.Release(Manufacturer, breach).Released)

	s.MustCapture(Carrier, Unpack(pallet))
	breach = s.Record(Carrier, logger, Read(s.Now, 50), Read(s.Now.Add(time.Minute), 90)).Lanes[0].Breach
	require.Equal(t, Manufacturer, quality(s, breach), "when they have come off it, too")
}

// Watches that nobody ends must not keep those from acting who have the goods
// now: the goods' quality unit ends them.
func TestTheQualityUnitEndsAWatchThatAnotherLeavesUnfinished(t *testing.T) {
	s := Start(t)
	goods := cases(0, 2)
	s.MustCapture(Manufacturer, Commission(goods...))
	s.MustCapture(Manufacturer, Ship(Carrier, goods...))
	s.MustCapture(Carrier, Step("receiving", goods...))
	then := own()
	then.Gate = condition.GateRefuses
	logger := s.Logger(Carrier, 1)
	s.Watch(Carrier, "w", s.Policy(Carrier, "own", then), logger, goods...)
	s.Record(Carrier, logger, Read(s.Now, 50))
	s.MustCapture(Carrier, Ship(Retailer, goods[0]))
	s.MustCapture(Retailer, Step("receiving", goods[0]))
	s.Now = s.Now.Add(24 * time.Hour)
	_, err := s.Capture(Retailer, Ship(Manufacturer, goods[0]))
	require.ErrorIs(t, err, fault.Undetermined)
	end := func(msp, role string, at time.Time) error {
		_, err := Call(s, msp, role, condition.EndWatch, condition.EndWatchRequest{ID: Carrier + "/w", End: at})
		return err
	}
	require.ErrorIs(t, end(Retailer, ledger.RoleQuality, time.Time{}), fault.NotCustodian, "it does not have all")
	require.ErrorIs(t, end(Carrier, ledger.RoleQuality, time.Time{}), fault.Undetermined, "nobody but the carrier calls it the quality unit")
	require.ErrorIs(t, end(Manufacturer, ledger.RoleOperator, time.Time{}), fault.NotCustodian)
	require.ErrorIs(t, end(Manufacturer, ledger.RoleQuality, s.Now.Add(-time.Hour)), fault.OutOfSequence)
	require.NoError(t, end(Manufacturer, ledger.RoleQuality, time.Time{}))
	s.MustCapture(Retailer, Ship(Manufacturer, goods[0]))
}

// A pallet brings goods to a watched place, is emptied there without a word of what
// was on it, and leaves: they are there all the same.
func TestWhatAPalletLeftAtAWatchedPlaceIsHeld(t *testing.T) {
	s := Start(t)
	goods, pallet := cases(0, 2), Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, Commission(goods...), Pack(pallet, goods...))
	logger := s.Logger(Manufacturer, 1)
	_, err := s.TryWatch(Manufacturer, condition.StartWatchRequest{
		Name: "store", Policy: s.Policy(Manufacturer, "cold", holding()), Devices: []string{logger}, Place: Site(Manufacturer),
	})
	require.NoError(t, err)
	begin := s.Now
	s.MustCapture(Manufacturer, located(Site(Manufacturer), Step("storing", pallet)))
	s.MustCapture(Manufacturer, located(Site(Manufacturer), Unpack(pallet)))
	s.MustCapture(Manufacturer, located(Site(Retailer), Step("storing", pallet)))
	s.Now = begin.Add(2 * time.Hour)
	run := Every(10*time.Minute, begin, s.Now, 50)
	run[6].Value = 120
	s.Spread(Retailer, s.Record(Manufacturer, logger, run...).Lanes[0].Breach)
	require.Equal(t, goods, s.HeldOf(append(goods, pallet)...))
}

// What was sold before its excursion was known, and comes back or was not sold after
// all, is on hold like what never went.
func TestWhatComesBackFromItsEndIsHeldWithTheRest(t *testing.T) {
	s := Start(t)
	goods := cases(0, 3)
	s.MustCapture(Manufacturer, Commission(goods...))
	logger := s.Logger(Manufacturer, 1)
	s.Watch(Manufacturer, "w", s.Policy(Manufacturer, "cold", holding()), logger, goods...)
	begin := s.Now
	mistake := when(begin.Add(90*time.Minute), Delete("retail_selling", goods[1]))
	s.Now = begin.Add(2 * time.Hour)
	s.MustCapture(Manufacturer, Step("retail_selling", goods[0]), mistake)
	breach := s.Record(Manufacturer, logger, Read(begin.Add(time.Hour), 90), Read(begin.Add(70*time.Minute), 50)).Lanes[0].Breach
	require.Equal(t, goods[2:], s.HeldOf(goods...))

	back := Step("receiving", goods[0])
	back.More = map[string]any{"disposition": "returned"}
	s.MustCapture(Manufacturer, back)
	require.Equal(t, []string{goods[0], goods[2]}, s.HeldOf(goods...))
	_, err := s.Capture(Manufacturer, Ship(Retailer, goods[0]))
	require.ErrorIs(t, err, fault.Held)

	mistake.More = map[string]any{"errorDeclaration": map[string]any{"declarationTime": s.Now.Format(time.RFC3339), "reason": "did_not_occur"}}
	_, err = s.Capture(Manufacturer, mistake)
	require.ErrorIs(t, err, fault.Held, "after a decision, it can be said")
	require.Equal(t, 2, s.Release(Manufacturer, breach).Released)
	s.MustCapture(Manufacturer, mistake)
	s.MustCapture(Manufacturer, Ship(Retailer, goods...))
}

// What keeps back the last recording neither makes something else of the goods nor
// takes them from the watched place first.
func TestAGateIsNotPassedByMakingSomethingElseOrByMovingFirst(t *testing.T) {
	s := Start(t)
	goods := cases(0, 2)
	s.MustCapture(Manufacturer, Commission(goods[0]), located(Site(Manufacturer), Commission(goods[1])))
	then := condition.Consequences{Hold: none, Gate: condition.GateRefuses, Quality: Manufacturer}
	first, second, policy := s.Logger(Manufacturer, 1), s.Logger(Manufacturer, 2), s.Policy(Manufacturer, "cold", then)
	s.Watch(Manufacturer, "w", policy, first, goods[0])
	_, err := s.TryWatch(Manufacturer, condition.StartWatchRequest{Name: "store", Policy: policy, Devices: []string{second}, Place: Site(Manufacturer)})
	require.NoError(t, err)
	s.Now = s.Now.Add(time.Hour)
	_, err = s.Capture(Manufacturer, Transform(Making{In: goods[:1], Out: []string{Object(Manufacturer, "NEW")}}))
	require.ErrorIs(t, err, fault.Undetermined)
	_, err = s.Capture(Manufacturer, located(Site(Retailer), Step("storing", goods[1])))
	require.ErrorIs(t, err, fault.Undetermined)
	s.MustCapture(Manufacturer, located(Site(Manufacturer)+"/254/S7", Step("storing", goods[1])))
}

// Whoever sees something at a place is heard; it makes what was there no longer to
// find for others.
func TestWitnessesLeaveNothingToLookThroughAtAWatchedPlace(t *testing.T) {
	s := Start(t)
	goods := cases(0, 1)
	s.MustCapture(Manufacturer, Commission(goods...))
	logger := s.Logger(Manufacturer, 1)
	_, err := s.TryWatch(Manufacturer, condition.StartWatchRequest{
		Name: "store", Policy: s.Policy(Manufacturer, "cold", holding()), Devices: []string{logger}, Place: Site(Manufacturer),
	})
	require.NoError(t, err)
	visits := func() (n int) {
		for _, record := range s.Ledger.Dump() {
			if strings.Contains(string(record.Key), "visit") {
				n++
			}
		}
		return n
	}
	s.MustCapture(Carrier, located(Site(Manufacturer), Step("inspecting", goods...)))
	require.Zero(t, visits())
	s.MustCapture(Manufacturer, located(Site(Manufacturer), Step("storing", goods...)))
	require.Equal(t, 1, visits())
}
