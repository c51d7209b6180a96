package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Who measures one section again keeps the ratios of the others.
func TestTheTableOfRatiosKeepsTheRowsOfBenchmarksThatDidNotRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	begin, end := page.Marks(page.Ratios)
	require.NoError(t, os.WriteFile(file, []byte("before\n"+begin+end+"after\n"), 0o600))

	all := []string{"a", "b"}
	first := page.NewSummary(all)
	first.Add("a", []page.Ratio{{What: "x times y", Least: 2, Measured: page.SpreadOf([]float64{1})}})
	first.Add("b", []page.Ratio{{What: "u times v", Most: 2, Measured: page.SpreadOf([]float64{1})}})
	require.NoError(t, first.Write(file))

	second := page.NewSummary(all)
	second.Add("a", []page.Ratio{{What: "x times y", Least: 2, Measured: page.SpreadOf([]float64{3})}})
	require.NoError(t, second.Write(file))

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "before\n"+begin+`| benchmark | ratio | wanted | median [least-most] |
|---|---|---|---|
| a | x times y | at least 2.00 | 3.00 [3.00-3.00] |
| b | u times v | at most 2.00 | 1.00 [1.00-1.00] |
`+end+"after\n", string(written))
}

func TestAMissedGoalIsSaid(t *testing.T) {
	table := page.NewSummary([]string{"a"})
	table.Add("a", []page.Ratio{
		{What: "too low", Least: 2, Measured: page.SpreadOf([]float64{1})},
		{What: "too high", Most: 2, Measured: page.SpreadOf([]float64{3})},
		{What: "no goal", Measured: page.SpreadOf([]float64{3})},
	})
	require.Contains(t, table.String(), "| too low | at least 2.00 (missed) |")
	require.Contains(t, table.String(), "| too high | at most 2.00 (missed) |")
	require.Contains(t, table.String(), "| no goal |  |")
}
