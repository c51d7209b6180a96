package evaluation

// kelvin is an absolute temperature in ninths of 10^-9 K: in these, every amount
// in degrees Celsius, kelvins and degrees Fahrenheit is a whole number, so that
// the same temperature is the same number whatever unit it was measured in. It
// is within 0 and [hottest].
type kelvin uint64

const (
	oneKelvin = 9_000_000_000
	// hottest bounds absolute temperatures, at 10,000 K: more is taken for that.
	hottest kelvin = 10_000 * oneKelvin

	lowestMKT  kelvin = 73_150 * oneKelvin / 1000  // -200 °C
	highestMKT kelvin = 473_150 * oneKelvin / 1000 // 200 °C
)

// The units of temperature, by their UN/ECE Recommendation 20 codes.
const (
	Celsius    = "CEL"
	Kelvin     = "KEL"
	Fahrenheit = "FAH"
)

func isTemperature(unit string) bool { return unit == Celsius || unit == Kelvin || unit == Fahrenheit }

// thermometer says what an amount is in absolute temperature: zero is the
// absolute zero in 10^-9 of the unit, ninths the unit in ninths of a kelvin.
type thermometer struct {
	zero   Amount
	ninths uint64
}

// thermometerOf returns the thermometer of a unit of temperature.
func thermometerOf(unit string) thermometer {
	switch unit {
	case Celsius:
		return thermometer{zero: -273_150_000_000, ninths: 9}
	case Fahrenheit:
		return thermometer{zero: -459_670_000_000, ninths: 5}
	}
	return thermometer{zero: 0, ninths: 9}
}

// kelvin returns an amount as absolute temperature: 0 below the absolute zero,
// which no thermometer can say.
func (m thermometer) kelvin(a Amount) kelvin {
	if a <= m.zero {
		return 0
	}
	above := distance(a, m.zero)
	if above >= uint64(hottest)/m.ninths {
		return hottest
	}
	return kelvin(above * m.ninths)
}

func kelvins(unit string, a Amount) kelvin { return thermometerOf(unit).kelvin(a) }
