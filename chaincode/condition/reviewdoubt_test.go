package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// A rule that may have been broken is no breach, also when another one was: anybody
// could have what is doubtful held by asking for a review.
func TestAReviewOpensNoBreachOfWhatIsDoubtful(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].MinimumMs = 9 * minute })
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	w.record(0, 50, 1, 90, 10, 90, 12, 90, 13, 50, 20, 50, 21, 90, 25, 90) // 11.5 minutes out, and 4 that are noise as yet
	w.endWatch(25)
	found, err := ask(w, condition.ReadObject, condition.ReadObjectRequest{Object: object(0)})
	require.NoError(t, err)
	require.Equal(t, evaluation.Broken, found.Policies[0].Verdict)
	require.Equal(t, []string{"2-8:longestExcursion", "2-8:allowance"}, found.Policies[0].Reasons)
	require.Greater(t, found.Policies[0].Bands[0].OutMs.AtMost, int64(15*minute))
	require.Less(t, found.Policies[0].Bands[0].OutMs.AtLeast, int64(15*minute))
	reviewed, err := call(w, w.as(carrier, ledger.RoleOperator), condition.Review, condition.ReviewRequest{Watch: watchID, Object: object(0)})
	require.NoError(t, err)
	require.Empty(t, reviewed.Opened)
}
