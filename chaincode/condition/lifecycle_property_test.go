package condition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Whatever anybody tries in whatever order, an object that an undecided, confirmed
// breach affects is on hold when the policy holds, and its holds are exactly the
// breaches that hold it; and the list of what waits for the quality unit is that
// of the undecided breaches.
func TestNothingIsFreeWhileAConfirmedBreachOfItIsUndecided(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hold := rapid.SampledFrom([]string{condition.HoldAtSuspicion, condition.HoldAtConfirmation}).Draw(rt, "hold")
		c := condition.Consequences{Hold: hold, DisputeMs: day}
		if confirm := rapid.SampledFrom([]string{"", "devices", "duration"}).Draw(rt, "confirm"); confirm != "" {
			c.Confirm = &condition.Confirm{Devices: 2}
			if long := int64(20 * 60_000); confirm == "duration" {
				c.Confirm = &condition.Confirm{AfterMs: &long}
			}
		}
		w := under(t, c, 2)
		w.hand(object(0))
		var breaches []string
		minute := int64(0)
		for i := range rapid.IntRange(4, 14).Draw(rt, "steps") {
			w.now = w.now.Add(time.Minute)
			if w.somebody(rt, i, breaches) {
				continue
			}
			run := []int64{minute, 50}
			for range rapid.IntRange(1, 3).Draw(rt, "readings") {
				minute += 10
				run = append(run, minute, int64(rapid.SampledFrom([]int{50, 90}).Draw(rt, "value")))
			}
			minute++
			for _, lane := range w.record(run...).Lanes {
				if lane.Opened {
					breaches = append(breaches, lane.Breach)
				}
			}
			w.consistent(breaches)
		}
		w.consistent(breaches)
	})
}

// somebody tries something with one of the breaches, fit or not; it reports false
// when readings are due.
func (w *world) somebody(t *rapid.T, i int, breaches []string) bool {
	what := rapid.SampledFrom([]string{
		"record", "record", "review", "confirm", "acknowledge",
		condition.Release, condition.Reject, condition.Repack, condition.RestoreAllowance, condition.Reverse, condition.Dispute,
	}).Draw(t, "what")
	if what == "record" || len(breaches) == 0 {
		return false
	}
	id := rapid.SampledFrom(breaches).Draw(t, "breach")
	by := w.named(maker, ledger.RoleQuality, rapid.SampledFrom([]string{"quality", "second", "third"}).Draw(t, "by"))
	step := condition.StepRequest{Breach: id, Reason: "x"}
	switch what {
	case "review":
		_, _ = call(w, by, condition.Review, condition.ReviewRequest{Watch: watchID})
	case "confirm":
		_, _ = call(w, by, condition.ConfirmBreach, step)
	case "acknowledge":
		_, _ = call(w, by, condition.AcknowledgeBreach, step)
	default:
		s := w.says(fmt.Sprint("s", i), id, what)
		s.Decision = w.breach(id).Decision
		if what == condition.Dispute {
			by, s.Organisation, s.Object = w.as(carrier, ledger.RoleQuality), carrier, object(0)
		}
		if _, err := condition.DecisionBytes(s); err == nil {
			_, _ = w.decide(by, s, nil)
		}
	}
	w.consistent(breaches)
	return true
}

func (w *world) consistent(breaches []string) {
	w.Helper()
	want := map[string]int{}
	open := []string{}
	for _, id := range breaches {
		b := w.breach(id)
		switch b.State {
		case condition.StateConfirmed:
			require.True(w, b.Held)
			open = append(open, id)
		case condition.StateSuspected, condition.StateDisputed:
			open = append(open, id)
		case condition.StateDecided:
			if b.Meaning == condition.Repack {
				open = append(open, id)
			}
		}
		for i := range 3 {
			if b.Held || i == 0 && len(b.Disputers) > 0 && (b.Meaning == condition.Release || b.Meaning == condition.RestoreAllowance) {
				want[object(i)]++
			}
		}
		w.steps(id)
	}
	for i := range 3 {
		require.Equal(w, want[object(i)], w.twin(object(i)).Holds, object(i))
		require.Len(w, w.holds(object(i)), want[object(i)])
	}
	require.ElementsMatch(w, open, w.open())
}
