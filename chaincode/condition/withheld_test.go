package condition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// strict has gates refuse, and readings hold nothing.
func strict(r *condition.DefinePolicyRequest) {
	r.Consequences = condition.Consequences{Hold: condition.HoldNever, Gate: condition.GateRefuses}
}

// A custodian that ends each watch before a reading of it is due, and starts the
// next, shows nothing: no such watch was kept, nor was the object.
func TestWatchesTooShortForAReadingShowNothing(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(strict)
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	w.now = origin.Add(5 * time.Minute) // a reading is due every ten
	end := func(role string) (condition.Watch, error) {
		return call(w, w.as(maker, role), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	}
	_, err = end(ledger.RoleOperator)
	require.ErrorIs(t, err, fault.Undetermined)
	ended, err := end(ledger.RoleQuality)
	require.NoError(t, err)
	require.Equal(t, evaluation.Undetermined, ended.AtEnd.Verdict)

	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item))
	for i := range int64(10) {
		r.watch(Manufacturer, fmt.Sprintf("short-%d", i), 50*i, 50*i+50, []string{item}, Manufacturer) // due every 60
	}
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(500) })
	require.Equal(t, evaluation.Undetermined, kept.Verdict, "nobody has measured anything")
	require.Equal(t, []string{evaluation.ReasonNoReadings}, kept.Reasons)
}

// A breach that the quality unit has released says nothing of the time after it: the
// readings of that time are asked for at each gate as those of any watch.
func TestAReleaseFreesNobodyFromShowingReadings(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(strict)
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	breach := w.record(0, 90, 10, 90, 20, 50).Lanes[0].Breach
	_, err = w.decide(w.as(maker, ledger.RoleQuality), w.statement(breach, condition.Release), nil)
	require.NoError(t, err)
	pass := func(minute int) condition.Passage {
		passed, err := ask(w, func(tx *ledger.Tx, at time.Time) (condition.Passage, error) {
			gate, err := condition.OpenGate(tx, []string{object(0)})
			require.NoError(t, err)
			return gate.Pass([]string{object(0)}, at)
		}, origin.Add(time.Duration(minute)*time.Minute))
		require.NoError(t, err)
		return passed
	}
	require.Equal(t, condition.Passage{}, pass(20), "what was broken has been decided on")
	w.now = origin.Add(5 * time.Hour) // hot readings, which nobody submits
	withheld := pass(300)
	require.True(t, withheld.Undetermined)
	require.ErrorIs(t, withheld.Refused, fault.Undetermined)
	require.Equal(t, "coverage", withheld.Refused.Detail["reasons"])
}

// Who defines a policy cannot undo what broke one version by another that allows
// more, or has bands of other names: what is watched by a version is judged by it.
func TestALaterVersionForgivesNothing(t *testing.T) {
	for name, change := range map[string]func(*evaluation.Terms){
		"more is allowed":     func(terms *evaluation.Terms) { terms.Bands[0].AllowanceMs = ms(1000 * minute) },
		"the band is renamed": func(terms *evaluation.Terms) { terms.Bands[0].Name = "cold" },
	} {
		t.Run(name, func(t *testing.T) {
			r := onRoute(t, nil)
			r.policy(2, change)
			r.say(Manufacturer, 0, Commission(item))
			r.watch(Manufacturer, "m", 0, 0, []string{item}, Manufacturer)
			r.log(Manufacturer, square(0, 600, 100, 240)...)
			r.end(Manufacturer, "m", 600)
			require.Equal(t, evaluation.Broken, r.kept(item, nil).Verdict)
			r.watchBy(Manufacturer, "n", 2, 600, []string{item}, Manufacturer)
			r.log(Manufacturer, square(610, 660)...)
			kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(660) })
			require.Equal(t, 2, kept.Policy.Version)
			require.Equal(t, evaluation.Broken, kept.Verdict)
			require.Equal(t, []string{"2-8:allowance"}, kept.Reasons)
		})
	}
}

// A custodian that ends a watch in the middle of an excursion and starts the next
// has cut the excursion for nobody.
func TestAnExcursionIsNotCutByEndingTheWatch(t *testing.T) {
	r := onRoute(t, func(terms *evaluation.Terms) {
		terms.Bands[0].AllowanceMs, terms.Bands[0].LongestExcursionMs = nil, ms(60*minute)
	})
	r.say(Manufacturer, 0, Commission(item))
	r.watch(Manufacturer, "one", 0, 0, []string{item}, Manufacturer)
	r.log(Manufacturer, square(0, 150, 100, 150)...) // out from 97.5 on
	r.end(Manufacturer, "one", 150)
	r.watch(Manufacturer, "two", 150, 0, []string{item}, Manufacturer)
	r.log(Manufacturer, square(160, 200, 160, 200)...)
	r.end(Manufacturer, "two", 200)
	r.watch(Manufacturer, "three", 200, 0, []string{item}, Manufacturer)
	r.log(Manufacturer, square(210, 600, 210, 240)...) // up to 242.5
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(600) })
	require.Equal(t, "52-145", r.minutes(kept.Bands[0].LongestMs))
	require.Equal(t, evaluation.Undetermined, kept.Verdict)
	require.Equal(t, []string{"2-8:longestExcursion"}, kept.Reasons)
}

// Nor is it by watches each so short that what is out of range in it is noise.
func TestNoiseIsNotMadeByEndingWatches(t *testing.T) {
	r := onRoute(t, func(terms *evaluation.Terms) { terms.Bands[0].MinimumMs = 30 * minute })
	r.say(Manufacturer, 0, Commission(item))
	for i := range int64(10) {
		r.watch(Manufacturer, fmt.Sprintf("w-%d", i), 20*i, 0, []string{item}, Manufacturer)
		if i == 0 {
			r.log(Manufacturer, 0, 90, 10, 90, 20, 90)
		} else {
			r.log(Manufacturer, 20*i+10, 90, 20*i+20, 90)
		}
		r.end(Manufacturer, fmt.Sprintf("w-%d", i), 20*i+20)
	}
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(200) })
	require.Equal(t, evaluation.Undetermined, kept.Verdict, "200 minutes out, and 60 are allowed")
	require.Equal(t, []string{"2-8:allowance"}, kept.Reasons)
}

// What restores an allowance restores no readings that are missing, and decides on
// no other breach.
func TestARestoredAllowanceRestoresNothingElse(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Confirm = &condition.Confirm{Devices: 2} })
	_, err := w.startWatch(watchName, w.commission(3, nil))
	require.NoError(t, err)
	w.record(0, 50, 60, 50) // one is due every ten minutes
	id := w.record(65, 90, 75, 90, 85, 90, 95, 50).Lanes[0].Breach
	_, err = w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.RestoreAllowance), nil)
	require.NoError(t, err)
	w.record(105, 50, 115, 50)
	found, err := ask(w, condition.ReadObject, condition.ReadObjectRequest{Object: object(0)})
	require.NoError(t, err)
	require.NotNil(t, found.Policies[0].Restored)
	require.Equal(t, evaluation.Undetermined, found.Policies[0].Verdict)
	require.Equal(t, []string{evaluation.ReasonGap}, found.Policies[0].Reasons)
}

func TestARestoredAllowanceDecidesOnNoOtherBreach(t *testing.T) {
	w := watching(t)
	first := w.record(0, 50, 10, 90, 20, 90, 30, 90, 40, 50).Lanes[0].Breach
	w.endWatch(40)
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
		Name: "second", Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: []string{object(0)}, Devices: []string{deviceID}, Start: w.now,
	})
	require.NoError(t, err)
	second := w.record(50, 90, 60, 90, 70, 90, 80, 50).Lanes[0].Breach
	decide := func(id, breach string) {
		statement := w.statement(breach, condition.RestoreAllowance)
		statement.ID = id
		_, err := w.decide(w.as(maker, ledger.RoleQuality), statement, nil)
		require.NoError(t, err)
	}
	kept := func() condition.ObjectPolicy {
		found, err := ask(w, condition.ReadObject, condition.ReadObjectRequest{Object: object(0)})
		require.NoError(t, err)
		return found.Policies[0]
	}
	decide("on-the-second", second)
	require.Nil(t, kept().Restored)
	require.Equal(t, evaluation.Broken, kept().Verdict)
	decide("on-the-first", first)
	require.NotNil(t, kept().Restored)
	require.Equal(t, evaluation.Kept, kept().Verdict, kept().Reasons)
}
