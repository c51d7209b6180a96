package evaluation

import (
	"fmt"
	"math/big"
)

// unit is a unit of measurement: a value in it, times factor, plus offset, is in
// the base unit of the quantity. Both are exact fractions.
type unit struct {
	code, quantity, factor, offset string
}

// units are those that readings of goods in trade are in and that convert
// exactly, of UN/ECE Recommendation 20 (revision 17). Degrees Fahrenheit: NIST
// SP 811, B.8; the standard acceleration of free fall: 3rd CGPM (1901); foot,
// inch and atmosphere: NIST SP 811, B.8.
//
// A unit that is not here is comparable with itself alone.
var units = [...]unit{
	{Celsius, "temperature", "1", "273.15"},
	{Kelvin, "temperature", "1", "0"},
	{Fahrenheit, "temperature", "5/9", "45967/180"},
	{"P1", "ratio", "1/100", "0"}, // percent, of relative humidity
	{"C62", "ratio", "1", "0"},
	{"PAL", "pressure", "1", "0"},
	{"A97", "pressure", "100", "0"}, // hectopascal
	{"KPA", "pressure", "1000", "0"},
	{"MPA", "pressure", "1000000", "0"},
	{"MBR", "pressure", "100", "0"},
	{"BAR", "pressure", "100000", "0"},
	{"ATM", "pressure", "101325", "0"},
	{"MSK", "acceleration", "1", "0"}, // metre per second squared
	{"K40", "acceleration", "9.80665", "0"},
	{"LUX", "illuminance", "1", "0"},
	{"KLX", "illuminance", "1000", "0"},
	{"DD", "angle", "1", "0"}, // degree
	{"D61", "angle", "1/60", "0"},
	{"D62", "angle", "1/3600", "0"},
	{"MMT", "length", "0.001", "0"},
	{"CMT", "length", "0.01", "0"},
	{"MTR", "length", "1", "0"},
	{"KMT", "length", "1000", "0"},
	{"INH", "length", "0.0254", "0"},
	{"FOT", "length", "0.3048", "0"},
	{"C26", "time", "0.001", "0"}, // millisecond
	{"SEC", "time", "1", "0"},
	{"MIN", "time", "60", "0"},
	{"HUR", "time", "3600", "0"},
	{"DAY", "time", "86400", "0"},
}

func unitOf(code string) (unit, bool) {
	for _, u := range units {
		if u.code == code {
			return u, true
		}
	}
	return unit{}, false
}

// fractions returns factor and offset.
func (u unit) fractions() (factor, offset *big.Rat) {
	factor, _ = new(big.Rat).SetString(u.factor)
	offset, _ = new(big.Rat).SetString(u.offset)
	return factor, offset
}

// LargerDifference reports whether a, a difference of values in one unit (such as
// an accuracy), is larger than b in another, exactly. It fails with [ErrUnit] for
// units of different quantities, or unknown ones that are not the same.
func LargerDifference(a Amount, unitA string, b Amount, unitB string) (bool, error) {
	if unitA == unitB {
		return a > b, nil
	}
	from, known := unitOf(unitA)
	to, alsoKnown := unitOf(unitB)
	if !known || !alsoKnown || from.quantity != to.quantity {
		return false, fmt.Errorf("%w: %q and %q", ErrUnit, unitA, unitB)
	}
	factorA, _ := from.fractions()
	factorB, _ := to.fractions()
	factorA.Mul(factorA, big.NewRat(int64(a), 1))
	return factorA.Cmp(factorB.Mul(factorB, big.NewRat(int64(b), 1))) > 0, nil
}
