package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// A decision that restores the allowance lets excursions up to the end of its
// breach count no longer, for as long as it stands.
func TestARestoredAllowanceCountsAnew(t *testing.T) {
	w := watching(t)
	id := w.record(0, 50, 10, 90, 20, 90, 30, 50).Lanes[0].Breach // 2.5 + 10 + 2.5 minutes out, longest 15
	kept := func() condition.ObjectPolicy {
		found, err := ask(w, condition.ReadObject, condition.ReadObjectRequest{Object: object(0)})
		require.NoError(t, err)
		require.Len(t, found.Policies, 1)
		return found.Policies[0]
	}
	before := kept()
	require.Equal(t, evaluation.Broken, before.Verdict)
	require.Nil(t, before.Restored)
	require.Equal(t, w.watch().Lanes[0].Bands[0].OutMs, before.Bands[0].OutMs.AtMost)

	breach := w.breach(id)
	_, err := w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.RestoreAllowance), nil)
	require.NoError(t, err)
	w.record(40, 50, 45, 90, 50, 50) // 2.5 more
	after := kept()
	require.Equal(t, breach.To, *after.Restored)
	require.Equal(t, evaluation.Kept, after.Verdict, after.Reasons)
	require.Equal(t, condition.Bounds{AtLeast: 150_000, AtMost: 150_000}, after.Bands[0].OutMs)
	require.True(t, after.Watches[0].Whole, "the watches are listed for their whole time")
}
