package exposuretest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var lotL1, lotL2 = Lot(Class(Manufacturer, 1), "L1"), Lot(Class(Manufacturer, 1), "L2")

func amountOf(e Event, lot string, amount int) Event {
	e.More = map[string]any{"epcList": nil, "quantityList": []any{Quantity(lot, amount, "")}}
	return e
}

// carried is a scene in which the carrier has 60 of a lot, the manufacturer 40, who
// owns all and whose policy applies.
func carried(t *testing.T, then condition.Consequences) (s *World, logger string, policy condition.PolicyRef) {
	s = Start(t)
	s.MustCapture(Manufacturer, amountOf(Commission(), lotL1, 100), amountOf(Commission(), lotL2, 10))
	s.MustCapture(Manufacturer, amountOf(Ship(Carrier), lotL1, 60))
	s.MustCapture(Carrier, amountOf(Step("receiving"), lotL1, 60))
	return s, s.Logger(Carrier, 1), s.Policy(Manufacturer, "cold", then)
}

func heldOfLot(s *World, lot string) (held []string) {
	s.TB.Helper()
	page, err := Ask(s, product.ReadLotHolds, product.ReadLotHoldsRequest{ID: lot})
	s.Must(err)
	for _, h := range page.Holds {
		held = append(held, h.Organisation+" "+h.Breach)
	}
	return held
}

func breachesOf(s *World, object string) (ids []string) {
	s.TB.Helper()
	page, err := Ask(s, condition.ListBreaches, condition.ListBreachesRequest{Object: object})
	s.Must(err)
	for _, b := range page.Breaches {
		ids = append(ids, b.ID)
	}
	return ids
}

func TestABreachHoldsWhatWhoStartedTheWatchHasOfALot(t *testing.T) {
	s, logger, policy := carried(t, holding())
	watch := s.Watch(Carrier, "w", policy, logger, lotL1)
	require.Equal(t, []string{lotL1}, watch.Lots)
	require.Zero(t, watch.Count)
	require.Equal(t, Manufacturer, watch.Owner)
	s.Record(Carrier, logger, Read(s.Now, 50))
	require.Empty(t, heldOfLot(s, lotL1))
	s.MustCapture(Carrier, amountOf(Ship(Retailer), lotL1, 5))
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	require.Equal(t, []string{lotL1}, affected(s, breach))
	require.Equal(t, []string{breach}, breachesOf(s, lotL1))
	require.Empty(t, breachesOf(s, lotL2))
	require.Equal(t, []string{Carrier + " " + breach}, heldOfLot(s, lotL1))

	for _, e := range []Event{Ship(Retailer), Delete("retail_selling"), Delete("destroying")} {
		_, err := s.Capture(Carrier, amountOf(e, lotL1, 5))
		require.ErrorIs(t, err, fault.Held)
		require.Equal(t, breach, fault.Of(err).Detail["breach"])
	}
	s.MustCapture(Retailer, amountOf(Step("receiving"), lotL1, 5))
	s.MustCapture(Retailer, amountOf(Delete("retail_selling"), lotL1, 5))
	s.MustCapture(Manufacturer, amountOf(Ship(Retailer), lotL1, 40))
	require.Equal(t, 1, s.Spread(Retailer, breach), "again, and nothing twice")
	require.Equal(t, []string{Carrier + " " + breach}, heldOfLot(s, lotL1))

	require.Equal(t, 1, s.Release(Manufacturer, breach).Released)
	require.Empty(t, heldOfLot(s, lotL1))
	s.MustCapture(Carrier, amountOf(Ship(Retailer), lotL1, 5))
}

// A logger that is read out late holds what is left of the lot; what has gone by
// then, the account's history tells.
func TestALateRecordingHoldsWhatIsLeftOfALot(t *testing.T) {
	s, logger, policy := carried(t, holding())
	pallet := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, Commission(Object(Manufacturer, "A")), Pack(pallet, Object(Manufacturer, "A")))
	s.MustCapture(Manufacturer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	s.Watch(Carrier, "w", policy, logger, lotL1, pallet)
	warm := Every(5*time.Minute, s.Now, s.Now.Add(20*time.Minute), 90)
	s.Now = s.Now.Add(2 * time.Hour)
	s.MustCapture(Carrier, amountOf(Ship(Retailer), lotL1, 50))
	breach := s.Record(Carrier, logger, warm...).Lanes[0].Breach
	require.Equal(t, []string{pallet, lotL1}, affected(s, breach))
	require.True(t, s.Held(pallet))
	_, err := s.Capture(Carrier, amountOf(Ship(Retailer), lotL1, 10))
	require.ErrorIs(t, err, fault.Held)
	history, err := Ask(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotL1, Organisation: Carrier})
	require.NoError(t, err)
	require.Equal(t, product.Shipped, history.Entries[1].Effect)
	require.Equal(t, product.Held, history.Entries[2].Effect)
	require.Equal(t, 2, s.Release(Manufacturer, breach).Released)
	require.False(t, s.Held(pallet))
	require.Empty(t, heldOfLot(s, lotL1))
}

func TestAGateAsksForReadingsOfAWatchedLot(t *testing.T) {
	then := holding()
	then.Gate = condition.GateRefuses
	s, logger, policy := carried(t, then)
	s.Watch(Carrier, "w", policy, logger, lotL1)
	s.Now = s.Now.Add(time.Hour)
	_, err := s.Capture(Carrier, amountOf(Ship(Retailer), lotL1, 5))
	require.ErrorIs(t, err, fault.Undetermined)
	s.MustCapture(Manufacturer, amountOf(Ship(Retailer), lotL1, 5)) // nobody watches those
	s.MustCapture(Manufacturer, amountOf(Ship(Carrier), lotL1, 5))
	s.MustCapture(Carrier, amountOf(Step("receiving"), lotL1, 5))

	then.Gate = condition.GateRecords
	s, logger, policy = carried(t, then)
	s.Watch(Carrier, "w", policy, logger, lotL1)
	s.Now = s.Now.Add(time.Hour)
	s.MustCapture(Carrier, amountOf(Ship(Retailer), lotL1, 5))
	history, err := Ask(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotL1, Organisation: Carrier})
	require.NoError(t, err)
	require.Contains(t, history.Entries[1].Flags, product.FlagConditionUndetermined)
}

func TestOnlyWhatOneOwnerHasOfALotIsWatched(t *testing.T) {
	s, logger, policy := carried(t, holding())
	own := s.Policy(Carrier, "own", condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Carrier})
	sold := amountOf(Ship(Carrier), lotL1, 5)
	sold.Owner = GLN(Carrier)
	var many []string
	for i := range condition.MaxLots + 1 {
		many = append(many, Lot(Class(Manufacturer, 2), fmt.Sprint("M", i)))
	}
	place := s.Policy(Carrier, "place", condition.Consequences{Hold: condition.HoldAtSuspicion, Quality: Carrier})
	for name, c := range map[string]struct {
		req  condition.StartWatchRequest
		code fault.Code
	}{
		"nothing at hand":  {condition.StartWatchRequest{Objects: []string{lotL2}}, fault.NotCustodian},
		"nothing on it":    {condition.StartWatchRequest{Objects: []string{Lot(Class(Manufacturer, 1), "NONE")}}, fault.NotCustodian},
		"a class":          {condition.StartWatchRequest{Objects: []string{Class(Manufacturer, 1)}}, fault.Unsupported},
		"twice":            {condition.StartWatchRequest{Objects: []string{lotL1, lotL1}}, fault.InvalidRequest},
		"too many":         {condition.StartWatchRequest{Objects: many}, fault.LimitExceeded},
		"of a time before": {condition.StartWatchRequest{Objects: []string{lotL1}, Start: s.Now.Add(-time.Hour)}, fault.Unsupported},
		"at a place":       {condition.StartWatchRequest{Objects: []string{lotL1}, Place: Site(Carrier), Policy: place}, fault.Unsupported},
	} {
		req := c.req
		req.Name, req.Devices = "w", []string{logger}
		if req.Policy.ID == "" {
			req.Policy = policy
		}
		_, err := s.TryWatch(Carrier, req)
		require.ErrorIs(t, err, c.code, name)
	}
	// A custodian's own policy does not make it the one that decides on others' goods.
	s.Watch(Carrier, "theirs", own, logger, lotL1)
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	found, err := Ask(s, condition.ReadBreach, condition.ReadBreachRequest{Breach: breach})
	require.NoError(t, err)
	require.Equal(t, Manufacturer, found.Quality)

	s.MustCapture(Manufacturer, sold)
	s.MustCapture(Carrier, amountOf(Step("receiving"), lotL1, 5))
	_, err = s.TryWatch(Carrier, condition.StartWatchRequest{Name: "two", Policy: policy, Devices: []string{logger}, Objects: []string{lotL1}})
	require.ErrorIs(t, err, fault.Unsupported)
}

func TestOnlyWhoStartedAWatchOfALotEndsIt(t *testing.T) {
	s, logger, policy := carried(t, holding())
	watch := s.Watch(Carrier, "w", policy, logger, lotL1)
	s.Now = s.Now.Add(time.Hour)
	end := func(msp string, back time.Duration) error {
		_, err := Call(s, msp, ledger.RoleOperator, condition.EndWatch, condition.EndWatchRequest{ID: watch.ID, End: s.Now.Add(-back)})
		return err
	}
	require.ErrorIs(t, end(Retailer, 0), fault.NotCustodian)
	require.ErrorIs(t, end(Carrier, 30*time.Minute), fault.OutOfSequence)
	require.NoError(t, end(Carrier, 0))
	s.MustCapture(Carrier, amountOf(Ship(Retailer), lotL1, 5))
	history, err := Ask(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotL1, Organisation: Carrier})
	require.NoError(t, err)
	require.Empty(t, history.Entries[1].Flags, "no watch asks any more")
}

// Who had the quantities, or owned them, can dispute their release, and they are on
// hold again. Nobody else can.
func TestADisputeHoldsWhatWasWatchedOfALotAgain(t *testing.T) {
	then := holding()
	then.DisputeMs = 86_400_000
	s, logger, policy := carried(t, then)
	s.Watch(Carrier, "w", policy, logger, lotL1)
	breach := s.Record(Carrier, logger, Read(s.Now, 90)).Lanes[0].Breach
	s.Release(Manufacturer, breach)
	require.Empty(t, heldOfLot(s, lotL1))
	dispute := condition.Statement{ID: "d", Breach: breach, Meaning: condition.Dispute, Object: lotL1, Decision: Manufacturer + "/release-" + breach[:8]}
	by := func(msp string) condition.Statement {
		said := dispute
		said.Organisation = msp
		return said
	}
	_, err := s.Decide(Retailer, by(Retailer))
	require.ErrorIs(t, err, fault.NotParty)
	other := by(Carrier)
	other.Object = lotL2
	_, err = s.Decide(Carrier, other)
	require.ErrorIs(t, err, fault.NotParty)
	_, err = s.Decide(Carrier, by(Carrier))
	require.NoError(t, err)
	require.Equal(t, []string{Carrier + " " + breach}, heldOfLot(s, lotL1))
}

func TestHowALotWasKeptIsNoOneAnswer(t *testing.T) {
	s, logger, policy := carried(t, holding())
	s.Watch(Carrier, "w", policy, logger, lotL1)
	_, err := Ask(s, condition.ReadObject, condition.ReadObjectRequest{Object: lotL1})
	require.ErrorIs(t, err, fault.Unsupported)
}
