package readings

import (
	"slices"
	"strings"
	"unicode"
)

// quantity is what a column holds, as far as its name says.
type quantity struct{ measurement, unit, component string }

// words are what a column's name is made of, in small letters.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("°º˚∞�%/²³", c)
	})
}

// quantityWords say what is measured. English, German, French, Spanish and
// Italian loggers are common.
var quantityWords = []struct {
	quantity
	words []string
}{
	{quantity{measurement: "Temperature"}, []string{"temp", "temperature", "temperatur", "température", "temperatura", "celsius", "fahrenheit", "°c", "°f"}},
	{quantity{measurement: "RelativeHumidity"}, []string{"rh", "%rh", "humidity", "hum", "feuchte", "luftfeuchte", "luftfeuchtigkeit", "humidité", "humedad", "umidità"}},
	{quantity{measurement: "Illuminance"}, []string{"light", "lux", "illuminance", "licht", "lumière", "luz", "luce"}},
	{quantity{measurement: "Pressure"}, []string{"pressure", "luftdruck", "druck", "pression", "presión", "pressione"}},
	{quantity{measurement: "Acceleration"}, []string{"acceleration", "accel", "shock", "force", "beschleunigung", "choc", "schock"}},
	{quantity{measurement: "Angle"}, []string{"tilt", "angle", "inclination", "neigung"}},
	{quantity{measurement: "Angle", component: "latitude"}, []string{"lat", "latitude"}},
	{quantity{measurement: "Angle", component: "longitude"}, []string{"lon", "lng", "long", "longitude"}},
	{quantity{measurement: "Dimensionless", unit: "C62"}, []string{"door", "tür"}},
}

// unitWords say the unit of a quantity. Spellings with another sign for the
// degree come from files that were saved in the wrong character set.
var unitWords = map[string][]struct{ code, words string }{
	"Temperature": {
		{"CEL", " c °c ºc ˚c ∞c �c â°c celsius centigrade degc "},
		{"FAH", " f °f ºf ˚f ∞f �f â°f fahrenheit degf "},
		{"KEL", " k kelvin "},
	},
	"RelativeHumidity": {{"P1", " % pct percent prozent %rh %rf "}},
	"Illuminance":      {{"LUX", " lux lx "}, {"KLX", " klux klx "}},
	"Pressure":         {{"A97", " hpa "}, {"MBR", " mbar "}, {"KPA", " kpa "}, {"PAL", " pa "}, {"BAR", " bar "}, {"PS", " psi "}},
	"Acceleration":     {{"K40", " g "}, {"MSK", " m/s² m/s2 "}},
	"Angle":            {{"DD", " ° deg degree degrees grad "}},
}

// quantityOf reads a column's name. The measurement is empty for a name that
// says none, the unit for one that says none.
func quantityOf(name string) quantity {
	parts := words(name)
	for _, row := range quantityWords {
		if !slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(row.words, part) }) {
			continue
		}
		q := row.quantity
		if q.component != "" {
			q.unit = "DD"
		}
		for _, part := range parts {
			if unit := unitOf(q.measurement, part); unit != "" {
				q.unit = unit
			}
		}
		return q
	}
	return quantity{}
}

// unitOf returns the code that a word stands for beside values of a measurement.
func unitOf(measurement, word string) string {
	for _, unit := range unitWords[measurement] {
		if word != "" && strings.Contains(unit.words, " "+strings.ToLower(word)+" ") {
			return unit.code
		}
	}
	return ""
}

// aside names columns that hold numbers but no measurement.
var aside = []string{
	"", "#", "no", "nr", "id", "index", "record", "row", "seq", "sequence", "sample", "count", "counter",
	"battery", "batt", "bat", "rssi", "signal", "snr", "status", "alarm", "event", "flag", "mark",
	"device", "serial", "sensor", "logger", "probe", "tag", "channel",
}

// deviceNames are names of a column that says whose row it is.
var deviceNames = []string{
	"device", "device id", "deviceid", "device name", "sensor id", "sensorid", "serial", "serial number", "serial no",
	"logger", "logger id", "logger serial", "probe id", "tag id",
}

// derived are words of columns that hold a quantity but not what was measured.
var derived = []string{
	"alarm", "limit", "status", "setpoint", "battery", "batt", "min", "max", "minimum", "maximum", "avg", "average", "mean", "mkt",
	"dew", "taupunkt", "rosée",
}

// isDerived reports whether a column's name says that its quantity was computed
// or set, or is the logger's own.
func isDerived(name string) bool {
	return slices.ContainsFunc(words(name), func(part string) bool { return slices.Contains(derived, part) })
}

// isAside reports whether a column's name says that it holds no measurement.
func isAside(name string) bool {
	parts := words(name)
	return len(parts) == 0 || slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(aside, part) })
}

// isDeviceName reports whether a column's name says that it names devices.
func isDeviceName(name string) bool {
	return slices.Contains(deviceNames, strings.Join(words(name), " "))
}
