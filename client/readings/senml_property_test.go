package readings_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// units of SenML, each with what it is said to be.
var units = []readings.Run{
	{Measurement: "Temperature", Unit: "CEL"},
	{Measurement: "Temperature", Unit: "KEL"},
	{Measurement: "RelativeHumidity", Unit: "P1"},
	{Measurement: "Acceleration", Unit: "MSK"},
	{Measurement: "Illuminance", Unit: "LUX"},
	{Measurement: "Angle", Unit: "DD"},
	{Measurement: "Angle", Unit: "DD", Component: "latitude"},
	{Measurement: "Pressure", Unit: "PAL"},
	{Measurement: "Pressure", Unit: "A97"},
	{Measurement: "Dimensionless", Unit: "C62"},
	{Measurement: "Voltage", Unit: "2Z"},
	{},
}

func TestAPackIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []readings.Run
		for i := range rapid.IntRange(1, 4).Draw(t, "runs") {
			r := rapid.SampledFrom(units).Draw(t, "unit")
			r.Device = []string{"/8004/0614141A", "/8003/095212349876591", "urn:dev:ow:10e2073a0108006", "a:b"}[i]
			scale := -rapid.IntRange(0, 9).Draw(t, "decimals")
			at := rapid.Int64Range(1000<<28, 4e12).Draw(t, "start")
			for range rapid.IntRange(1, 30).Draw(t, "n") {
				value := rapid.Int64Range(-4e9, 4e9).Draw(t, "value")
				r.Readings = append(r.Readings, telemetry.Reading{Time: at, Value: value})
				at += rapid.Int64Range(1, 1e9).Draw(t, "step")
			}
			r.Scale = scale
			want = append(want, coarsest(r))
		}
		for _, encoding := range []readings.Encoding{readings.JSON, readings.CBOR} {
			data, err := readings.WriteSenML(want, encoding)
			require.NoError(t, err)
			got, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{})
			require.NoError(t, err, "%s", data)
			require.Equal(t, want, got.Runs)
			require.Zero(t, got.Counts)
		}
	})
}

// coarsest returns the run at the coarsest scale that holds its values, which is
// the one that is read.
func coarsest(r readings.Run) readings.Run {
	for ; r.Scale < 0; r.Scale++ {
		next := make([]telemetry.Reading, len(r.Readings))
		for i, reading := range r.Readings {
			value, ok := telemetry.Rescale(reading.Value, r.Scale, r.Scale+1)
			if !ok {
				return r
			}
			next[i] = telemetry.Reading{Time: reading.Time, Value: value}
		}
		r.Readings = next
	}
	return r
}

// TestAFloatingPointNumberIsTheDecimalThatWasMeant writes decimals as floats, as
// senders do that know nothing else, with the standard library as the judge.
func TestAFloatingPointNumberIsTheDecimalThatWasMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Int64Range(-9_999_999, 9_999_999).Draw(t, "value")
		decimals := rapid.IntRange(0, 9).Draw(t, "decimals")
		text := telemetry.FormatDecimal(value, -decimals)
		var number []byte
		var want string
		if rapid.Bool().Draw(t, "single") {
			f, err := strconv.ParseFloat(text, 32)
			require.NoError(t, err)
			want = meant(f, strconv.FormatFloat(f, 'f', -1, 32))
			number = binary.BigEndian.AppendUint32([]byte{0xfa}, math.Float32bits(float32(f)))
		} else {
			f, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			want = meant(f, text)
			number = binary.BigEndian.AppendUint64([]byte{0xfb}, math.Float64bits(f))
		}
		data, err := cbor.Marshal([]map[int]any{{0: "a", 6: 1_772_352_000, 2: cbor.RawMessage(number)}})
		require.NoError(t, err)
		pack, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{})
		require.NoError(t, err)
		got := pack.Runs[0]
		require.Equal(t, want, telemetry.FormatDecimal(got.Readings[0].Value, got.Scale))
	})
}

// meant is the exact value of f where it has nine decimals, or else the shortest
// text.
func meant(f float64, shortest string) string {
	exact := new(big.Rat).SetFloat64(f)
	if nine := new(big.Rat).Mul(exact, big.NewRat(1e9, 1)); nine.IsInt() {
		return telemetry.FormatDecimal(nine.Num().Int64(), -9)
	}
	return shortest
}

func TestEveryFloatingPointNumberIsReadExactlyOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.Uint64().Draw(t, "bits")
		f := math.Float64frombits(bits)
		data, err := cbor.Marshal([]map[int]any{{0: "a", 6: 1_772_352_000, 2: cbor.RawMessage(binary.BigEndian.AppendUint64([]byte{0xfb}, bits))}})
		require.NoError(t, err)
		pack, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{})
		if err != nil {
			requireOurs(t, err)
			return
		}
		got := pack.Runs[0]
		back, err := strconv.ParseFloat(telemetry.FormatDecimal(got.Readings[0].Value, got.Scale), 64)
		require.NoError(t, err)
		require.Equal(t, f, back) //nolint:testifylint // it reads back as the very same number
	})
}

func TestHalfPrecisionIsExact(t *testing.T) {
	for hex, want := range map[string]string{"f93e00": "1.5", "f9c000": "-2", "f94533": "5.19921875", "f98000": "0"} {
		data := append(unhex(t, "81a3006161061a69a3f20002"), unhex(t, hex)...)
		pack, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{})
		require.NoError(t, err, hex)
		require.Equal(t, want, telemetry.FormatDecimal(pack.Runs[0].Readings[0].Value, pack.Runs[0].Scale))
	}
}

// symbols are the units of SenML that have a code.
var symbols = []string{
	"Cel", "K", "%RH", "m/s2", "lx", "deg", "rad", "lat", "lon", "Pa", "hPa", "/", "/100", "%EL", "/1000", "ppm", "count", "m", "mm", "cm",
	"km", "m2", "m3", "l", "kg", "g", "kg/m3", "ug/m3", "s", "ms", "min", "h", "Hz", "MHz", "m/s", "km/h", "m3/s", "l/s", "N", "W", "kW", "J",
	"Wh", "kWh", "A", "mA", "V", "mV", "Ohm", "S", "S/m", "T", "W/m2", "Bq", "Sv", "mol",
}

// TestUnitsAreWhatTheirMeasurementsHave reads a value in every unit of SenML and
// holds what it becomes against the units' own table.
func TestUnitsAreWhatTheirMeasurementsHave(t *testing.T) {
	for _, symbol := range symbols {
		pack, err := readings.ReadSenML(bytes.NewReader([]byte(`[{"n":"a","t":1772352000,"v":1.5,"u":"`+symbol+`"}]`)), readings.SenML{})
		require.NoError(t, err)
		require.Len(t, pack.Runs, 1, symbol)
		r := pack.Runs[0]
		unit, ok := gs1.UnitByCode(r.Unit)
		require.True(t, ok, "%s: %s", symbol, r.Unit)
		require.True(t, unit.Measures(r.Measurement), "%s: %s in %s", symbol, r.Measurement, r.Unit)
		data, err := readings.WriteSenML(pack.Runs, readings.JSON)
		require.NoError(t, err)
		again, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{})
		require.NoError(t, err)
		require.Equal(t, pack.Runs, again.Runs, symbol)
		if symbol != "%EL" {
			require.Contains(t, string(data), `"bu":"`+symbol+`"`)
		}
	}
}

func FuzzReadSenML(f *testing.F) {
	f.Add([]byte(rfcJSON))
	f.Add(unhex(f, rfcCBOR))
	f.Add([]byte(`[{"bn":"a","bt":1772352000,"bv":-1.5,"bu":"Cel","n":":b","v":2e-3,"s":5,"x":{}},{"vb":true,"t":-1}]`))
	f.Add(unhex(f, "81a3006161061a69a3f20002c48221190204"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pack, err := readings.ReadSenML(bytes.NewReader(data), readings.SenML{Now: now, MaxRecords: 1000})
		if err != nil {
			requireOurs(t, err)
			return
		}
		for _, r := range pack.Runs {
			if got := sealed(t, r, telemetry.Draft{Device: "/8004/1", Measurement: "Temperature", Unit: "CEL"}); len(got) != len(r.Readings) {
				t.Fatal("what was read cannot be sealed")
			}
			for _, encoding := range []readings.Encoding{readings.JSON, readings.CBOR} {
				written, err := readings.WriteSenML([]readings.Run{r}, encoding)
				if err != nil {
					if r.Readings[0].Time >= 1000<<28 {
						t.Fatalf("what was read cannot be written: %v", err)
					}
					return
				}
				again, err := readings.ReadSenML(bytes.NewReader(written), readings.SenML{})
				if err != nil {
					t.Fatalf("what was written cannot be read: %v\n%s", err, written)
				}
				require.Equal(t, []readings.Run{r}, again.Runs)
			}
		}
	})
}
