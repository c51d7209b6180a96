package readings

// senmlBoolean stands for the unit of a boolean, which has none.
const senmlBoolean = "\x00boolean"

// senmlUnit is a unit of SenML and what it is in CBV and Recommendation 20. The
// two are the same unit, so that values need no conversion.
type senmlUnit struct {
	symbol string
	quantity
	secondary bool // of RFC 8798, section 3: needs version 26
	readOnly  bool // another symbol is written for it
}

// senmlUnits are the units of RFC 8428, section 12.1, and RFC 8798 that a CBV
// measurement type has. Left out are those without one, and %, of which RFC 8428
// says both that it is a ratio and a percentage.
var senmlUnits = []senmlUnit{
	{symbol: "Cel", quantity: quantity{"Temperature", "CEL", ""}},
	{symbol: "K", quantity: quantity{"Temperature", "KEL", ""}},
	{symbol: "%RH", quantity: quantity{"RelativeHumidity", "P1", ""}},
	{symbol: "m/s2", quantity: quantity{"Acceleration", "MSK", ""}},
	{symbol: "lx", quantity: quantity{"Illuminance", "LUX", ""}},
	{symbol: "deg", quantity: quantity{"Angle", "DD", ""}},
	{symbol: "rad", quantity: quantity{"Angle", "C81", ""}},
	{symbol: "lat", quantity: quantity{"Angle", "DD", "latitude"}},
	{symbol: "lon", quantity: quantity{"Angle", "DD", "longitude"}},
	{symbol: "Pa", quantity: quantity{"Pressure", "PAL", ""}},
	{symbol: "hPa", quantity: quantity{"Pressure", "A97", ""}, secondary: true},
	{symbol: "/", quantity: quantity{"Dimensionless", "C62", ""}},
	{symbol: senmlBoolean, quantity: quantity{"Dimensionless", "C62", ""}, readOnly: true},
	{symbol: "/100", quantity: quantity{"Dimensionless", "P1", ""}, secondary: true},
	{symbol: "%EL", quantity: quantity{"Dimensionless", "P1", ""}, readOnly: true},
	{symbol: "/1000", quantity: quantity{"Dimensionless", "NX", ""}, secondary: true},
	{symbol: "ppm", quantity: quantity{"Dimensionless", "59", ""}, secondary: true},
	{symbol: "count", quantity: quantity{"Count", "C62", ""}},
	{symbol: "m", quantity: quantity{"Length", "MTR", ""}},
	{symbol: "mm", quantity: quantity{"Length", "MMT", ""}, secondary: true},
	{symbol: "cm", quantity: quantity{"Length", "CMT", ""}, secondary: true},
	{symbol: "km", quantity: quantity{"Length", "KMT", ""}, secondary: true},
	{symbol: "m2", quantity: quantity{"Area", "MTK", ""}},
	{symbol: "m3", quantity: quantity{"Volume", "MTQ", ""}},
	{symbol: "l", quantity: quantity{"Volume", "LTR", ""}},
	{symbol: "kg", quantity: quantity{"Mass", "KGM", ""}},
	{symbol: "g", quantity: quantity{"Mass", "GRM", ""}},
	{symbol: "kg/m3", quantity: quantity{"Density", "KMQ", ""}},
	{symbol: "ug/m3", quantity: quantity{"MassConcentration", "GQ", ""}, secondary: true},
	{symbol: "s", quantity: quantity{"Time", "SEC", ""}},
	{symbol: "ms", quantity: quantity{"Time", "C26", ""}, secondary: true},
	{symbol: "min", quantity: quantity{"Time", "MIN", ""}, secondary: true},
	{symbol: "h", quantity: quantity{"Time", "HUR", ""}, secondary: true},
	{symbol: "Hz", quantity: quantity{"Frequency", "HTZ", ""}},
	{symbol: "MHz", quantity: quantity{"Frequency", "MHZ", ""}, secondary: true},
	{symbol: "m/s", quantity: quantity{"Speed", "MTS", ""}},
	{symbol: "km/h", quantity: quantity{"Speed", "KMH", ""}, secondary: true},
	{symbol: "m3/s", quantity: quantity{"VolumeFlowRate", "MQS", ""}},
	{symbol: "l/s", quantity: quantity{"VolumeFlowRate", "G51", ""}},
	{symbol: "N", quantity: quantity{"Force", "NEW", ""}},
	{symbol: "W", quantity: quantity{"Power", "WTT", ""}},
	{symbol: "kW", quantity: quantity{"Power", "KWT", ""}, secondary: true},
	{symbol: "J", quantity: quantity{"Energy", "JOU", ""}},
	{symbol: "Wh", quantity: quantity{"Energy", "WHR", ""}, secondary: true},
	{symbol: "kWh", quantity: quantity{"Energy", "KWH", ""}, secondary: true},
	{symbol: "A", quantity: quantity{"ElectricCurrent", "AMP", ""}},
	{symbol: "mA", quantity: quantity{"ElectricCurrent", "4K", ""}, secondary: true},
	{symbol: "V", quantity: quantity{"Voltage", "VLT", ""}},
	{symbol: "mV", quantity: quantity{"Voltage", "2Z", ""}, secondary: true},
	{symbol: "Ohm", quantity: quantity{"Resistance", "OHM", ""}},
	{symbol: "S", quantity: quantity{"Conductance", "SIE", ""}},
	{symbol: "S/m", quantity: quantity{"Conductivity", "D10", ""}},
	{symbol: "T", quantity: quantity{"MagneticFluxDensity", "D33", ""}},
	{symbol: "W/m2", quantity: quantity{"Irradiance", "D54", ""}},
	{symbol: "Bq", quantity: quantity{"Radioactivity", "BQL", ""}},
	{symbol: "Sv", quantity: quantity{"DoseEquivalent", "D13", ""}},
	{symbol: "mol", quantity: quantity{"AmountOfSubstance", "C34", ""}},
}

// senmlQuantity returns what a unit of SenML measures. No unit measures nothing
// that is known; a unit that is not in the table is not known at all.
func senmlQuantity(symbol string) (quantity, bool) {
	if symbol == "" {
		return quantity{}, true
	}
	for _, unit := range senmlUnits {
		if unit.symbol == symbol {
			return unit.quantity, true
		}
	}
	return quantity{}, false
}

// senmlSymbol returns the unit of SenML for a run, preferring one that its
// measurement has.
func senmlSymbol(of quantity) (senmlUnit, bool) {
	for _, unit := range senmlUnits {
		if unit.quantity == of && !unit.readOnly {
			return unit, true
		}
	}
	return senmlUnit{}, false
}
