package readings_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

func deviceKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

// corpus returns a file of the shared corpus, which is not in the repository.
func corpus(t *testing.T, folder, name string) []byte {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", folder, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("CORPUS NOT PRESENT: " + folder + "/" + name)
	}
	require.NoError(t, err)
	return data
}

// sealed seals a run and returns what its recordings hold.
func sealed(t require.TestingT, run readings.Run, first telemetry.Draft) []telemetry.Reading {
	recordings, err := run.Seal(rand.Reader, deviceKey(), first)
	require.NoError(t, err)
	var all []telemetry.Reading
	for i, r := range recordings {
		require.NoError(t, r.Verify(deviceKey().Public()))
		require.Equal(t, max(first.Sequence, 1)+uint64(i), r.Header().Sequence)
		if i > 0 {
			require.Equal(t, recordings[i-1].Root(), r.Header().Previous)
		}
		all = append(all, r.Readings()...)
	}
	return all
}

// TestRealLoggersFilesAreReadInFull reads each file of the corpus, with what it
// does not say itself as options.
func TestRealLoggersFilesAreReadInFull(t *testing.T) {
	kitchen := readings.CSV{Unit: "CEL"}
	column := func(name, unit string) readings.CSV { return readings.CSV{Value: name, Unit: unit} }
	type counted struct {
		options                            readings.CSV
		measurement                        string
		readings, duplicates, empty, scale int
	}
	for _, c := range []struct {
		file string
		counted
	}{ // counted with another language's CSV reader and decimals
		{"foodsafety_item01.csv", counted{kitchen, "Temperature", 208, 1, 0, -9}},
		{"foodsafety_item03.csv", counted{kitchen, "Temperature", 186, 0, 0, -9}},
		{"foodsafety_item05.csv", counted{kitchen, "Temperature", 168, 0, 0, -9}},
		{"foodsafety_item07.csv", counted{kitchen, "Temperature", 252, 0, 0, -9}},
		{"foodsafety_item09.csv", counted{kitchen, "Temperature", 207, 0, 0, -9}},
		{"foodsafety_item11.csv", counted{kitchen, "Temperature", 306, 0, 0, -9}},
		{"foodsafety_meatprobe_goodDay.txt", counted{readings.CSV{Dates: readings.DayFirst, Zone: mustZone(t, "Europe/London")}, "Temperature", 440, 0, 0, -1}},
		{"db_schenker_container_A.csv", counted{readings.CSV{Measurement: "Temperature"}, "Temperature", 508, 141, 850, -1}},
		{"db_schenker_container_C.csv", counted{readings.CSV{Measurement: "RelativeHumidity"}, "RelativeHumidity", 837, 228, 1412, -1}},
		{"db_schenker_container_E.csv", counted{column("temperature_c", ""), "Temperature", 1364, 608, 2374, -1}},
		{"db_schenker_container_E.csv", counted{column("light_lux", ""), "Illuminance", 605, 0, 3741, -3}},
		{"db_schenker_container_G.csv", counted{column("latitude", ""), "Angle", 231, 0, 3696, -6}},
		{"db_schenker_container_G.csv", counted{column("g_force", ""), "Acceleration", 494, 390, 3043, -1}},
		{"db_schenker_container_G.csv", counted{column("tilt", "DD"), "Angle", 494, 42, 3391, 0}},
		{"db_schenker_container_I.csv", counted{column("door", ""), "Dimensionless", 219, 0, 2151, 0}},
		{"db_schenker_container_I.csv", counted{column("temperature_c", ""), "Temperature", 812, 218, 1340, -1}},
	} {
		t.Run(c.file+"/"+c.measurement, func(t *testing.T) {
			file, err := readings.ReadCSV(bytes.NewReader(corpus(t, "sensors", c.file)), c.options)
			require.NoError(t, err)
			require.Equal(t, []int{c.readings, c.duplicates, c.empty, c.scale}, []int{len(file.Readings), file.Duplicates, file.Empty, file.Scale})
			require.Equal(t, c.measurement, file.Measurement)
			require.NotEmpty(t, file.Unit)
			require.Equal(t, file.Readings, sealed(t, file.Run, telemetry.Draft{Device: "/8004/0614141LOGGER1"}))
		})
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	zone, err := readings.ParseZone(name)
	require.NoError(t, err)
	return zone
}

func TestRealFilesThatCannotBeReadSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		options readings.CSV
		says    []string
	}{
		"the same second with two shocks": {"db_schenker_container_E.csv", readings.CSV{Value: "g_force"}, []string{"another value than line"}},
		"several quantities":              {"db_schenker_container_A.csv", readings.CSV{}, []string{"temperature_c", "humidity_pct", "name the one"}},
		"day or month first":              {"foodsafety_meatprobe_goodDay.txt", readings.CSV{Zone: mustZone(t, "UTC")}, []string{"day or the month"}},
		"no zone":                         {"foodsafety_meatprobe_goodDay.txt", readings.CSV{Dates: readings.DayFirst}, []string{"line 2", "zone"}},
		"no rows":                         {"foodsafety_scenarios_upstream_readme.txt", readings.CSV{}, []string{"no line"}},
		"no table":                        {"foodsafety_probe_annotations.json.txt", readings.CSV{}, []string{"no line"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readings.ReadCSV(bytes.NewReader(corpus(t, "sensors", c.file)), c.options)
			var listed *readings.InputError
			require.ErrorAs(t, err, &listed)
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}
