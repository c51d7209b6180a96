package exposuretest_test

import (
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
