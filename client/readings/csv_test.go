package readings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

const start = 1_772_352_000_000 // 2026-03-01T08:00:00Z

// of returns readings, given as time and value in turn.
func of(pairs ...int64) []telemetry.Reading {
	var readings []telemetry.Reading
	for i := 0; i < len(pairs); i += 2 {
		readings = append(readings, telemetry.Reading{Time: pairs[i], Value: pairs[i+1]})
	}
	return readings
}

func berlin(t testing.TB) *time.Location {
	zone, err := readings.ParseZone("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

// utf16 spells ASCII in UTF-16, little-endian.
func utf16(text string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		out.WriteByte(c)
		out.WriteByte(0)
	}
	return out.String()
}

func TestALoggersFileIsReadExactly(t *testing.T) {
	temperature := func(scale int, pairs ...int64) readings.Run {
		return readings.Run{Measurement: "Temperature", Unit: "CEL", Scale: scale, Readings: of(pairs...)}
	}
	const at = int64(start)
	for name, c := range map[string]struct {
		text    string
		options readings.CSV
		want    readings.Run
		counts  readings.Counts
	}{
		"plain, without a unit": {
			text: "time,value\n2026-03-01T08:00:00Z,5.25\n2026-03-01T08:01:00Z,-5\n",
			want: readings.Run{Scale: -2, Readings: of(at, 525, at+60_000, -500)},
		},
		"byte order mark, CRLF, quotes, other columns, zones, no last line end": {
			text:    "\xef\xbb\xbfid, Time ,\"VALUE\"\r\n1,\"2026-03-01T09:00:00+01:00\",+5.0\r\n2,2026-03-01 08:01:00.5Z,00.10",
			options: readings.CSV{Value: "value"},
			want:    readings.Run{Scale: -1, Readings: of(at, 50, at+60_500, 1)},
		},
		"unsorted and repeated": {
			text:   "time,value\n2026-03-01T08:01:00Z,6\n2026-03-01T08:00:00Z,5\n2026-03-01T08:01:00Z,6.0\n",
			want:   readings.Run{Readings: of(at, 5, at+60_000, 6)},
			counts: readings.Counts{Duplicates: 1, Unsorted: 1},
		},
		"two columns, zone by option, empty values": {
			text:    "date;clock;temperature_c\n2026-03-01;08:00:00;5\n2026-03-01;08:00:30;\n2026-03-01;08:00:40;---\n",
			options: readings.CSV{Zone: time.UTC},
			want:    temperature(0, at, 5),
			counts:  readings.Counts{Empty: 2},
		},
		"finer than a millisecond is cut off": {
			text: "time,value\n2026-03-01T08:00:00.0019999Z,5\n",
			want: readings.Run{Readings: of(at+1, 5)},
		},
		"decimal comma, semicolons, Latin-1, day first by proof": {
			text:    "Nr;Datum Uhrzeit;Temperatur \xb0C\r1;28.02.2026 09:00;-3,5\r2;01.03.2026 09:00;4,25\r",
			options: readings.CSV{Zone: berlin(t)},
			want:    temperature(-2, at-24*3_600_000, -350, at, 425),
		},
		"a comma behind a zero, or before other than three digits, is a decimal comma": {
			text: "timestamp;Temp (°C)\n2026-03-01T08:00:00Z;0,125\n2026-03-01T08:01:00Z;1,125\n",
			want: temperature(-3, at, 125, at+60_000, 1125),
		},
		"decimal comma in quotes between commas": {
			text: "timestamp,Temp (°C)\n2026-03-01T08:00:00Z,\"5,5\"\n",
			want: temperature(-1, at, 55),
		},
		"UTF-16 with tabs": {
			text: "\xff\xfe" + utf16("Time (UTC)\tTemp F\n2026/03/01 08:00\t41.5\n"),
			want: readings.Run{Measurement: "Temperature", Unit: "FAH", Scale: -1, Readings: of(at, 415)},
		},
		"UTF-16 without a mark": {
			text: utf16("time\tC\n2026-03-01T08:00:00Z\t4\n"),
			want: readings.Run{Readings: of(at, 4)},
		},
		"as HOBOware exports": {
			text:    "\"Plot Title: dock 7\"\n\"#\",\"Date Time, GMT-05:00\",\"Temp, °C (LGR S/N: 1234, SEN S/N: 1234)\",\"Coupler Attached\"\n1,03/01/26 03:00:00 AM,5.125,\n2,03/01/26 03:01:00 PM,5.25,Logged\n",
			options: readings.CSV{Dates: readings.MonthFirst},
			want:    temperature(-3, at, 5125, at+(12*60+1)*60_000, 5250),
		},
		"what stands above the rows, and one of two quantities": {
			text: "Serial,0614141LOGGER1\nStart Time,2026-03-01 07:00:00Z\nStop Time,2026-03-01 09:00:00Z\n\n" +
				"Time,Celsius(°C),Humidity(%rh),Dew Point(°C)\n2026-03-01 08:00:00Z,5.0,40.5,-7\n2026-03-01 08:01:00Z,5.5,41,-7\n2026-03-01 08:02:00Z,6,41,-7\n",
			options: readings.CSV{Measurement: "RelativeHumidity"},
			want:    readings.Run{Measurement: "RelativeHumidity", Unit: "P1", Scale: -1, Readings: of(at, 405, at+60_000, 410, at+120_000, 410)},
		},
		"no header": {
			text: "1772352000,5.5\n1772352060.5,6\n",
			want: readings.Run{Scale: -1, Readings: of(at, 55, at+60_500, 60)},
		},
		"milliseconds, by the numbers of columns": {
			text:    "7,1772352000000,5\n9,1772352060000,6\n",
			options: readings.CSV{Time: []string{"#2"}, Value: "#3", Measurement: "Pressure", Unit: "A97"},
			want:    readings.Run{Measurement: "Pressure", Unit: "A97", Readings: of(at, 5, at+60_000, 6)},
		},
		"units behind the values": {
			text:    "when,reading\n1 Mar 2026 08:00:00 UTC,5.5 °C\n\"Mar 1, 2026 08:01 GMT\",6°C\n",
			options: readings.CSV{Measurement: "Temperature", Value: "reading"},
			want:    temperature(-1, at, 55, at+60_000, 60),
		},
		"files put together, comments, an exponent": {
			text: "# made by a logger\ntime,value\n20260301T080000Z,1.5e1\n# again\n\ntime,value\n2026-03-01T08:01:00Z,2E-1\n",
			want: readings.Run{Scale: -1, Readings: of(at, 150, at+60_000, 2)},
		},
		"one device of several": {
			text:    "device,time,value\na,2026-03-01T08:00:00Z,1\nb,2026-03-01T08:00:00Z,2\na,2026-03-01T08:01:00Z,3\n",
			options: readings.CSV{DeviceColumn: "device", Device: "a"},
			want:    readings.Run{Device: "a", Readings: of(at, 1, at+60_000, 3)},
			counts:  readings.Counts{Other: 1},
		},
		"as testo exports": {
			text:    "\xef\xbb\xbf\"\";\"Datum/Zeit\";\"°C\"\r\n1;01.03.2026 09:00:00;5,2\r\n2;01.03.2026 09:01:00;5,25\r\n",
			options: readings.CSV{Zone: berlin(t), Dates: readings.DayFirst},
			want:    temperature(-2, at, 520, at+60_000, 525),
		},
		"as EasyLog exports: the serial number in the first row alone": {
			text:    "Vaccines,Time,Celsius(°C),High Alarm,Low Alarm,Serial Number\n1,2026-03-01 08:00:00,5.0,8.0,2.0,000123\n2,2026-03-01 08:05:00,5.5\n",
			options: readings.CSV{Zone: time.UTC},
			want:    readings.Run{Device: "000123", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(at, 50, at+300_000, 55)},
		},
		"as ThingSpeak exports": {
			text: "created_at,entry_id,field1\n2026-03-01 08:00:00 UTC,1,23.5\n2026-03-01 08:01:00 UTC,2,23.25\n",
			want: readings.Run{Scale: -2, Readings: of(at, 2350, at+60_000, 2325)},
		},
		"as Home Assistant exports": {
			text:   "entity_id,state,last_changed\nsensor.fridge,5.2,2026-03-01T08:00:00.000Z\nsensor.fridge,unavailable,2026-03-01T08:01:00.000Z\nsensor.fridge,5.3,2026-03-01T08:02:00.000Z\n",
			want:   readings.Run{Scale: -1, Readings: of(at, 52, at+120_000, 53)},
			counts: readings.Counts{Empty: 1},
		},
		"as Grafana exports": {
			text: "\"Time\",\"fridge temperature\"\n\"2026-03-01T08:00:00Z\",\"5.20 °C\"\n\"2026-03-01T08:01:00Z\",\"\"\n",
			want: temperature(-1, at, 52), counts: readings.Counts{Empty: 1},
		},
		"a spreadsheet's hint at the separator, and days of the week": {
			text: "sep=;\ntimestamp;pressure (hPa)\nSun, 01 Mar 2026 08:00:00 GMT;1013.25\n",
			want: readings.Run{Measurement: "Pressure", Unit: "A97", Scale: -2, Readings: of(at, 101325)},
		},
		"a door": {
			text: "time;door;temp °C\n2026-03-01T08:00:00Z;closed;5\n2026-03-01T08:01:00Z;Open;6\n2026-03-01T08:02:00Z;0;6\n", options: readings.CSV{Value: "door"},
			want: readings.Run{Measurement: "Dimensionless", Unit: "C62", Readings: of(at, 0, at+60_000, 1, at+120_000, 0)},
		},
		"floating-point numbers spelled out": {
			text: "time,temp °C\n2026-03-01T08:00:00Z,21.299999237060547\n2026-03-01T08:01:00Z,-0.05\n2026-03-01T08:02:00Z,1e-17\n", options: readings.CSV{Places: 1},
			want: temperature(-1, at, 213, at+60_000, -1, at+120_000, 0),
		},
		"the device that the file names": {
			text: "Serial Number|Time|Temp °C\nX1|2026-03-01T08:00:00Z|1\n",
			want: readings.Run{Device: "X1", Measurement: "Temperature", Unit: "CEL", Readings: of(at, 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readings.ReadCSV(strings.NewReader(c.text), c.options)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Run)
			require.Equal(t, c.counts, got.Counts)

			again, err := readings.ReadCSV(strings.NewReader(c.text), got.Options)
			require.NoError(t, err, "what was found out, given")
			require.Equal(t, got, again)
		})
	}
}

func TestEveryBadLineIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		options readings.CSV
		want    error
		says    []string
	}{
		"empty":                     {"", readings.CSV{}, telemetry.ErrFormat, []string{"empty"}},
		"a header alone":            {"time,value\n", readings.CSV{}, telemetry.ErrFormat, []string{"no line", "time", "value"}},
		"no such column":            {"date,temp\n", readings.CSV{Time: []string{"when"}}, telemetry.ErrFormat, []string{`no column "when"`, "date"}},
		"no such value":             {"time,temp\n2026-03-01T08:00:00Z,5\n", readings.CSV{Value: "value"}, telemetry.ErrFormat, []string{`no column "value"`, "temp"}},
		"a column twice":            {"time,value,Value\n2026-03-01T08:00:00Z,5,6\n", readings.CSV{Value: "value"}, telemetry.ErrFormat, []string{`two columns "value"`}},
		"several":                   {"time,value\n2026-03-01T08:00:00Z,5,\nx,5\n2026-03-01T08:00:10Z,five\n2026-03-01T08:01:00\n2026-03-01T08:01:00Z,5,6\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3: ", "line 4: ", `five`, "line 5: ", "line 6: "}},
		"no zone":                   {"time,value\n2026-03-01T08:00:00,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 2", "say the zone"}},
		"a zone by letters":         {"time,value\n2026-03-01T08:00:00Z,5\n2026-03-01T08:00:00 CET,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3"}},
		"nothing but empty values":  {"time,value\n2026-03-01T08:00:00Z,\n", readings.CSV{Value: "value"}, telemetry.ErrFormat, []string{"no readings"}},
		"not a number":              {"time,value\n2026-03-01T08:00:00Z,5\n2026-03-01T08:01:00Z,ERR\n", readings.CSV{Value: "value"}, telemetry.ErrFormat, []string{"line 3", "ERR"}},
		"too many decimals":         {"time,value\n2026-03-01T08:00:00Z,1.0000000001\n", readings.CSV{Value: "value"}, telemetry.ErrLimit, []string{"line 2", "9 decimals"}},
		"too large":                 {"time,value\n2026-03-01T08:00:00Z,4000000001\n", readings.CSV{Value: "value"}, telemetry.ErrLimit, []string{"beyond 4000000000"}},
		"conflicting duplicates":    {"time,value\n2026-03-01T08:00:00Z,5\n2026-03-01T09:00:00+01:00,6\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3", "line 2"}},
		"a day that there is not":   {"time,value\n2026-02-29T08:00:00Z,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 2", "day 29"}},
		"before 1970":               {"time,value\n1969-03-01T08:00:00Z,5\n", readings.CSV{}, telemetry.ErrLimit, []string{"1970"}},
		"an open quote":             {"time,value\n2026-03-01T08:00:00Z,5\n\"2026-03-01T08:00:00Z,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3", "quote"}},
		"ambiguous dates":           {"time,value\n02/03/2026 08:00Z,5\n03/04/2026 08:00Z,6\n", readings.CSV{}, telemetry.ErrFormat, []string{"day or the month"}},
		"two orders of dates":       {"time,value\n13/03/2026 08:00Z,5\n03/14/2026 08:00Z,6\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3", "another order"}},
		"dates against the option":  {"time,value\n13/03/2026 08:00Z,5\n", readings.CSV{Dates: readings.MonthFirst}, telemetry.ErrFormat, []string{"line 2", "option"}},
		"years of two digits":       {"time,value\n13/03/26 08:00Z,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"two digits"}},
		"decimals or thousands":     {"time;value\n2026-03-01T08:00:00Z;1,234\n", readings.CSV{}, telemetry.ErrFormat, []string{"1,234", "decimal separator"}},
		"points and commas":         {"time;value\n2026-03-01T08:00:00Z;1,5\n2026-03-01T08:01:00Z;1.5\n", readings.CSV{}, telemetry.ErrFormat, []string{"decimal separator"}},
		"two quantities":            {"time,temp °C,hum %\n2026-03-01T08:00:00Z,5,40\n", readings.CSV{}, telemetry.ErrFormat, []string{"temp °C", "hum %"}},
		"two columns of numbers":    {"time,a,b\n2026-03-01T08:00:00Z,5,40\n", readings.CSV{}, telemetry.ErrFormat, []string{`"a" "b"`}},
		"two times":                 {"local,utc,temp\n2026-03-01T09:00:00,2026-03-01T08:00:00,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"two columns hold times"}},
		"two devices":               {"device,time,value\na,2026-03-01T08:00:00Z,5\nb,2026-03-01T08:01:00Z,5\n", readings.CSV{}, telemetry.ErrFormat, []string{"several devices", `"a" "b"`}},
		"another unit":              {"time,temp °F\n2026-03-01T08:00:00Z,5\n", readings.CSV{Unit: "CEL"}, telemetry.ErrFormat, []string{"FAH", "CEL"}},
		"two units behind values":   {"time,temp\n2026-03-01T08:00:00Z,5 C\n2026-03-01T08:01:00Z,41 F\n", readings.CSV{}, telemetry.ErrFormat, []string{"line 3", "FAH"}},
		"zero bytes":                {"time,value\x00", readings.CSV{}, telemetry.ErrFormat, []string{"no text"}},
		"places beyond nine":        {"time,value\n", readings.CSV{Places: 10}, telemetry.ErrFormat, []string{"1 to 9 places"}},
		"an impossible option":      {"time,value\n", readings.CSV{Decimal: ';'}, telemetry.ErrFormat, []string{"decimal"}},
		"a device without a column": {"time,value\n", readings.CSV{Device: "a"}, telemetry.ErrFormat, []string{"column of the device"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readings.ReadCSV(strings.NewReader(c.text), c.options)
			require.ErrorIs(t, err, c.want)
			var listed *readings.InputError
			require.ErrorAs(t, err, &listed)
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}

// A bad line must not hide the rows above it, whatever the header's place is
// guessed from.
func TestABadLineHidesNoRowsAboveIt(t *testing.T) {
	var rows strings.Builder
	for i := range 40 {
		rows.WriteString(time.UnixMilli(start+int64(i)*60_000).UTC().Format(time.RFC3339) + ",5," + "\n")
	}
	lines := strings.SplitAfter(rows.String(), "\n")
	for _, bad := range []string{"garbage\n", "ERROR,low battery,\n", "2026-13-01T00:00:00Z,5,\n", "\"\n", "time,5\n", "low,battery,now\n"} {
		for _, header := range []string{"", "time,value,note\n", "Logger 7\n\ntime,value,note\n"} {
			for _, at := range []int{1, 3, 20, 38} {
				text := header + strings.Join(lines[:at], "") + bad + strings.Join(lines[at:], "")
				_, err := readings.ReadCSV(strings.NewReader(text), readings.CSV{})
				requireOurs(t, err)
				require.ErrorContains(t, err, "line ", "%q after %d rows under %q", bad, at, header)
			}
		}
	}
}

func TestTheListOfBadLinesIsBounded(t *testing.T) {
	const good = "time,value\n2026-03-01T08:00:00Z,5\n"
	_, err := readings.ReadCSV(strings.NewReader(good+strings.Repeat("bad,1\n", 1000)), readings.CSV{})
	var listed *readings.InputError
	require.ErrorAs(t, err, &listed)
	require.Len(t, listed.Faults, 20)
	require.Equal(t, 1000, listed.Total)
	require.Equal(t, 3, listed.Faults[0].At)
	require.ErrorContains(t, err, "and 980 more faults")

	_, err = readings.ReadCSV(strings.NewReader(good+strings.Repeat("2026-03-01T08:00:00Z,5\n", 5)), readings.CSV{MaxRows: 5})
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = readings.ReadCSV(strings.NewReader(good+strings.Repeat("2026-03-01T08:00:00Z,5\n", 4)), readings.CSV{MaxRows: 5})
	require.NoError(t, err)

	_, err = readings.ReadCSV(endless{}, readings.CSV{})
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = readings.ReadCSV(broken{}, readings.CSV{})
	require.ErrorIs(t, err, errBroken)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// Nine digits behind a decimal comma look like seconds since 1970.
func TestADecimalCommaIsNoSeparator(t *testing.T) {
	for _, text := range []string{
		"time;temp\n1793026112.388;27,500000005\n1793026118.388;28,123456789\n",
		"time\ttemp\n27 Oct 2026 13:41:50Z\t27,500000005\n27 Oct 2026 13:51:50Z\t28,123456789\n",
		"time|temp\n2026-10-27T13:41:50Z|27,500000005\n2026-10-27T13:51:50Z|28,123456789\n",
		"time;temp;battery\n20261027T134150Z;27,500000005;3,299999952\n20261027T135150Z;28,123456789;3,299999952\n",
	} {
		file, err := readings.ReadCSV(strings.NewReader(text), readings.CSV{Measurement: "Temperature", Unit: "CEL"})
		require.NoError(t, err, text)
		run := file.Run
		require.Equal(t, int64(27_500_000_005), run.Readings[0].Value, text)
		require.Equal(t, int64(28_123_456_789), run.Readings[1].Value, text)
	}
}
