package exposuretest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

const none = condition.HoldNever

// guarded is a watched pallet of one item with the manufacturer, and its logger.
func guarded(t *testing.T, then condition.Consequences) (s *World, pallet, logger string) {
	s, pallet = Start(t), Pallet(Manufacturer, 1)
	item := Object(Manufacturer, "A")
	s.MustCapture(Manufacturer, Commission(item), Pack(pallet, item))
	logger = s.Logger(Manufacturer, 1)
	s.Watch(Manufacturer, "w", s.Policy(Manufacturer, "cold", then), logger, pallet)
	return s, pallet, logger
}

// A sender that keeps back the last recording before it ships is caught: at once
// where the policy refuses, and else by a flag that the receiver sees.
func TestWhatAWithheldRecordingWouldShowIsAskedForAtTheGate(t *testing.T) {
	for _, gate := range []string{condition.GateRecords, condition.GateRefuses} {
		t.Run(gate, func(t *testing.T) {
			s, pallet, logger := guarded(t, condition.Consequences{Hold: none, Gate: gate})
			from := s.Now
			s.Record(Manufacturer, logger, Every(10*time.Minute, from, from.Add(time.Hour), 50)...)
			s.Now = s.Now.Add(3 * time.Hour) // hot readings, which nobody submits
			_, err := s.Capture(Manufacturer, Ship(Carrier, pallet))
			if gate == condition.GateRefuses {
				refused := fault.Of(err)
				require.ErrorIs(t, err, fault.Undetermined)
				require.Equal(t, Manufacturer+"/w", refused.Detail["watch"])
				require.Equal(t, "coverage", refused.Detail["reasons"])
				require.Contains(t, refused.Detail["readings"], evaluation.MomentOf(from.Add(time.Hour)).String(), "until when there are some")
				require.Equal(t, Manufacturer, s.Twin(pallet).Custodian)
				require.Nil(t, s.Twin(pallet).Offer, "nothing was recorded")
				s.Record(Manufacturer, logger, Every(10*time.Minute, from.Add(70*time.Minute), s.Now, 50)...)
				s.MustCapture(Manufacturer, Ship(Carrier, pallet))
				flags, _ := s.FlagsOf(pallet)
				require.Empty(t, flags, "what was asked for is there")
				return
			}
			require.NoError(t, err)
			flags, step := s.FlagsOf(pallet)
			require.Equal(t, "shipping", step)
			require.Equal(t, []product.Flag{product.FlagConditionUndetermined}, flags)
		})
	}
}

// Goods that have arrived are there, whatever a policy says; what comes out of a
// container passes a gate, listed or not.
func TestAReceiptIsFlaggedAndNotRefusedAndUnpackingIsRefused(t *testing.T) {
	s, pallet, logger := guarded(t, condition.Consequences{Hold: none, Gate: condition.GateRefuses})
	from, item := s.Now, Object(Manufacturer, "A")
	s.Record(Manufacturer, logger, Every(10*time.Minute, from, from.Add(time.Hour), 50)...)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	s.Now = s.Now.Add(2 * time.Hour)
	s.MustCapture(Retailer, Step("receiving", pallet))
	flags, _ := s.FlagsOf(pallet)
	require.Equal(t, []product.Flag{product.FlagConditionUndetermined}, flags)

	for name, event := range map[string]Event{
		"all": Unpack(pallet), "one": Unpack(pallet, item), "one, unsaid": Ship(Carrier, item),
	} {
		_, err := s.Capture(Retailer, event)
		require.ErrorIs(t, err, fault.Undetermined, name)
	}
	_, err := Call(s, Retailer, ledger.RoleOperator, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/w"})
	require.ErrorIs(t, err, fault.Undetermined)
	_, err = Call(s, Retailer, ledger.RoleQuality, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/w"})
	require.ErrorIs(t, err, fault.Undetermined, "another's quality unit")
	ended, err := Call(s, Manufacturer, ledger.RoleQuality, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/w"})
	require.NoError(t, err, "who decides may end a watch whose device is lost")
	require.Equal(t, &evaluation.Judgement{Verdict: evaluation.Undetermined, Reasons: []string{evaluation.ReasonCoverage}}, ended.AtEnd)
	s.MustCapture(Retailer, Unpack(pallet))
	flags, _ = s.FlagsOf(pallet)
	require.Empty(t, flags, "the watch is over")
}

func TestWhatPassesBrokenAndUndecidedIsFlaggedOrRefused(t *testing.T) {
	s, pallet, logger := guarded(t, condition.Consequences{Hold: none})
	broke := s.Record(Manufacturer, logger, Read(s.Now, 90))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	flags, _ := s.FlagsOf(pallet)
	require.Equal(t, []product.Flag{product.FlagConditionBroken}, flags)
	s.Release(Manufacturer, broke.Lanes[0].Breach)
	s.MustCapture(Retailer, Step("receiving", pallet))
	flags, _ = s.FlagsOf(pallet)
	require.Empty(t, flags, "somebody has decided")

	s, pallet, logger = guarded(t, condition.Consequences{Hold: none, Gate: condition.GateRefuses})
	before := s.Now
	s.Record(Manufacturer, logger, Read(s.Now.Add(10*time.Minute), 90))
	_, err := s.Capture(Manufacturer, Ship(Retailer, pallet))
	require.ErrorIs(t, err, fault.Held, "no hold of the policy's does it")
	early := Ship(Retailer, pallet)
	early.Time = before
	_, err = s.Capture(Manufacturer, early)
	require.NoError(t, err, "it left before the excursion")
}

// For less than the largest gap nothing is asked for.
func TestAWatchThatHasJustBegunAsksForNothing(t *testing.T) {
	s, pallet, _ := guarded(t, condition.Consequences{Hold: none, Gate: condition.GateRefuses})
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	flags, _ := s.FlagsOf(pallet)
	require.Empty(t, flags)
}

// One that fills an object with watches keeps to a limit, and ended ones make room.
func TestUnfinishedWatchesOfAnObjectAreLimited(t *testing.T) {
	s, item := Start(t), Object(Manufacturer, "A")
	s.MustCapture(Manufacturer, Commission(item))
	policy := s.Policy(Manufacturer, "cold", condition.Consequences{Hold: none})
	start := func(name, device string) error {
		_, err := s.TryWatch(Manufacturer, condition.StartWatchRequest{Name: name, Policy: policy, Devices: []string{device}, Objects: []string{item}})
		return err
	}
	first := s.Logger(Manufacturer, 1)
	for i := range condition.MaxWatching {
		require.NoError(t, start("w"+string(rune('a'+i)), first))
	}
	second := s.Logger(Manufacturer, 2)
	require.ErrorIs(t, start("more", second), fault.LimitExceeded)
	_, err := Call(s, Manufacturer, ledger.RoleOperator, condition.EndWatch, condition.EndWatchRequest{ID: Manufacturer + "/wa"})
	require.NoError(t, err)
	require.NoError(t, start("more", second))
}
