package condition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// An allowance that no watch by itself used up, and all of them together did, is a
// breach of the one object that saw them all.
func TestAnAllowanceThatWatchesUsedUpTogetherIsABreachOfTheObject(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].LongestExcursionMs = nil }) // 15 minutes in all
	objects := w.commission(3, nil)
	begin := func(name string, from int64, of ...string) {
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: name, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: of, Devices: []string{deviceID},
			Start: origin.Add(time.Duration(from) * time.Minute),
		})
		require.NoError(t, err)
	}
	review := func(of string, name string) (condition.ReviewResponse, error) {
		return call(w, w.as(carrier, ledger.RoleOperator), condition.Review, condition.ReviewRequest{Watch: maker + "/" + name, Object: of})
	}
	begin("first", 0, objects...)
	w.record(0, 50, 5, 50, 6, 90, 13, 90, 14, 50, 20, 50)
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: maker + "/first"})
	require.NoError(t, err)
	begin("second", 20, objects[:2]...)
	w.record(25, 50, 26, 90, 34, 90, 35, 50, 40, 50)
	require.Equal(t, evaluation.Kept, w.breachless("first"), "each by itself")
	require.Equal(t, evaluation.Kept, w.breachless("second"))

	found, err := review(objects[2], "first")
	require.NoError(t, err)
	require.Empty(t, found.Opened, "it saw the first alone")
	found, err = review(objects[0], "second")
	require.NoError(t, err)
	require.Len(t, found.Opened, 1)
	breach := w.breach(found.Opened[0])
	require.Equal(t, objects[0], breach.Object)
	require.Equal(t, []string{"2-8:allowance"}, breach.Rules)
	require.Len(t, breach.Submitters, 1, "who submitted to either of the watches does not decide")
	require.True(t, w.isHeld(objects[0]))
	require.False(t, w.isHeld(objects[1]))
	found, err = review(objects[0], "second")
	require.NoError(t, err)
	require.Empty(t, found.Opened, "once")

	_, err = w.decide(w.as(maker, ledger.RoleQuality), w.statement(breach.ID, condition.Release), nil)
	require.NoError(t, err)
	require.False(t, w.isHeld(objects[0]))
	w.record(45, 50, 50, 50)
	found, err = review(objects[0], "second")
	require.NoError(t, err)
	require.Empty(t, found.Opened, "nobody holds again what was released, while nothing was added")
	w.record(55, 50, 56, 90, 57, 50)
	found, err = review(objects[0], "second")
	require.NoError(t, err)
	require.Len(t, found.Opened, 1, "more time out of range")

	for of, want := range map[string]error{
		object(9): fault.NotFound, objects[2]: fault.NotFound, "/417/4012345000009": fault.Unsupported, "x": fault.InvalidIdentifier,
	} {
		_, err := review(of, "second")
		require.ErrorIs(t, err, want, of)
	}
}

// breachless returns the verdict of a watch that has no breach.
func (w *world) breachless(name string) evaluation.Verdict {
	w.Helper()
	resp, err := ask(w, condition.ReadWatch, condition.ReadWatchRequest{ID: maker + "/" + name})
	require.NoError(w, err)
	for _, lane := range resp.Lanes {
		require.Empty(w, lane.Breach)
	}
	return resp.Verdict
}
