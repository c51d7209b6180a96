package evaluation_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// one is terms of one band up to a limit.
func one(t require.TestingT, unit, limit string) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Anything", Unit: unit, LargestGapMs: hour, Between: evaluation.Linear,
		Bands: []evaluation.Band{{Name: "a", Upper: amount(t, limit), LongestExcursionMs: ms(0)}},
	}
}

func TestTermsAreConvertedWhereThatIsExactAndElseReadings(t *testing.T) {
	for name, c := range map[string]struct {
		policy, limit, device string
		unit, converted       string // of the terms afterwards
		reading, becomes      string
	}{
		"the same":                         {"CEL", "8", "CEL", "CEL", "8", "7.25", "7.25"},
		"the same, unknown":                {"4L", "8", "4L", "4L", "8", "7.25", "7.25"},
		"a limit in degrees Fahrenheit":    {"CEL", "8", "FAH", "FAH", "46.4", "46.41", "46.41"},
		"a limit in kelvins":               {"CEL", "8", "KEL", "KEL", "281.15", "280", "280"},
		"a round limit in degrees Celsius": {"FAH", "46.4", "CEL", "CEL", "8", "8.01", "8.01"},
		"readings in degrees Celsius":      {"FAH", "46", "CEL", "FAH", "46", "7.25", "45.05"},
		"below zero":                       {"FAH", "-4.5", "CEL", "FAH", "-4.5", "-40", "-40"},
		"percent":                          {"C62", "0.65", "P1", "P1", "65", "64.9", "64.9"},
		"pressure":                         {"A97", "1013.25", "PAL", "PAL", "101325", "101326", "101326"},
		"millibar":                         {"MBR", "1013.25", "A97", "A97", "1013.25", "1000", "1000"},
		"g in metres per second squared":   {"K40", "1.5", "MSK", "MSK", "14.709975", "9.80665", "9.80665"},
		"readings in g":                    {"MSK", "15", "K40", "MSK", "15", "1.5", "14.709975"},
		"inches":                           {"CMT", "2.54", "INH", "INH", "1", "0.5", "0.5"},
	} {
		t.Run(name, func(t *testing.T) {
			terms, conversion, err := evaluation.Align(one(t, c.policy, c.limit), c.device)
			require.NoError(t, err)
			require.Equal(t, []string{c.unit, c.unit, c.converted}, []string{terms.Unit, conversion.Unit(), terms.Bands[0].Upper.String()})
			reading := amount(t, c.reading)
			readings, scale, err := conversion.Apply([]telemetry.Reading{{Time: 7, Value: int64(*reading)}}, -9)
			require.NoError(t, err)
			require.Equal(t, c.becomes, telemetry.FormatDecimal(readings[0].Value, scale))
			point, err := conversion.Point(evaluation.Point{Time: 7, Value: *reading})
			require.NoError(t, err)
			require.Equal(t, c.becomes, point.Value.String())
			require.Equal(t, evaluation.Moment(7), point.Time)
		})
	}
}

func TestWhatIsNotComparableExactlyIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ policy, limit, device string }{
		"another quantity":        {"CEL", "8", "P1"},
		"an unknown unit":         {"CEL", "8", "XYZ"},
		"a policy's unknown unit": {"XYZ", "8", "CEL"},
		"neither way":             {"CEL", "0.000000001", "FAH"},
		"a reading too fine":      {"FOT", "0.000000001", "MTR"},
	} {
		t.Run(name, func(t *testing.T) {
			terms, conversion, err := evaluation.Align(one(t, c.policy, c.limit), c.device)
			if err == nil { // then the readings are, each as it comes
				_, _, err = conversion.Apply([]telemetry.Reading{{Value: 1}}, -9)
				require.Equal(t, c.policy, terms.Unit)
			}
			require.ErrorIs(t, err, evaluation.ErrUnit)
		})
	}
	_, conversion, err := evaluation.Align(one(t, "MSK", "15"), "K40")
	require.NoError(t, err)
	for _, value := range []int64{telemetry.MaxMagnitude, -telemetry.MaxMagnitude} {
		_, err = conversion.Point(evaluation.Point{Value: evaluation.Amount(value * 1_000_000_000)})
		require.ErrorIs(t, err, evaluation.ErrUnit, "beyond what a value can be")
	}
}

// Both tables are of UN/ECE Recommendation 20.
func TestConversionsAgreeWithTheUnitsOfGS1(t *testing.T) {
	codes := []string{
		"CEL", "KEL", "FAH", "P1", "C62", "PAL", "A97", "KPA", "MPA", "MBR", "BAR", "ATM", "MSK", "K40", "LUX", "KLX", "DD", "D61", "D62",
		"MMT", "CMT", "MTR", "KMT", "INH", "FOT", "C26", "SEC", "MIN", "HUR", "DAY",
	}
	compared := 0
	for _, from := range codes {
		for _, to := range codes {
			terms, _, err := evaluation.Align(one(t, from, "300"), to)
			a, knownA := gs1.UnitByCode(from)
			b, knownB := gs1.UnitByCode(to)
			require.True(t, knownA && knownB, "%s %s", from, to)
			if err != nil {
				require.ErrorIs(t, err, evaluation.ErrUnit)
				continue
			}
			if a.Quantity() != b.Quantity() { // there, percent is a quantity of its own
				require.ElementsMatch(t, []string{"C62", "P1"}, []string{from, to})
				continue
			}
			if terms.Unit == to {
				compared++
				want, err := gs1.Convert(big.NewRat(300, 1), a, b)
				require.NoError(t, err)
				require.Equal(t, want, big.NewRat(int64(*terms.Bands[0].Upper), 1_000_000_000), "%s to %s", from, to)
			}
		}
	}
	require.Greater(t, compared, 60)
}

func TestAnAccuracyIsComparedAcrossUnits(t *testing.T) {
	for _, c := range []struct {
		a, unitA, b, unitB string
		larger             bool
	}{
		{"0.9", "FAH", "0.5", "CEL", false},
		{"0.900000001", "FAH", "0.5", "CEL", true},
		{"0.5", "KEL", "0.5", "CEL", false},
		{"0.5", "CEL", "0.4", "CEL", true},
		{"1", "K40", "9.80665", "MSK", false},
	} {
		larger, err := evaluation.LargerDifference(*amount(t, c.a), c.unitA, *amount(t, c.b), c.unitB)
		require.NoError(t, err)
		require.Equal(t, c.larger, larger, "%+v", c)
	}
	_, err := evaluation.LargerDifference(1, "CEL", 1, "P1")
	require.ErrorIs(t, err, evaluation.ErrUnit)
}

func TestTheMeanKineticTemperatureOfARunIsThatOfArbitraryPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]string{"CEL", "KEL", "FAH"}).Draw(t, "unit")
		zero := map[string]int64{"CEL": -2731, "KEL": 0, "FAH": -4596}[unit]
		energy := rapid.Int64Range(evaluation.MinActivation, evaluation.MaxActivation).Draw(t, "energy")
		middle := rapid.Int64Range(1800, 3900).Draw(t, "middle") // tenths of a degree above the absolute zero, about
		var readings []telemetry.Reading
		sum := float()
		for i := range rapid.IntRange(1, 30).Draw(t, "n") {
			value := zero + middle + rapid.Int64Range(-400, 400).Draw(t, "value")
			readings = append(readings, telemetry.Reading{Time: int64(i), Value: value})
		}
		limit := *amount(t, "0")
		if unit != "CEL" {
			limit = evaluation.Amount(map[string]int64{"KEL": 273, "FAH": 32}[unit] * 1_000_000_000)
		}
		for _, r := range readings {
			at := absolute(unit, big.NewRat(r.Value*100_000_000, 1))
			sum.Add(sum, arrhenius(energy, absolute(unit, whole(int64(limit))), at))
		}
		found, ok := evaluation.MeanKineticTemperature(readings, -1, unit, energy)
		require.True(t, ok)
		requireMean(t, unit, limit, energy, sum.Quo(sum, number(int64(len(readings)))), &found)
	})
}

func TestNoMeanKineticTemperatureIsStatedWhereThereIsNone(t *testing.T) {
	reading := []telemetry.Reading{{Value: 20}}
	for name, f := range map[string]func() bool{
		"no reading":          func() bool { _, ok := evaluation.MeanKineticTemperature(nil, 0, "CEL", 83_144); return ok },
		"no temperature":      func() bool { _, ok := evaluation.MeanKineticTemperature(reading, 0, "P1", 83_144); return ok },
		"too small an energy": func() bool { _, ok := evaluation.MeanKineticTemperature(reading, 0, "CEL", 39_999); return ok },
		"too large an energy": func() bool { _, ok := evaluation.MeanKineticTemperature(reading, 0, "CEL", 250_001); return ok },
		"far below every rate": func() bool {
			_, ok := evaluation.MeanKineticTemperature([]telemetry.Reading{{Value: 1}}, 0, "KEL", 83_144)
			return ok
		},
	} {
		require.False(t, f(), name)
	}
	value, ok := evaluation.MeanKineticTemperature(reading, 0, "CEL", 83_144)
	require.True(t, ok)
	require.Equal(t, "20", value.String())
}
