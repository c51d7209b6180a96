package condition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

const day = int64(24 * 3600 * 1000)

func TestWhenABreachIsConfirmedAndHolds(t *testing.T) {
	long := 30 * 60_000
	after := func(ms int) *condition.Confirm {
		d := int64(ms)
		return &condition.Confirm{AfterMs: &d}
	}
	for name, c := range map[string]struct {
		condition.Consequences
		state string
		held  bool
	}{
		"nothing more asked":             {condition.Consequences{Hold: condition.HoldAtSuspicion}, condition.StateConfirmed, true},
		"nothing more, at confirmation":  {condition.Consequences{Hold: condition.HoldAtConfirmation}, condition.StateConfirmed, true},
		"nothing held":                   {condition.Consequences{Hold: condition.HoldNever}, condition.StateConfirmed, false},
		"too short, held at suspicion":   {condition.Consequences{Hold: condition.HoldAtSuspicion, Confirm: after(long)}, condition.StateSuspected, true},
		"too short, at confirmation":     {condition.Consequences{Hold: condition.HoldAtConfirmation, Confirm: after(long)}, condition.StateSuspected, false},
		"long enough, at confirmation":   {condition.Consequences{Hold: condition.HoldAtConfirmation, Confirm: after(60_000)}, condition.StateConfirmed, true},
		"devices asked, at confirmation": {condition.Consequences{Hold: condition.HoldAtConfirmation, Confirm: &condition.Confirm{Devices: 2}}, condition.StateSuspected, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := under(t, c.Consequences, 1)
			id := w.hot()
			require.Equal(t, c.state, w.breach(id).State)
			require.Equal(t, c.held, w.isHeld(object(0)))
			require.Equal(t, []string{id}, w.open())
			require.Equal(t, condition.StepOpened, w.steps(id)[0])
		})
	}
}

func TestAnExcursionThatGoesOnConfirmsByDuration(t *testing.T) {
	long := int64(30 * 60_000)
	w := under(t, condition.Consequences{Hold: condition.HoldAtConfirmation, Confirm: &condition.Confirm{AfterMs: &long}}, 1)
	id := w.record(0, 90, 10, 90, 20, 90).Lanes[0].Breach
	require.False(t, w.isHeld(object(0)))
	require.Equal(t, id, w.record(30, 90, 40, 90).Lanes[0].Breach)
	require.True(t, w.isHeld(object(0)))
	require.Equal(t, []string{condition.StepOpened, condition.StepExtended, condition.StepConfirmed}, w.steps(id))
}

func TestASecondDeviceConfirms(t *testing.T) {
	w := under(t, condition.Consequences{Hold: condition.HoldAtConfirmation, Confirm: &condition.Confirm{Devices: 2}}, 2)
	id := w.hot()
	require.Empty(t, w.review().Confirmed)
	other := w.recordBy(2, 0, 50, 5, 90, 15, 90, 25, 50).Lanes[0].Breach
	require.ElementsMatch(t, []string{id, other}, w.review().Confirmed)
	require.Equal(t, condition.StateConfirmed, w.breach(id).State)
	require.Equal(t, 2, w.twin(object(0)).Holds)
	require.Empty(t, w.review().Confirmed, "once")
}

func TestWhatOtherDevicesRefuteIsHeldNoLonger(t *testing.T) {
	at := condition.Consequences{Hold: condition.HoldAtSuspicion, Confirm: &condition.Confirm{Devices: 2}}
	for name, c := range map[string]struct {
		others  func(*world)
		refuted bool
	}{
		"all kept": {func(w *world) {
			w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50)
			w.recordBy(3, 0, 50, 10, 50, 20, 50, 30, 50)
		}, true},
		"one has nothing to say": {func(w *world) { w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50) }, false},
		"one has a gap":          {func(w *world) { w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50); w.recordBy(3, 0, 50, 30, 50) }, false},
		"one is short of it":     {func(w *world) { w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50); w.recordBy(3, 0, 50, 5, 50) }, false},
		"one agrees": {func(w *world) {
			w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50)
			w.recordBy(3, 0, 50, 10, 90, 20, 90, 30, 50)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := under(t, at, 3)
			id := w.hot()
			require.True(t, w.isHeld(object(0)))
			c.others(w)
			found := w.review()
			require.Equal(t, c.refuted, len(found.Refuted) == 1)
			require.Equal(t, !c.refuted, w.isHeld(object(0)))
			if !c.refuted {
				return
			}
			require.Equal(t, condition.StateRefuted, w.breach(id).State)
			require.Empty(t, w.open())
			require.Equal(t, []string{condition.StepOpened, condition.StepRefuted}, w.steps(id))
			again := w.record(25, 90, 35, 90, 45, 90).Lanes[0]
			require.True(t, again.Opened, "what comes after is another breach")
			require.True(t, w.isHeld(object(0)))
			_, err := call(w, w.as(maker, ledger.RoleQuality), condition.ConfirmBreach, condition.StepRequest{Breach: id, Reason: "I believe that one"})
			require.NoError(t, err, "a person may still confirm")
			require.Equal(t, 2, w.twin(object(0)).Holds)
		})
	}
}

func TestWithoutDevicesInThePolicyNoneRefutes(t *testing.T) {
	long := day
	w := under(t, condition.Consequences{Hold: condition.HoldAtSuspicion, Confirm: &condition.Confirm{AfterMs: &long}}, 2)
	id := w.hot()
	w.recordBy(2, 0, 50, 10, 50, 20, 50, 30, 50)
	require.Empty(t, w.review().Refuted)
	require.Equal(t, condition.StateSuspected, w.breach(id).State)
	require.True(t, w.isHeld(object(0)))
}

func TestAReviewSaysWhatReadingsAreMissing(t *testing.T) {
	w := under(t, held(), 2)
	w.record(0, 50, 10, 50, 20, 50)
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	require.NoError(t, err)
	found := w.review()
	require.Equal(t, []string{"/8004/9506000LOGGER2"}, found.Missing)
	require.Equal(t, evaluation.Undetermined, found.Verdict)
	require.Empty(t, found.Opened)
	_, err = call(w, w.as(reader, ledger.RoleAuditor), condition.Review, condition.ReviewRequest{Watch: watchID})
	require.ErrorIs(t, err, fault.ReaderOnly)
	_, err = call(w, w.as(carrier, ledger.RoleOperator), condition.Review, condition.ReviewRequest{Watch: "none"})
	require.ErrorIs(t, err, fault.NotFound)
}

func TestLateReadingsReopenWhatWasDecidedWithoutThem(t *testing.T) {
	w, id := breached(t)
	w.now = w.now.Add(3 * time.Hour)
	_, err := w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.Release), nil)
	require.NoError(t, err)
	late := w.record(25, 90, 35, 90, 45, 95).Lanes[0]
	require.True(t, late.Opened)
	require.Equal(t, id, w.breach(late.Breach).Reopens)
	require.Equal(t, condition.StateDecided, w.breach(id).State, "the decision stands, about what it knew")
	require.Equal(t, []string{condition.StepOpened, condition.StepConfirmed, condition.StepDecided, condition.StepReopened}, w.steps(id))
	require.True(t, w.isHeld(object(0)))
	require.Equal(t, []string{late.Breach}, w.open())
}

func TestEachStepIsOnRecord(t *testing.T) {
	w := under(t, condition.Consequences{Hold: condition.HoldAtSuspicion, DisputeMs: day}, 1)
	id := w.hot()
	w.hand(object(0))
	proof := condition.Document{SHA256: strings.Repeat("ab", 32), Name: "photo", MediaType: "image/jpeg"}
	_, err := call(w, w.as(carrier, ledger.RoleOperator), condition.AcknowledgeBreach, condition.StepRequest{Breach: id, Object: object(0), Reason: "seen"})
	require.NoError(t, err)
	_, err = call(w, w.as(carrier, ledger.RoleOperator), condition.InvestigateBreach, condition.StepRequest{
		Breach: id, Object: object(0), Reason: "looked", RootCause: "the door stood open", Documents: []condition.Document{proof},
	})
	require.NoError(t, err)
	for _, s := range []struct {
		by person
		condition.Statement
	}{
		{w.as(maker, ledger.RoleQuality), w.says("d1", id, condition.Release)},
		{w.as(carrier, ledger.RoleQuality), w.disputes("d1", id, maker+"/d1")},
		{w.named(maker, ledger.RoleQuality, "second"), upon(w.says("d2", id, condition.Reject), maker+"/d1")},
		{w.as(maker, ledger.RoleQuality), upon(w.says("d3", id, condition.Reverse), maker+"/d2")},
	} {
		_, err := w.decide(s.by, s.Statement, nil)
		require.NoError(t, err, s.ID)
	}
	require.Equal(t, []string{
		condition.StepOpened, condition.StepConfirmed, condition.StepAcknowledged, condition.StepInvestigated,
		condition.StepDecided, condition.StepDisputed, condition.StepAnswered, condition.StepReversed,
	}, w.steps(id))
	page, err := ask(w, condition.ListSteps, condition.ListStepsRequest{Breach: id})
	require.NoError(t, err)
	require.Equal(t, "the door stood open", page.Steps[3].RootCause)
	require.Equal(t, []condition.Document{proof}, page.Steps[3].Documents)
	require.Equal(t, carrier+"/d1", page.Steps[5].Statement)
	dispute, err := ask(w, condition.ReadDecision, condition.ReadStatementRequest{ID: carrier + "/d1"})
	require.NoError(t, err)
	require.Equal(t, carrier, dispute.By.MSP, "ids of different organisations do not meet")
	require.Equal(t, condition.StateConfirmed, w.breach(id).State)
	require.Nil(t, w.breach(id).Decided)
	require.True(t, w.isHeld(object(1)))
}

// Holds follow decisions, disputes and reversals.
func TestHoldsFollowWhatIsDecided(t *testing.T) {
	w := under(t, condition.Consequences{Hold: condition.HoldAtSuspicion, DisputeMs: day}, 1)
	id := w.hot()
	w.hand(object(0))
	holds := func(want ...bool) {
		t.Helper()
		for i, held := range want {
			require.Equal(t, held, w.isHeld(object(i)), i)
		}
	}
	first, second := w.as(maker, ledger.RoleQuality), w.named(maker, ledger.RoleQuality, "second")
	take := func(by person, s condition.Statement) {
		t.Helper()
		_, err := w.decide(by, s, nil)
		require.NoError(t, err)
	}
	holds(true, true, true)
	take(first, w.says("d1", id, condition.Repack))
	holds(true, true, true)
	require.Equal(t, []string{id}, w.open(), "what is repacked waits for its release")
	permits, err := ask(w, condition.ReadPermits, condition.ReadBreachRequest{Breach: id})
	require.NoError(t, err)
	require.Equal(t, []product.Permit{{ID: maker + "/d1", Purpose: product.ForRepacking}}, permits.Permits)
	take(first, w.says("d2", id, condition.RestoreAllowance))
	holds(false, false, false)
	require.Empty(t, w.open())
	take(w.as(carrier, ledger.RoleQuality), w.disputes("x", id, maker+"/d2"))
	holds(true, false, false)
	require.Equal(t, []string{id}, w.open())
	take(second, upon(w.says("d3", id, condition.Release), maker+"/d2"))
	holds(false, false, false)
	change(w, object(2), func(t *product.Twin) { t.State = product.Ended })
	take(first, upon(w.says("d4", id, condition.Reverse), maker+"/d3"))
	holds(true, true, false)
	require.Equal(t, []string{id}, w.open())
	take(second, w.says("d5", id, condition.Reject))
	holds(true, true, false)
	require.Empty(t, w.open())
	permits, err = ask(w, condition.ReadPermits, condition.ReadBreachRequest{Breach: id})
	require.NoError(t, err)
	require.Empty(t, permits.Permits)
}

func TestUnderAPolicyThatHoldsNothingNothingIsHeld(t *testing.T) {
	w := under(t, condition.Consequences{Hold: condition.HoldNever, DisputeMs: day}, 1)
	id := w.hot()
	w.hand(object(0))
	_, err := w.decide(w.as(maker, ledger.RoleQuality), w.says("d1", id, condition.Release), nil)
	require.NoError(t, err)
	_, err = w.decide(w.as(carrier, ledger.RoleQuality), w.disputes("x", id, maker+"/d1"), nil)
	require.NoError(t, err)
	_, err = w.decide(w.named(maker, ledger.RoleQuality, "second"), upon(w.says("d2", id, condition.Reject), maker+"/d1"), nil)
	require.NoError(t, err)
	require.False(t, w.isHeld(object(0)))
}

func TestWhoAcknowledgedDoesNotDecideUnderAnotherNameOrKey(t *testing.T) {
	w, id := breached(t)
	quality := w.as(maker, ledger.RoleQuality)
	_, err := call(w, quality, condition.AcknowledgeBreach, condition.StepRequest{Breach: id})
	require.NoError(t, err)
	renewed := w.certify(maker, ledger.RoleQuality, "quality", newKey(w), w.authority(maker), origin.AddDate(1, 0, 0))
	renamed := w.certify(maker, ledger.RoleQuality, "other", quality.key, w.authority(maker), origin.AddDate(1, 0, 0))
	for _, by := range []person{quality, renewed, renamed} {
		_, err = w.decide(by, w.statement(id, condition.Release), nil)
		require.ErrorIs(t, err, fault.NotIndependent)
	}
	_, err = call(w, renamed, condition.AcknowledgeBreach, condition.StepRequest{Breach: id})
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

// However many take note, with however long names, later recordings are taken.
func TestThoseWhoAcknowledgeKeepNoRecordingOut(t *testing.T) {
	w, id := breached(t)
	for i := range 60 {
		by := w.named(maker, ledger.RoleOperator, fmt.Sprintf("%02d%s", i, strings.Repeat("x", 62)))
		_, err := call(w, by, condition.AcknowledgeBreach, condition.StepRequest{Breach: id})
		require.NoError(t, err)
	}
	require.Equal(t, 60, w.breach(id).Acknowledged)
	require.Equal(t, id, w.record(21, 90, 31, 90).Lanes[0].Breach)
}
