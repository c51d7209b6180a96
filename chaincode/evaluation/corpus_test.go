package evaluation_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// TestVerdictsOnRealSensorFiles judges measured food and freight, and holds the
// times against an independent calculation.
func TestVerdictsOnRealSensorFiles(t *testing.T) {
	kitchen := telemetry.CSVOptions{Time: []string{"date"}, Value: "temperature"}
	container := telemetry.CSVOptions{Time: []string{"date", "time_utc"}, Value: "temperature_c", Zone: time.UTC, SkipEmpty: true}
	for name, c := range map[string]struct {
		options telemetry.CSVOptions
		want    evaluation.Verdict
	}{
		"foodsafety_item01.csv":       {kitchen, evaluation.Broken}, // taken out to be cooked, and cooked
		"foodsafety_item03.csv":       {kitchen, evaluation.Broken},
		"foodsafety_item05.csv":       {kitchen, evaluation.Broken},
		"foodsafety_item07.csv":       {kitchen, evaluation.Broken}, // an hour out of the fridge
		"foodsafety_item11.csv":       {kitchen, evaluation.Broken},
		"db_schenker_container_A.csv": {container, evaluation.Broken}, // no reefer
		"db_schenker_container_C.csv": {container, evaluation.Broken},
		"db_schenker_container_E.csv": {container, evaluation.Broken},
		"db_schenker_container_G.csv": {container, evaluation.Broken},
		"db_schenker_container_I.csv": {container, evaluation.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "sensors", name))
			if errors.Is(err, os.ErrNotExist) {
				t.Skip("CORPUS NOT PRESENT: " + name)
			}
			require.NoError(t, err)
			table, err := telemetry.ParseCSV(strings.NewReader(string(data)), c.options)
			require.NoError(t, err)
			window := evaluation.Window{Start: evaluation.Moment(table.Readings[0].Time), End: evaluation.Moment(table.Readings[len(table.Readings)-1].Time)}
			for _, between := range []string{evaluation.Linear, evaluation.Hold} {
				terms := vaccine(t)
				terms.Between, terms.LargestGapMs = between, 6*60*minute
				var tally evaluation.Tally
				tally.Evaluate(terms, window, table.Readings, table.Scale)
				requireModel(t, model{terms, window, table.Readings, table.Scale})
				require.Equal(t, c.want, tally.Judge(terms, window, window.End).Verdict)
			}
		})
	}
}
