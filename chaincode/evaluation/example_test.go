package evaluation_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// A logger that reads degrees Fahrenheit, against a policy in degrees Celsius.
func Example() {
	var terms evaluation.Terms
	err := json.Unmarshal([]byte(`{
		"measurement": "Temperature", "unit": "CEL", "largestGapMs": 900000, "between": "linear",
		"bands": [{"name": "2-8", "lower": "2", "upper": "8", "longestExcursionMs": 600000, "hysteresis": "0.5"}]
	}`), &terms)
	if pointer, wrong := terms.Check(); err != nil || wrong != "" {
		fmt.Println(err, pointer, wrong)
		return
	}
	readings := []telemetry.Reading{ // tenths of a degree, every ten minutes
		{Time: 0, Value: 410}, {Time: 600_000, Value: 446}, {Time: 1_200_000, Value: 482}, {Time: 1_800_000, Value: 464}, {Time: 2_400_000, Value: 446},
	}
	aligned, conversion, err := evaluation.Align(terms, evaluation.Fahrenheit)
	if err != nil {
		fmt.Println(err)
		return
	}
	readings, scale, err := conversion.Apply(readings, -1)
	if err != nil {
		fmt.Println(err)
		return
	}
	window := evaluation.Window{Start: 0, End: 2_400_000}
	var tally evaluation.Tally
	outcome := tally.Evaluate(aligned, window, readings, scale)
	judgement := tally.Judge(aligned, window, window.End)
	fmt.Println(judgement.Verdict, strings.Join(judgement.Reasons, ", "))
	fmt.Printf("from %s to %s, up to %s %s\n", outcome.Break.From, outcome.Break.To, outcome.Break.Highest, outcome.Break.Unit)
	// Output:
	// broken 2-8:longestExcursion
	// from 1970-01-01T00:15:00.000Z to 1970-01-01T00:35:00.000Z, up to 48.2 FAH
}
