package gs1_test

import (
	"encoding/json"
	"math"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// unitErrata are the factors of the recommendation that contradict the unit's
// own name or symbol, or are rounded to fewer digits than they show.
var unitErrata = map[string]string{
	"2X": "0,016 666 is cut off, not rounded", "P74": "0,016 666 is cut off, not rounded",
	"APZ": "off by ten: a troy ounce is 31.1 g", "DRI": "cut off, not rounded",
	"G50": "1,051 5 has five digits", "J32": "the prefix micro is lost", "J58": "off by 1000",
	"L84": "42 cubic feet, five digits", "L86": "40 cubic feet, five digits", "WSD": "165 cubic feet, four digits",
	"H49": "off by ten", "H66": "inverted", "H67": "off by ten", "P71": "off by ten", "P72": "off by ten",
	"P73": "off by ten", "K32": "off by 10000", "K34": "off by 10000", "N55": "wrong in the third digit",
	"M22": "off by 60", "H85": "wrong in the third digit: a week is 604,800 s", "L21": "the minus of the exponent is lost",
	"A53": "the electronvolt of CODATA 2006; exact since 2019", "M96": "lacks the multiplication sign",
	"A54": "the electronvolt of CODATA 2006", "D47": "factor after the unit", "KNM": "the exponent is not raised",
	"M90": "computed from a rounded pound", "SCR": "wrong in the last digits: 20 grains",
	"RPM": "three digits", "BPM": "four digits", "OPM": "four digits",
}

// A factor is a power of ten alone, or a number, perhaps with a power of ten;
// then the unit it is given in.
var (
	powerText  = regexp.MustCompile(`^10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|-\d+)x?(.*)$`)
	numberText = regexp.MustCompile(`^(?:(\d+(?:[.,]\d+)?)(?:/(\d+))?)?(?:x10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*|-\d+))?x?(.*)$`)
)

var superscript = strings.NewReplacer("⁻", "-", "⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9")

// baseUnits are the units that factors are given in and that are not coherent SI units.
var baseUnits = map[string]float64{
	"g": 1e-3, "mg": 1e-6, "km²": 1e6, "eV": 1.602176634e-19, "eV/m": 1.602176634e-19, "Ci": 3.7e10, "bit": 1, "g/mol": 1e-3,
}

// publishedFactor reads a factor of the recommendation: "1,157 41 x 10⁻⁵ Pa x s".
func publishedFactor(text string) (factor float64, digits int, ok bool) {
	compact := strings.NewReplacer(" ", "", "\u00a0", "", "×", "x").Replace(text)
	if parts := powerText.FindStringSubmatch(compact); parts != nil {
		exponent, err := strconv.Atoi(superscript.Replace(parts[1]))
		return math.Pow(10, float64(exponent)) * baseFactor(parts[2]), 0, err == nil
	}
	parts := numberText.FindStringSubmatch(compact)
	factor = baseFactor(parts[4])
	if parts[1] != "" {
		number, _ := strconv.ParseFloat(strings.Replace(parts[1], ",", ".", 1), 64)
		factor *= number
		digits = len(strings.TrimLeft(strings.NewReplacer(",", "", ".", "").Replace(parts[1]), "0"))
	}
	if parts[2] != "" {
		divisor, _ := strconv.ParseFloat(parts[2], 64)
		factor, digits = factor/divisor, 0
	}
	if strings.Contains(compact, "x10") {
		exponent, err := strconv.Atoi(superscript.Replace(parts[3]))
		if parts[3] == "" {
			exponent, err = 1, nil
		}
		return factor * math.Pow(10, float64(exponent)), digits, err == nil
	}
	return factor, digits, true
}

func baseFactor(unit string) float64 {
	if base, known := baseUnits[unit]; known {
		return base
	}
	return 1
}

// coherent returns the factor of a unit to the coherent one of its quantity, by
// converting a difference of one.
func coherent(t *testing.T, u gs1.Unit) float64 {
	t.Helper()
	code, ok := coherentUnits[u.Quantity()]
	require.True(t, ok, "%s has a coherent unit in this test", u.Quantity())
	base, ok := gs1.UnitByCode(code)
	require.True(t, ok, code)
	c, err := gs1.NewConversion(u, base)
	if err != nil { // an angle in turns
		require.ErrorIs(t, err, gs1.ErrInexact)
		turn, found := gs1.UnitByCode(map[gs1.Quantity]string{gs1.Angle: "M44", gs1.AngularVelocity: "M46", gs1.AngularAcceleration: "M45"}[u.Quantity()])
		require.True(t, found)
		c, err = gs1.NewConversion(u, turn)
		require.NoError(t, err)
		f, _ := c.Difference().Rat(big.NewRat(1, 1)).Float64()
		return f * 2 * math.Pi * map[gs1.Quantity]float64{gs1.Angle: 1, gs1.AngularVelocity: 1 / 60.0, gs1.AngularAcceleration: 1 / 360.0}[u.Quantity()]
	}
	f, _ := c.Difference().Rat(big.NewRat(1, 1)).Float64()
	return f
}

// coherentUnits are codes of the coherent SI unit of each quantity.
var coherentUnits = map[gs1.Quantity]string{
	gs1.AbsorbedDose: "A95", gs1.AbsorbedDoseRate: "A96", gs1.Acceleration: "MSK", gs1.AmountOfSubstance: "C34",
	gs1.AmountOfSubstancePerUnitVolume: "C36", gs1.Angle: "C81", gs1.AngularAcceleration: "2B", gs1.AngularMomentum: "B33",
	gs1.AngularVelocity: "2A", gs1.Area: "MTK", gs1.Capacitance: "FAR", gs1.Conductance: "SIE", gs1.Conductivity: "D10",
	gs1.Count: "C62", gs1.Density: "KMQ", gs1.DoseEquivalent: "D13", gs1.DoseEquivalentRate: "P65",
	gs1.DynamicViscosity: "C65", gs1.ElectricCharge: "COU", gs1.ElectricCurrent: "AMP", gs1.ElectricCurrentDensity: "A41",
	gs1.ElectricFieldStrength: "D50", gs1.Energy: "JOU", gs1.Exposure: "CKG", gs1.Force: "NEW", gs1.Frequency: "HTZ",
	gs1.Illuminance: "LUX", gs1.Inductance: "81", gs1.Irradiance: "D54", gs1.KinematicViscosity: "S4", gs1.Length: "MTR",
	gs1.LinearMomentum: "B31", gs1.Luminance: "A24", gs1.LuminousFlux: "LUM", gs1.LuminousIntensity: "CDL",
	gs1.MagneticFlux: "WEB", gs1.MagneticFluxDensity: "D33", gs1.MagneticVectorPotential: "D59", gs1.Mass: "KGM",
	gs1.MassFlowRate: "KGS", gs1.MassPerAreaTime: "H56", gs1.MemoryCapacity: "A99", gs1.MolalityOfSolute: "C19",
	gs1.MolarEnergy: "B15", gs1.MolarMass: "D74", gs1.MolarVolume: "A40", gs1.Power: "WTT", gs1.Pressure: "PAL",
	gs1.RadiantIntensity: "D57", gs1.Radioactivity: "BQL", gs1.Ratio: "Q26", gs1.Resistance: "OHM", gs1.Resistivity: "C61",
	gs1.SolidAngle: "D27", gs1.SpecificVolume: "A39", gs1.Speed: "MTS", gs1.SurfaceDensity: "28", gs1.SurfaceTension: "4P",
	gs1.Temperature: "KEL", gs1.Time: "SEC", gs1.Torque: "NU", gs1.Voltage: "VLT", gs1.Volume: "MTQ",
	gs1.VolumeFlowRate: "MQS", gs1.Wavenumber: "C92",
}

func TestUnitsAgreeWithTheRecommendation(t *testing.T) {
	const name = "vocab/unece_rec20_units.csv"
	rows := corpusRows(t, name)
	var compared, nameOnly, errata, withdrawn, noFactor, otherQuantity int
	for _, row := range rows {
		code, text := row["CommonCode"], row["ConversionFactor"]
		u, ok := gs1.UnitByCode(code)
		switch {
		case !ok && row["Status"] == "X":
			withdrawn++
			continue
		case !ok && text == "":
			noFactor++
			continue
		case !ok:
			otherQuantity++
			continue
		}
		require.Equal(t, strings.TrimSpace(row["Name"]), u.Name(), code)
		factor, digits, readable := publishedFactor(text)
		if text == "" || !readable {
			nameOnly++
			continue
		}
		if _, known := unitErrata[code]; known {
			errata++
			continue
		}
		tolerance := 1e-9
		if digits > 1 {
			tolerance = math.Max(tolerance, 3*math.Pow(10, 1-float64(digits)))
		}
		assert.InEpsilon(t, factor, coherent(t, u), tolerance, "%s %s: %s", code, u.Name(), text)
		compared++
	}
	t.Logf("%s: %d factors agree, %d units have no factor to compare, %d factors of the recommendation are wrong or cut off (see unitErrata)",
		name, compared, nameOnly, errata)
	t.Logf("  not covered: %d withdrawn codes, %d without a factor, %d of quantities that no CBV measurement type has, or logarithmic or not exactly defined",
		withdrawn, noFactor, otherQuantity)
	require.Len(t, rows, compared+nameOnly+errata+withdrawn+noFactor+otherQuantity)
}

func TestEveryMeasurementTypeOfTheVocabularyHasUnits(t *testing.T) {
	const name = "vocab/cbv_vocab.json"
	content, err := os.ReadFile(corpusFile(t, name))
	require.NoError(t, err)
	var vocabulary struct {
		Types map[string]string `json:"measurementType"`
	}
	require.NoError(t, json.Unmarshal(content, &vocabulary))
	require.Len(t, vocabulary.Types, 72)
	units := allUnits(t)
	for measurementType := range vocabulary.Types {
		fitting := 0
		for _, u := range units {
			if u.Measures(measurementType) {
				fitting++
			}
		}
		require.Positive(t, fitting, measurementType)
	}
}

// allUnits are the units of the corpus that the package knows.
func allUnits(t testing.TB) []gs1.Unit {
	var units []gs1.Unit
	for _, row := range corpusRows(t, "vocab/unece_rec20_units.csv") {
		if u, ok := gs1.UnitByCode(row["CommonCode"]); ok {
			units = append(units, u)
		}
	}
	return units
}
