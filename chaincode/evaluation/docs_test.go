package evaluation_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/client/readings"
)

var block = regexp.MustCompile("(?s)```(json|csv)\n(.*?)```")

// The example in docs/verdicts.md comes out as it says.
func TestTheWorkedExampleIsTrue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "verdicts.md"))
	require.NoError(t, err)
	_, example, found := strings.Cut(string(text), "## Worked example")
	require.True(t, found)
	blocks := block.FindAllStringSubmatch(example, -1)
	require.Len(t, blocks, 3)
	var terms evaluation.Terms
	require.NoError(t, json.Unmarshal([]byte(blocks[0][2]), &terms))
	pointer, wrong := terms.Check()
	require.Empty(t, wrong, pointer)
	table, err := readings.ReadCSV(strings.NewReader(blocks[1][2]), readings.CSV{})
	require.NoError(t, err)
	window := evaluation.Window{Start: evaluation.Moment(table.Readings[0].Time), End: evaluation.Moment(table.Readings[len(table.Readings)-1].Time)}
	tally := requireModel(t, model{terms, window, table.Readings, table.Scale})
	var again evaluation.Tally
	outcome := again.Evaluate(terms, window, table.Readings, table.Scale)
	now, worst := tally.MeanKinetic(terms)
	result := struct {
		Judgement evaluation.Judgement `json:"judgement"`
		Outcome   evaluation.Outcome   `json:"outcome"`
		Tally     evaluation.Tally     `json:"tally"`
		Now       *evaluation.Amount   `json:"meanKineticNow"`
		Worst     *evaluation.Amount   `json:"meanKineticWorst"`
	}{tally.Judge(terms, window, window.End), outcome, tally, now, worst}
	encoded, err := json.MarshalIndent(result, "", "  ")
	require.NoError(t, err)
	require.JSONEq(t, blocks[2][2], string(encoded), "write:\n%s", encoded)
}
