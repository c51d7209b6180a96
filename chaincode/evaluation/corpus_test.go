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
	"github.com/countersign-ledger/countersign/client/readings"
)

const (
	hour = 60 * minute
	day  = 24 * hour
)

// refrigerated is 2 to 8 degrees with an allowance, and none below 0 or above 25.
func refrigerated(t require.TestingT) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 6 * hour, Between: evaluation.Linear,
		Bands: []evaluation.Band{
			{Name: "2-8", Lower: amount(t, "2"), Upper: amount(t, "8"), LongestExcursionMs: ms(hour), AllowanceMs: ms(24 * hour), MinimumMs: minute, Hysteresis: amount(t, "0.2")},
			{Name: "0-25", Lower: amount(t, "0"), Upper: amount(t, "25"), LongestExcursionMs: ms(0), MinimumMs: 5 * minute},
		},
		Plausible: &evaluation.Plausible{Lowest: amount(t, "-40"), Highest: amount(t, "85"), MostPerMinute: amount(t, "5"), StuckMs: ms(3 * day)},
	}
}

// roomTemperature is 20 to 25 degrees, 15 to 30 for a while, 25 as a mean of 30
// days.
func roomTemperature(t require.TestingT) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 12 * hour, Between: evaluation.Linear,
		Bands: []evaluation.Band{
			{Name: "20-25", Lower: amount(t, "20"), Upper: amount(t, "25"), AllowanceMs: ms(30 * day)},
			{Name: "15-30", Lower: amount(t, "15"), Upper: amount(t, "30"), LongestExcursionMs: ms(24 * hour), Hysteresis: amount(t, "1")},
		},
		MKT: &evaluation.MKT{Upper: *amount(t, "25"), BucketMs: day, Buckets: 30, ActivationEnergy: 83_144},
	}
}

// frozen is at most -15 degrees, of values that hold, with a mean of a week.
func frozen(t require.TestingT) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 6 * hour, Between: evaluation.Hold,
		Bands: []evaluation.Band{{Name: "frozen", Upper: amount(t, "-15"), AllowanceMs: ms(2 * hour), MinimumMs: 10 * minute, Hysteresis: amount(t, "0.5")}},
		MKT:   &evaluation.MKT{Upper: *amount(t, "-18"), BucketMs: 6 * hour, Buckets: 28, ActivationEnergy: 100_000},
	}
}

func oneBand(measurement, unit, between string, gap int64, b evaluation.Band) func(require.TestingT) evaluation.Terms {
	return func(require.TestingT) evaluation.Terms {
		return evaluation.Terms{Measurement: measurement, Unit: unit, LargestGapMs: gap, Between: between, Bands: []evaluation.Band{b}}
	}
}

type policyOf map[string]func(require.TestingT) evaluation.Terms

// Measured food and freight, each under several policies, held against the
// independent calculation to the last digit: every count, moment, duration and
// extreme, and mean kinetic temperature to four decimals.
func TestVerdictsOnRealSensorFiles(t *testing.T) {
	temperature := policyOf{"refrigerated": refrigerated, "room temperature": roomTemperature, "frozen": frozen}
	humidity := policyOf{
		"at most 65 %": oneBand("RelativeHumidity", "P1", evaluation.Linear, 6*hour, evaluation.Band{Name: "dry", Upper: amount(t, "65"), LongestExcursionMs: ms(12 * hour), AllowanceMs: ms(48 * hour), Hysteresis: amount(t, "5")}),
		"30 to 60 %":   oneBand("RelativeHumidity", "P1", evaluation.Hold, day, evaluation.Band{Name: "30-60", Lower: amount(t, "30"), Upper: amount(t, "60"), AllowanceMs: ms(day), MinimumMs: hour}),
	}
	shock := policyOf{
		"no shock": oneBand("Acceleration", "K40", evaluation.Hold, 10*day, evaluation.Band{Name: "still", Upper: amount(t, "1.5"), LongestExcursionMs: ms(0)}),
		"shocks":   oneBand("Acceleration", "K40", evaluation.Hold, 10*day, evaluation.Band{Name: "calm", Upper: amount(t, "0.5"), AllowanceMs: ms(hour)}),
	}
	light := policyOf{"dark": oneBand("Illuminance", "LUX", evaluation.Hold, 10*day, evaluation.Band{Name: "dark", Upper: amount(t, "10"), AllowanceMs: ms(hour), Hysteresis: amount(t, "2")})}
	tilt := policyOf{"upright": oneBand("Angle", "DD", evaluation.Linear, 10*day, evaluation.Band{Name: "upright", Lower: amount(t, "-20"), Upper: amount(t, "20"), LongestExcursionMs: ms(minute)})}

	kitchen := readings.CSV{Time: []string{"date"}, Value: "temperature"}
	for _, item := range []string{"01", "03", "05", "07", "09", "11"} {
		eachPolicy(t, "foodsafety_item"+item+".csv", kitchen, temperature)
	}
	eachPolicy(t, "foodsafety_meatprobe_goodDay.txt", readings.CSV{Measurement: "Temperature", Dates: readings.DayFirst, Zone: time.UTC}, temperature)
	for _, container := range []string{"A", "C", "E", "G", "I"} {
		for column, policies := range map[string]policyOf{"temperature_c": temperature, "humidity_pct": humidity, "g_force": shock, "light_lux": light, "tilt": tilt} {
			options := readings.CSV{Time: []string{"date", "time_utc"}, Value: column, Zone: time.UTC}
			eachPolicy(t, "db_schenker_container_"+container+".csv", options, policies)
		}
	}
}

func eachPolicy(t *testing.T, file string, options readings.CSV, policies policyOf) {
	for name, policy := range policies {
		t.Run(file+"/"+options.Value+"/"+name, func(t *testing.T) {
			table := read(t, file, options)
			if len(table.Readings) == 0 {
				return // this container has no such sensor
			}
			window := evaluation.Window{Start: evaluation.Moment(table.Readings[0].Time), End: evaluation.Moment(table.Readings[len(table.Readings)-1].Time)}
			terms := policy(t)
			pointer, text := terms.Check()
			require.Empty(t, text, pointer)
			tally := requireModel(t, model{terms, window, table.Readings, table.Scale})
			t.Log(len(table.Readings), "readings:", tally.Judge(terms, window, window.End))
		})
	}
}

// read reads a file of the corpus.
func read(t *testing.T, file string, options readings.CSV) *readings.LogFile {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "sensors", file))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("CORPUS NOT PRESENT: " + file)
	}
	require.NoError(t, err)
	text := string(data)
	table, err := readings.ReadCSV(strings.NewReader(text), options)
	var bad *readings.InputError
	if !errors.As(err, &bad) {
		require.NoError(t, err)
		return table
	}
	if strings.Contains(err.Error(), "no readings") {
		return &readings.LogFile{}
	}
	// The file says two things of one moment: of each, the first is taken.
	rows := strings.Split(text, "\n")
	for _, fault := range bad.Faults {
		t.Logf("LEFT OUT: %s: line %d: %s", file, fault.At, fault.Err)
		rows[fault.At-1] = ""
	}
	table, err = readings.ReadCSV(strings.NewReader(strings.Join(rows, "\n")), options)
	require.NoError(t, err)
	return table
}
