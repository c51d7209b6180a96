package evidence_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/test/bench/evidence"
)

func TestTheBenchmarkVerifiesEachKindOfEvidence(t *testing.T) {
	report, err := evidence.Run(t.Context(), evidence.Settings{Rounds: 1})
	require.NoError(t, err)
	for _, kind := range []string{"by 1 organisations", "by 3 organisations", "history", "one event", "container", "one reading"} {
		require.Contains(t, report.String(), kind)
	}
}
