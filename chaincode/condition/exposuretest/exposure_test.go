package exposuretest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func holding() condition.Consequences {
	return condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Manufacturer}
}

// reefer is an asset of the carrier's.
const reefer = "/8004/4012345REEFER"

func when(at time.Time, e Event) Event {
	e.Time = at
	return e
}

func cases(from, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = Object(Manufacturer, fmt.Sprintf("C%05d", from+i))
	}
	return paths
}

func affected(s *World, breach string) []string {
	response, err := Ask(s, condition.ListAffected, condition.ListAffectedRequest{Breach: breach, Size: ledger.MaxPage})
	s.Must(err)
	return response.Objects
}

// Whatever is on a pallet, a breach of its watch is one hold, as long as nothing
// has come onto it or gone from it since.
func TestAWholePalletIsHeldByOneHold(t *testing.T) {
	sizes := map[int]int{}
	for _, n := range []int{1, 3000} {
		s, pallet := Start(t), Pallet(Manufacturer, 1)
		goods := cases(0, n)
		s.MustCapture(Manufacturer, Commission(goods...), Pack(pallet, goods...))
		logger := s.Logger(Manufacturer, 1)
		s.Watch(Manufacturer, "w", s.Policy(Manufacturer, "cold", holding()), logger, pallet)
		before := len(s.Ledger.Dump())
		breach := s.Record(Manufacturer, logger, Read(s.Now, 90)).Lanes[0].Breach
		sizes[n] = len(s.Ledger.Dump()) - before
		require.Equal(t, []string{pallet}, affected(s, breach))
		require.True(t, s.Held(goods[n-1]), "through the pallet")
		_, err := s.Capture(Manufacturer, Ship(Retailer, pallet))
		require.ErrorIs(t, err, fault.Held)
		require.Equal(t, 1, s.Release(Manufacturer, breach).Released)
		require.False(t, s.Held(goods[n-1]))
	}
	require.Equal(t, sizes[1], sizes[3000], "the same records, whatever is on it")
}

// A reefer is unloaded, the pallet broken up, some of it sold on and packed with
// others, and only then the logger is read out. What was in it during the excursion
// is held, with whomever it is; what joined later is not.
func TestALateRecordingHoldsWhatWasInsideThen(t *testing.T) {
	s, pallet, other := Start(t), Pallet(Manufacturer, 1), Pallet(Retailer, 1)
	goods := cases(0, 6)
	s.MustCapture(Manufacturer, Commission(goods...), Pack(pallet, goods[:4]...))
	s.MustCapture(Carrier, Commission(reefer))
	s.MustCapture(Manufacturer, Ship(Carrier, append([]string{pallet}, goods[4:]...)...))
	s.MustCapture(Carrier, Step("receiving", append([]string{pallet}, goods[4:]...)...))
	logger := s.Logger(Carrier, 1)
	s.Watch(Carrier, "tour", s.Policy(Carrier, "cold", holding()), logger, reefer)
	begin := s.Now

	// goods[4] comes off before the excursion, goods[5] goes in after it.
	s.MustCapture(Carrier, Pack(reefer, pallet, goods[4]))
	s.Now = begin.Add(30 * time.Minute)
	s.MustCapture(Carrier, Unpack(reefer, goods[4]))
	s.Now = begin.Add(2 * time.Hour)
	s.MustCapture(Carrier, Pack(reefer, goods[5]))
	s.MustCapture(Carrier, Ship(Retailer, reefer))
	s.MustCapture(Retailer, Step("receiving", reefer))
	s.MustCapture(Retailer, Unpack(reefer))
	s.MustCapture(Retailer, Unpack(pallet))
	s.MustCapture(Retailer, Pack(other, goods[0], goods[5]))
	s.MustCapture(Retailer, Ship(Manufacturer, goods[1]))
	s.MustCapture(Manufacturer, Step("receiving", goods[1]))
	s.MustCapture(Retailer, Step("retail_selling", goods[2]))

	run := Every(10*time.Minute, begin, begin.Add(50*time.Minute), 50)
	run = append(run, Read(begin.Add(time.Hour), 120))
	run = append(run, Every(10*time.Minute, begin.Add(70*time.Minute), s.Now, 50)...)
	breach := s.Record(Retailer, logger, run...).Lanes[0].Breach
	require.NotEmpty(t, breach)
	s.Spread(Retailer, breach)

	require.Equal(t, goods[:4], affected(s, breach), "inside between From and To, now with three companies, one of them sold")
	require.Equal(t, []string{goods[0], goods[1], goods[3]}, s.HeldOf(goods...), "what is sold is named and cannot be held")
	require.False(t, s.Held(reefer), "an asset only carries")
	require.False(t, s.Held(pallet), "what was on it is elsewhere")
	_, err := s.Capture(Retailer, Ship(Carrier, other))
	require.ErrorIs(t, err, fault.Held, "something in it is on hold")
	s.MustCapture(Retailer, Unpack(other, goods[0]))
	s.MustCapture(Retailer, Ship(Carrier, other))

	require.Equal(t, 3, s.Release(Manufacturer, breach).Released)
	require.Empty(t, s.HeldOf(goods...))
}

// A break that goes on takes in what came in meanwhile.
func TestABreakThatGrowsAffectsWhatCameInMeanwhile(t *testing.T) {
	s := Start(t)
	goods := cases(0, 3)
	s.MustCapture(Carrier, Commission(reefer))
	s.MustCapture(Manufacturer, Commission(goods...))
	s.MustCapture(Manufacturer, Ship(Carrier, goods...))
	s.MustCapture(Carrier, Step("receiving", goods...))
	logger := s.Logger(Carrier, 1)
	s.MustCapture(Carrier, Pack(reefer, goods[0]))
	s.Watch(Carrier, "tour", s.Policy(Carrier, "cold", holding()), logger, reefer)
	first := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	require.Equal(t, goods[:1], s.HeldOf(goods...))
	s.MustCapture(Carrier, Pack(reefer, goods[1]))
	again := s.Record(Carrier, logger, Read(s.Now.Add(5*time.Minute), 90), Read(s.Now.Add(10*time.Minute), 50)).Lanes[0].Breach
	require.Equal(t, first, again)
	s.MustCapture(Carrier, Pack(reefer, goods[2]))
	s.Spread(Carrier, first)
	require.Equal(t, goods[:2], s.HeldOf(goods...))

	// An event recorded later says that another was inside, too.
	late := cases(9, 1)
	s.MustCapture(Manufacturer, when(s.Now.Add(-time.Hour), Commission(late...)))
	s.MustCapture(Manufacturer, when(s.Now.Add(-time.Hour), Ship(Carrier, late...)))
	s.MustCapture(Carrier, when(s.Now.Add(-time.Hour), Step("receiving", late...)), when(s.Now.Add(-time.Hour), Pack(reefer, late...)))
	require.False(t, s.Held(late[0]))
	s.Spread(Carrier, first)
	require.True(t, s.Held(late[0]), "whoever asks finds it")
}

// More than a transaction takes is found in several, and freed in several.
func TestWhatIsMoreThanATransactionTakesIsSpreadOverSeveral(t *testing.T) {
	const n = 1200
	s := Start(t)
	goods := cases(0, n)
	s.MustCapture(Carrier, Commission(reefer))
	s.MustCapture(Manufacturer, Commission(goods...))
	s.MustCapture(Manufacturer, Ship(Carrier, goods...))
	s.MustCapture(Carrier, Step("receiving", goods...))
	s.MustCapture(Carrier, Pack(reefer, goods...))
	logger := s.Logger(Carrier, 1)
	s.Watch(Carrier, "tour", s.Policy(Carrier, "cold", condition.Consequences{Hold: condition.HoldAtSuspicion, Gate: condition.GateRefuses, Quality: Manufacturer}), logger, reefer)
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	status, err := Ask(s, condition.ListAffected, condition.ListAffectedRequest{Breach: breach})
	require.NoError(t, err)
	require.False(t, status.Done)
	require.Equal(t, condition.MaxSpread, status.Affected)
	require.False(t, s.Held(goods[n-1]))
	_, err = s.Capture(Carrier, Unpack(reefer, goods[n-1]))
	require.ErrorIs(t, err, fault.Held, "the gate is closed until all is on hold")

	require.Equal(t, 2, s.Spread(Retailer, breach), "anybody registered")
	require.True(t, s.Held(goods[0]))
	require.True(t, s.Held(goods[n-1]))
	status, err = Ask(s, condition.ListAffected, condition.ListAffectedRequest{Breach: breach})
	require.NoError(t, err)
	require.True(t, status.Done)
	require.Equal(t, n, status.Affected)

	released := s.Release(Manufacturer, breach)
	require.Equal(t, 500, released.Released)
	require.True(t, released.More)
	require.Equal(t, 2, s.Spread(Retailer, breach))
	require.False(t, s.Held(goods[0]))
	require.False(t, s.Held(goods[n-1]))
	_, err = Call(s, Regulator, ledger.RoleOperator, condition.SpreadBreach, condition.SpreadBreachRequest{Breach: breach})
	require.ErrorIs(t, err, fault.ReaderOnly)
}

// The devices that ride along are no goods, nor is what only carries; an asset that
// never carried anything is, and one that the watch names so.
func TestWhichAssetsAreAffected(t *testing.T) {
	s := Start(t)
	const tote, machine = "/8004/4012345TOTE", "/8004/4012345MACHINE"
	goods := cases(0, 1)
	s.MustCapture(Manufacturer, Commission(goods...))
	s.MustCapture(Manufacturer, Ship(Carrier, goods...))
	s.MustCapture(Carrier, Step("receiving", goods...), Commission(reefer, tote, machine))
	logger := s.Logger(Carrier, 1)
	s.MustCapture(Carrier, Commission(logger), Pack(tote, goods...), Pack(reefer, tote, machine, logger))
	s.Watch(Carrier, "w", s.Policy(Carrier, "cold", holding()), logger, reefer)
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	require.Equal(t, []string{goods[0], machine}, affected(s, breach))

	s.MustCapture(Carrier, Commission("/8004/4012345CRANE"))
	second := s.Logger(Carrier, 2)
	_, err := s.TryWatch(Carrier, condition.StartWatchRequest{
		Name: "sale", Policy: s.Policy(Carrier, "dry", holding()), Devices: []string{second}, Objects: []string{"/8004/4012345CRANE"}, Goods: true,
	})
	require.NoError(t, err)
	breach = s.Record(Carrier, second, Read(s.Now, 90)).Lanes[0].Breach
	require.Equal(t, []string{"/8004/4012345CRANE"}, affected(s, breach))
}

// Somebody has to decide on what is in a vehicle, and that is not who drives it.
func TestWhoDecidesOnWhatAVehicleCarries(t *testing.T) {
	s := Start(t)
	mine, theirs := cases(0, 1)[0], Object(Retailer, "X")
	s.MustCapture(Carrier, Commission(reefer))
	logger := s.Logger(Carrier, 1)
	nobody := s.Policy(Carrier, "nobody", condition.Consequences{Hold: condition.HoldAtSuspicion})
	start := func(name string) error {
		_, err := s.TryWatch(Carrier, condition.StartWatchRequest{Name: name, Policy: nobody, Devices: []string{logger}, Objects: []string{reefer}})
		return err
	}
	s.MustCapture(Manufacturer, Commission(mine))
	s.MustCapture(Manufacturer, Ship(Carrier, mine))
	s.MustCapture(Carrier, Step("receiving", mine), Pack(reefer, mine))
	require.NoError(t, start("one-owner"))
	s.MustCapture(Retailer, Commission(theirs))
	s.MustCapture(Retailer, Ship(Carrier, theirs))
	s.MustCapture(Carrier, Step("receiving", theirs), Pack(reefer, theirs))
	require.ErrorIs(t, start("two-owners"), fault.Unsupported)
	s.MustCapture(Carrier, Unpack(reefer))
	require.ErrorIs(t, start("empty"), fault.Unsupported)

	second := s.Logger(Carrier, 2)
	s.MustCapture(Carrier, Pack(reefer, mine))
	s.Watch(Carrier, "own", s.Policy(Carrier, "own", condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Carrier}), second, reefer)
	breach, err := Ask(s, condition.ReadBreach, condition.ReadBreachRequest{Breach: s.Record(Carrier, second, Read(s.Now, 90)).Lanes[0].Breach})
	require.NoError(t, err)
	require.Equal(t, Manufacturer, breach.Quality, "the goods' owner, whomever the carrier's policy names")
}

// What was declared an error has not been: neither that something went in, nor that
// it came out.
func TestWhatIsDeclaredAnErrorHasNotBeen(t *testing.T) {
	s, right, wrong := Start(t), Pallet(Manufacturer, 1), Pallet(Manufacturer, 2)
	goods := cases(0, 3)
	s.MustCapture(Manufacturer, Commission(goods...), Pack(right, goods[:2]...), Pack(wrong, goods[2]))
	policy := s.Policy(Manufacturer, "cold", holding())
	first, second := s.Logger(Manufacturer, 1), s.Logger(Manufacturer, 2)
	s.Watch(Manufacturer, "right", policy, first, right)
	s.Watch(Manufacturer, "wrong", policy, second, wrong)
	begin := s.Now
	mistake := when(begin.Add(time.Minute), Pack(wrong, goods[0]))
	s.MustCapture(Manufacturer, mistake)
	s.Now = begin.Add(2 * time.Hour)
	mistake.More["errorDeclaration"] = map[string]any{"declarationTime": s.Now.Format(time.RFC3339), "reason": "did_not_occur"}
	s.MustCapture(Manufacturer, mistake)
	s.MustCapture(Manufacturer, Unpack(right, goods[1]), Unpack(wrong, goods[2]))

	s.Spread(Manufacturer, s.Record(Manufacturer, second, Read(begin.Add(time.Hour), 90), Read(begin.Add(70*time.Minute), 50)).Lanes[0].Breach)
	require.Equal(t, []string{goods[2]}, s.HeldOf(goods...))
	s.Spread(Manufacturer, s.Record(Manufacturer, first, Read(begin.Add(time.Hour), 90), Read(begin.Add(70*time.Minute), 50)).Lanes[0].Breach)
	require.Equal(t, goods, s.HeldOf(goods...))
}
