package gs1_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

func unit(t require.TestingT, code string) gs1.Unit {
	u, ok := gs1.UnitByCode(code)
	require.True(t, ok, code)
	return u
}

func TestKnownConversionsAreExact(t *testing.T) {
	for _, one := range []struct {
		value, from, to string
		places          int
		want            string
	}{
		{"0", "CEL", "KEL", 2, "273.15"},
		{"-40", "CEL", "FAH", 0, "-40"},
		{"98.6", "FAH", "CEL", 1, "37.0"},
		{"0", "KEL", "FAH", 2, "-459.67"},
		{"491.67", "A48", "KEL", 2, "273.15"},
		{"36", "KMH", "MTS", 0, "10"},
		{"1", "BAR", "A97", 0, "1000"},
		{"1013.25", "MBR", "ATM", 0, "1"},
		{"1", "LBR", "GRM", 5, "453.59237"},
		{"1", "INH", "MMT", 1, "25.4"},
		{"1", "FOT", "CMT", 2, "30.48"},
		{"1", "GLL", "MLT", 6, "3785.411784"},
		{"1", "HUR", "MIN", 0, "60"},
		{"180", "DD", "M44", 1, "0.5"},
		{"50", "P1", "59", 0, "500000"},
		{"1", "C35", "C36", 0, "1000"},
		{"1", "A93", "KMQ", 3, "0.001"},
		{"2", "DZN", "H87", 0, "24"},
		{"1", "DAY", "SEC", 0, "86400"},
		{"1", "KWH", "JOU", 0, "3600000"},
		{"1e3", "GRM", "KGM", 0, "1"},
		{"1", "4L", "2P", 0, "1000"},
		{"1", "A53", "JOU", 28, "0.0000000000000000001602176634"},
	} {
		got, err := gs1.ConvertDecimal(one.value, unit(t, one.from), unit(t, one.to), one.places)
		require.NoError(t, err)
		require.Equal(t, one.want, got, "%s %s in %s", one.value, one.from, one.to)
	}
}

func TestWhatDoesNotConvertSaysWhy(t *testing.T) {
	_, err := gs1.NewConversion(unit(t, "CEL"), unit(t, "KGM"))
	require.ErrorIs(t, err, gs1.ErrUnit)
	_, err = gs1.NewConversion(gs1.Unit{}, unit(t, "KGM"))
	require.ErrorIs(t, err, gs1.ErrUnit)
	_, err = gs1.NewConversion(unit(t, "DD"), unit(t, "C81"))
	require.ErrorIs(t, err, gs1.ErrInexact)
	for _, text := range []string{"", "x", "1e1000000", "1e101", "1e-101", "1e-1000000", "1e", "1ex", "0x10", "1/2", ".5", "5.", "1_000", "+1", "Inf", "NaN", " 1"} {
		_, err = gs1.ParseDecimal(text)
		require.ErrorIs(t, err, gs1.ErrNumber, text)
	}
	_, err = gs1.ConvertDecimal("1", unit(t, "CEL"), unit(t, "KEL"), 1000)
	require.ErrorIs(t, err, gs1.ErrRange)
	c, err := gs1.NewConversion(unit(t, "KMT"), unit(t, "C45"))
	require.NoError(t, err)
	_, _, err = c.Scaled(1<<40, 1)
	require.ErrorIs(t, err, gs1.ErrRange)
	c, err = gs1.NewConversion(unit(t, "MTR"), unit(t, "DMT"))
	require.NoError(t, err)
	for _, x := range []int64{1 << 61, -1 << 61, 1 << 60} { // quotients just beyond 64 and 63 bits
		_, _, err = c.Scaled(x, 1)
		require.ErrorIs(t, err, gs1.ErrRange)
	}
	_, _, err = c.Scaled(1, 0)
	require.ErrorIs(t, err, gs1.ErrRange)
	y, exact, err := gs1.Conversion{}.Scaled(7, 10)
	require.NoError(t, err)
	require.True(t, exact && y == 7, "the zero Conversion changes nothing")
	require.Equal(t, -1, gs1.Conversion{}.Compare(1, 2, 10))
	_, ok := gs1.UnitByCode("cel")
	require.False(t, ok, "codes are upper case")
}

func TestUnitsTellWhatTheyMeasure(t *testing.T) {
	for measurementType, code := range map[string]string{
		"Temperature": "CEL", "RelativeHumidity": "P1", "AbsoluteHumidity": "A93", "Pressure": "A97", "Illuminance": "LUX",
		"Length": "MTR", "Altitude": "MTR", "Mass": "KGM", "Acceleration": "MSK", "Speed": "KMH", "Angle": "DD", "Time": "HUR",
		"Count": "C62", "Dimensionless": "C62", "AmountOfSubstancePerUnitVolume": "C35", "DoseEquivalentRate": "P71",
	} {
		require.True(t, unit(t, code).Measures(measurementType), "%s %s", measurementType, code)
	}
	require.False(t, unit(t, "CEL").Measures("Pressure"))
	require.False(t, unit(t, "CEL").Measures("MT-Temperature"))
	require.False(t, unit(t, "P1").Measures("Ratio"), "no measurement type of the vocabulary")
	require.False(t, gs1.Unit{}.Measures("Temperature"))
}

// pairOfUnits draws two units that convert.
func pairOfUnits(units []gs1.Unit) *rapid.Generator[[2]gs1.Unit] {
	return rapid.Custom(func(t *rapid.T) [2]gs1.Unit {
		for {
			pair := [2]gs1.Unit{rapid.SampledFrom(units).Draw(t, "from"), rapid.SampledFrom(units).Draw(t, "to")}
			if _, err := gs1.NewConversion(pair[0], pair[1]); err == nil {
				return pair
			}
		}
	})
}

func someUnits(t *testing.T) []gs1.Unit {
	var units []gs1.Unit
	for _, code := range []string{"CEL", "FAH", "KEL", "A48", "KGM", "LBR", "ONZ", "GRM", "MTR", "INH", "PAL", "ATM", "A53", "JOU", "BTU"} {
		units = append(units, unit(t, code))
	}
	return units
}

func TestConversionThereAndBackLosesNothing(t *testing.T) {
	units := someUnits(t)
	rapid.Check(t, func(t *rapid.T) {
		pair := pairOfUnits(units).Draw(t, "pair")
		x := big.NewRat(rapid.Int64().Draw(t, "x"), rapid.Int64Range(1, 1<<62).Draw(t, "of"))
		y, err := gs1.Convert(x, pair[0], pair[1])
		require.NoError(t, err)
		back, err := gs1.Convert(y, pair[1], pair[0])
		require.NoError(t, err)
		require.Zero(t, x.Cmp(back))
	})
}

func TestScaledIntegersAgreeWithFractions(t *testing.T) {
	units := someUnits(t)
	rapid.Check(t, func(t *rapid.T) {
		pair := pairOfUnits(units).Draw(t, "pair")
		c, err := gs1.NewConversion(pair[0], pair[1])
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "difference") {
			c = c.Difference()
		}
		x := rapid.Int64().Draw(t, "x")
		scale := rapid.SampledFrom([]int64{1, 10, 1000, 1_000_000}).Draw(t, "scale")
		want := c.Rat(big.NewRat(x, scale))
		want.Mul(want, big.NewRat(scale, 1))
		floor := new(big.Int).Div(want.Num(), want.Denom()) // Euclidean: rounds down
		y, exact, err := c.Scaled(x, scale)
		if !floor.IsInt64() {
			require.ErrorIs(t, err, gs1.ErrRange)
			return
		}
		require.NoError(t, err)
		require.Equal(t, floor.Int64(), y)
		require.Equal(t, want.IsInt(), exact)
		other := rapid.OneOf(rapid.Just(y), rapid.Int64()).Draw(t, "other")
		require.Equal(t, want.Cmp(big.NewRat(other, 1)), c.Compare(x, other, scale))
	})
}
