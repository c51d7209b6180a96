package assess_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
	"github.com/countersign-ledger/countersign/client/readings"
)

func TestRealLoggerFilesAreJudgedWithoutBeingToldHowTheyAreWritten(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "..", "..", "..", "shared", "corpus", "sensors")
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		t.Skip("CORPUS NOT PRESENT: " + folder)
	}
	for name, want := range map[string]struct {
		device  string
		read    int
		verdict evaluation.Verdict
	}{
		"foodsafety_item01.csv":       {"", 208, evaluation.Broken}, // taken out to be cooked
		"foodsafety_item07.csv":       {"", 252, evaluation.Broken}, // an hour out of the fridge
		"db_schenker_container_A.csv": {"A", 0, evaluation.Broken},  // no reefer
		"db_schenker_container_C.csv": {"C", 0, evaluation.Broken},
		"db_schenker_container_E.csv": {"E", 1364, evaluation.Broken},
		"db_schenker_container_G.csv": {"G", 0, evaluation.Broken},
		"db_schenker_container_I.csv": {"I", 0, evaluation.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err)
			policy, err := assess.FindProfile("refrigerated-2-8")
			require.NoError(t, err)
			series, err := assess.Load([]assess.File{{Name: name, Data: data}}, assess.Options{Measurement: "Temperature"})
			require.NoError(t, err)
			require.Len(t, series, 1)
			require.Equal(t, want.device, series[0].Device)
			if want.read > 0 {
				require.Len(t, series[0].Readings, want.read)
			}
			report, err := assess.Judge(assess.Question{Policy: policy, Listed: 10}, series)
			require.NoError(t, err)
			require.Equal(t, want.verdict, report.Verdict)
			require.NotEmpty(t, report.Why())
		})
	}
	t.Run("dates that may be either way", func(t *testing.T) {
		file, err := os.ReadFile(filepath.Join(folder, "foodsafety_meatprobe_goodDay.txt"))
		require.NoError(t, err)
		files := []assess.File{{Name: "probe", Data: file}}
		_, err = assess.Load(files, assess.Options{Measurement: "Temperature"})
		require.Error(t, err, "10/02/2016 is the tenth of February or the second of October")
		zone, err := readings.ParseZone("Europe/London")
		require.NoError(t, err)
		series, err := assess.Load(files, assess.Options{Measurement: "Temperature", CSV: readings.CSV{Dates: readings.DayFirst, Zone: zone}})
		require.NoError(t, err)
		require.Equal(t, "2016-02-10T14:17:43.000Z", evaluation.Moment(series[0].Readings[0].Time).String())
	})
}
