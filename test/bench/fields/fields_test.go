package fields

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/test/bench/page"
	"github.com/countersign-ledger/countersign/test/bench/signed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Everything that is measured is made, verified and told; nothing here depends on how
// long it takes.
func TestEverythingIsMeasuredInEachRoundAndTold(t *testing.T) {
	report, err := Run(t.Context(), Settings{Rounds: 2})
	require.NoError(t, err)
	text := report.String()
	for _, name := range []string{signatures, statement, one, all, cold, committing, opening} {
		require.Len(t, report.micros[name], 2, name)
		require.Contains(t, text, name)
	}
	for _, n := range sizes {
		require.Len(t, report.records[n].draft.Fields, n)
	}
	require.Greater(t, report.files[all], report.files[one])
	require.Greater(t, report.files[one], report.files[statement])

	begin, end := page.Marks(benchmark)
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600))
	require.NoError(t, report.Write(file))
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "before\n"+begin+text+end+"after\n", string(written))
}

// A file that does not verify is no measurement.
func TestWhatDoesNotVerifyEndsIt(t *testing.T) {
	_, err := repeat(0, func() error { return signed.Verified(nil, verify.Policy{}, []byte("{}"), at) })
	require.Error(t, err)
}

func TestThePageOfTheDocsHasItsMarks(t *testing.T) {
	text, err := os.ReadFile("../../../docs/performance.md")
	require.NoError(t, err)
	begin, end := page.Marks(benchmark)
	_, rest, found := strings.Cut(string(text), begin)
	require.True(t, found)
	require.Contains(t, rest, end)
}
