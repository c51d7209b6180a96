package readings_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// now is when the packs with relative times arrived.
var now = time.UnixMilli(start).UTC()

// The example of RFC 8428, section 6, in CBOR; that of section 5.1.3 in JSON.
const (
	rfcCBOR = "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361412005006776" +
		"6f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302fb3ff4" +
		"cccccccccccda3006763757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00a3006763757272656e74062002" +
		"fb3ff999999999999aa3006763757272656e74060002fb3ffb333333333333"
	rfcJSON = `[ {"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
		{"n":"current","t":-5,"v":1.2}, {"n":"current","t":-4,"v":1.3}, {"n":"current","t":-3,"v":1.4},
		{"n":"current","t":-2,"v":1.5}, {"n":"current","t":-1,"v":1.6}, {"n":"current","v":1.7} ]`
)

func unhex(t testing.TB, text string) []byte {
	data, err := hex.DecodeString(text)
	require.NoError(t, err)
	return data
}

// TestTheExamplesOfTheRFCAreRead reads the examples of RFC 8428, sections 5.1
// and 6.
func TestTheExamplesOfTheRFCAreRead(t *testing.T) {
	const device = "urn:dev:ow:10e2073a0108006:"
	const at = 1_276_020_076_001
	electric := []readings.Run{
		{Device: device + "voltage", Measurement: "Voltage", Unit: "VLT", Scale: -1, Readings: of(at, 1201)},
		{Device: device + "current", Measurement: "ElectricCurrent", Unit: "AMP", Scale: -1, Readings: of(
			at-5000, 12, at-4000, 13, at-3000, 14, at-2000, 15, at-1000, 16, at, 17)},
	}
	const wire, humid = "urn:dev:ow:10e2073a01080063", 1_320_067_464_000
	for name, c := range map[string]struct {
		data string
		want []readings.Run
		skip []string
	}{
		"5.1.1 a single datapoint": {
			data: `[ {"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1} ]`,
			want: []readings.Run{{Device: wire, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(start, 231)}},
		},
		"5.1.3 several with a base time": {data: rfcJSON, want: electric},
		"6 in CBOR":                      {data: string(unhex(t, rfcCBOR)), want: electric},
		"5.1.4 several measurements": {
			data: `[ {"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20}, {"u":"lon","v":24.30621}, {"u":"lat","v":60.07965},
				{"t":60,"v":20.3}, {"u":"lon","t":60,"v":24.30622}, {"u":"lat","t":60,"v":60.07965}, {"t":120,"v":20.7},
				{"u":"lon","t":120,"v":24.30623}, {"u":"lat","t":120,"v":60.07966}, {"u":"%EL","t":150,"v":98}, {"t":180,"v":21.2},
				{"u":"lon","t":180,"v":24.30628}, {"u":"lat","t":180,"v":60.07967} ]`,
			want: []readings.Run{
				{Device: wire, Measurement: "RelativeHumidity", Unit: "P1", Scale: -1, Readings: of(humid, 200, humid+60_000, 203, humid+120_000, 207, humid+180_000, 212)},
				{Device: wire, Measurement: "Angle", Unit: "DD", Component: "longitude", Scale: -5, Readings: of(humid, 2430621, humid+60_000, 2430622, humid+120_000, 2430623, humid+180_000, 2430628)},
				{Device: wire, Measurement: "Angle", Unit: "DD", Component: "latitude", Scale: -5, Readings: of(humid, 6007965, humid+60_000, 6007965, humid+120_000, 6007966, humid+180_000, 6007967)},
				{Device: wire, Measurement: "Dimensionless", Unit: "P1", Readings: of(humid+150_000, 98)},
			},
		},
		"5.1.6 several devices": {
			data: `[ {"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2}, {"n":"humidity","u":"%RH","v":30},
				{"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3}, {"n":"humidity","u":"%RH","v":67} ]`,
			want: []readings.Run{
				{Device: "2001:db8::2/temperature", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(1_320_078_429_000, 252)},
				{Device: "2001:db8::2/humidity", Measurement: "RelativeHumidity", Unit: "P1", Readings: of(1_320_078_429_000, 30)},
				{Device: "2001:db8::1/temperature", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(1_320_078_429_000, 123)},
				{Device: "2001:db8::1/humidity", Measurement: "RelativeHumidity", Unit: "P1", Readings: of(1_320_078_429_000, 67)},
			},
		},
		"5.2 different data types": {
			data: `[ {"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1}, {"n":"label","vs":"Machine Room"},
				{"n":"open","vb":false}, {"n":"nfv-reader","vd":"aGkgCg"} ]`,
			want: []readings.Run{
				{Device: wire + ":temp", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(start, 231)},
				{Device: wire + ":open", Measurement: "Dimensionless", Unit: "C62", Readings: of(start, 0)},
			},
			skip: []string{wire + ":label: no number", wire + ":nfv-reader: no number"},
		},
		"5.4 base fields alone": {
			data: `[ {"bn":"urn:dev:ow:10e2073a01080063:"}, {"n":"temp","u":"Cel","v":23.1}, {"n":"heat","u":"/","v":1}, {"n":"fan","u":"/","v":0} ]`,
			want: []readings.Run{
				{Device: wire + ":temp", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(start, 231)},
				{Device: wire + ":heat", Measurement: "Dimensionless", Unit: "C62", Readings: of(start, 1)},
				{Device: wire + ":fan", Measurement: "Dimensionless", Unit: "C62", Readings: of(start, 0)},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			pack, err := readings.ReadSenML(strings.NewReader(c.data), readings.SenML{Now: now})
			require.NoError(t, err)
			require.Equal(t, c.want, pack.Runs)
			require.Equal(t, c.skip, pack.Skipped)
			require.Equal(t, len(c.skip), pack.Other)
		})
	}
}

func TestBaseFieldsHoldUntilTheyAreSetAnew(t *testing.T) {
	pack, err := readings.ReadSenML(strings.NewReader(`[
		{"bn":"https://id.gs1.org/8004/0614141","n":"A","bt":1772352000,"bv":20,"bu":"Cel","v":0.5,"bver":10,"l":[{"x":1}]},
		{"n":"A","t":0.0019999,"bv":10}, {"n":"A","t":-1.5,"v":-1e-1}, {"n":"A","t":-1.5,"v":-0.1},
		{"bn":"urn:epc:id:giai:","bt":0,"n":"0614141.B","t":1772352001,"u":"hPa","v":1000}, {"n":"0614141.B","u":"dB","v":3,"t":1772352001} ]`), readings.SenML{})
	require.NoError(t, err)
	require.Equal(t, []readings.Run{
		{Device: "/8004/0614141A", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(start-1500, 99, start, 205, start+1, 100)},
		{Device: "/8004/0614141B", Measurement: "Pressure", Unit: "A97", Readings: of(start+1000, 1010)},
	}, pack.Runs)
	require.Equal(t, readings.Counts{Duplicates: 1, Unsorted: 1, Other: 1}, pack.Counts)
	require.Equal(t, []string{"urn:epc:id:giai:0614141.B in dB"}, pack.Skipped)
}

func TestValuesAreRoundedWhereOneSaysSo(t *testing.T) {
	for name, data := range map[string]string{
		"JSON": `[{"n":"a","t":1772352000,"v":0.30000000000000004}]`,
		"CBOR": string(unhex(t, "81a3006161061a69a3f20002fb3fd3333333333334")),
	} {
		pack, err := readings.ReadSenML(strings.NewReader(data), readings.SenML{Places: 3})
		require.NoError(t, err, name)
		require.Equal(t, []readings.Run{{Device: "a", Scale: -1, Readings: of(start, 3)}}, pack.Runs, name)
	}
	_, err := readings.ReadSenML(strings.NewReader("[]"), readings.SenML{Places: -1})
	require.ErrorIs(t, err, telemetry.ErrFormat)
}

func TestARecordThatCannotBeReadIsNamed(t *testing.T) {
	const good = `{"n":"a","t":1772352000,"v":1},`
	for name, c := range map[string]struct {
		data string
		want error
		says string
	}{
		"nothing":                {"", telemetry.ErrFormat, "array"},
		"no array":               {"{}", telemetry.ErrFormat, "array"},
		"no end":                 {`[{"n":"a","v":1,"t":1772352000}`, telemetry.ErrFormat, "end"},
		"something after":        {`[] []`, telemetry.ErrFormat, "follows"},
		"no object":              {"[" + good + "5]", telemetry.ErrFormat, "record 1: "},
		"a field twice":          {"[" + good + `{"n":"a","n":"b","v":1}]`, telemetry.ErrFormat, `record 1: malformed: "n" twice`},
		"no number":              {"[" + good + `{"n":"a","v":"1"}]`, telemetry.ErrFormat, "not a number"},
		"no text":                {`[{"n":5,"v":1}]`, telemetry.ErrFormat, `"n" is a text`},
		"no truth":               {`[{"n":"a","vb":1}]`, telemetry.ErrFormat, "true or false"},
		"a name with a space":    {`[{"n":"a b","v":1}]`, telemetry.ErrFormat, "4.5.1"},
		"a name with a dot":      {`[{"n":".a","v":1}]`, telemetry.ErrFormat, "4.5.1"},
		"no name":                {`[{"v":1}]`, telemetry.ErrFormat, "4.5.1"},
		"two values":             {`[{"n":"a","v":1,"vb":true}]`, telemetry.ErrFormat, "2 values"},
		"no value":               {`[{"n":"a"}]`, telemetry.ErrFormat, "no value"},
		"a field to understand":  {`[{"n":"a","v":1,"x_":1}]`, telemetry.ErrFormat, "must be understood"},
		"version 11":             {`[{"bver":11,"n":"a","v":1}]`, telemetry.ErrFormat, "version 11"},
		"two versions":           {`[{"bver":10,"n":"a","v":1,"t":1772352000},{"bver":5,"n":"a","v":1}]`, telemetry.ErrFormat, "record 1: "},
		"version zero":           {`[{"bver":0,"n":"a","v":1}]`, telemetry.ErrFormat, "version"},
		"a relative time":        {`[{"n":"a","v":1,"t":-5}]`, telemetry.ErrFormat, "relative to now"},
		"a time far off":         {`[{"n":"a","v":1,"t":1e15}]`, telemetry.ErrLimit, "9999"},
		"too many decimals":      {`[{"n":"a","v":1e-10,"t":1772352000}]`, telemetry.ErrLimit, "9 decimals"},
		"too large":              {`[{"n":"a","v":1e10,"t":1772352000}]`, telemetry.ErrLimit, "beyond"},
		"two values of one time": {"[" + good + `{"n":"a","t":1772352000,"v":2}]`, telemetry.ErrFormat, "another value than record 0"},
		"CBOR with NaN":          {string(unhex(t, "81a3006161061a69a3f20002f97e00")), telemetry.ErrFormat, "not a number"},
		"CBOR with 0.1+0.2":      {string(unhex(t, "81a3006161061a69a3f20002fb3fd3333333333334")), telemetry.ErrLimit, "9 decimals"},
		"CBOR with a bigfloat":   {string(unhex(t, "81a3006161061a69a3f20002c5822001")), telemetry.ErrFormat, "not a number"},
		"CBOR with no map":       {string(unhex(t, "8105")), telemetry.ErrFormat, "record 0: "},
		"CBOR with a field more": {string(unhex(t, "81a2006161617805")), telemetry.ErrFormat, "no value"},
		"CBOR cut short":         {string(unhex(t, "82a1006161")), telemetry.ErrFormat, "array"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readings.ReadSenML(strings.NewReader(c.data), readings.SenML{})
			requireOurs(t, err)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
		})
	}
	_, err := readings.ReadSenML(strings.NewReader("["+good+`{"n":"a","t":1772352001,"v":1}]`), readings.SenML{MaxRecords: 1})
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = readings.ReadSenML(broken{}, readings.SenML{})
	require.ErrorIs(t, err, errBroken)
	_, err = readings.ReadSenML(endless{}, readings.SenML{})
	require.ErrorIs(t, err, telemetry.ErrLimit)
}

func TestWhatSenMLCannotSayIsNotWritten(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*readings.Run)
		want   error
	}{
		"a unit without a symbol":    {func(r *readings.Run) { r.Unit = "FAH" }, telemetry.ErrFormat},
		"a component without one":    {func(r *readings.Run) { r.Component = "x" }, telemetry.ErrFormat},
		"no name":                    {func(r *readings.Run) { r.Device = "" }, telemetry.ErrFormat},
		"a name with a percent sign": {func(r *readings.Run) { r.Device = "/8004/0614141%2F" }, telemetry.ErrFormat},
		"no readings":                {func(r *readings.Run) { r.Readings = nil }, telemetry.ErrFormat},
		"a reading of 1978":          {func(r *readings.Run) { r.Readings[0].Time = 1000<<28 - 1 }, telemetry.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(3)
			c.change(&r)
			_, err := readings.WriteSenML([]readings.Run{r}, readings.JSON)
			require.ErrorIs(t, err, c.want)
		})
	}
	empty, err := readings.WriteSenML(nil, readings.JSON)
	require.NoError(t, err)
	require.Equal(t, "[]", string(empty))
}

func TestAPackIsWrittenCompactlyAndExactly(t *testing.T) {
	r := readings.Run{Device: "/8004/0614141LOGGER1", Measurement: "Pressure", Unit: "A97", Scale: -2, Readings: of(start, 101325, start+1500, 101300)}
	text, err := readings.WriteSenML([]readings.Run{r}, readings.JSON)
	require.NoError(t, err)
	require.Equal(t, `[{"bver":26,"bn":"https://id.gs1.org/8004/0614141LOGGER1","bt":1772352000,"bu":"hPa","v":1013.25},
{"v":1013,"t":1.5}]
`, string(text))
	data, err := readings.WriteSenML([]readings.Run{r}, readings.CBOR)
	require.NoError(t, err)
	diagnosed, err := cbor.Diagnose(data)
	require.NoError(t, err)
	require.Equal(t, `[{2: 4([-2, 101325]), -1: 26, -2: "https://id.gs1.org/8004/0614141LOGGER1", -3: 1772352000, -4: "hPa"}, {2: 1013, 6: 4([-1, 15])}]`, diagnosed)
	require.Less(t, len(data), len(bytes.TrimSpace(text)))
}
