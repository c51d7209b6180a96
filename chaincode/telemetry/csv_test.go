package telemetry_test

import (
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestALoggersFileIsReadExactly(t *testing.T) {
	const at = start
	for name, c := range map[string]struct {
		text    string
		options telemetry.CSVOptions
		want    telemetry.Table
	}{
		"plain": {
			text: "time,value\n2026-03-01T08:00:00Z,5.25\n2026-03-01T08:01:00Z,-5\n",
			want: telemetry.Table{Scale: -2, Readings: []telemetry.Reading{{at, 525}, {at + 60_000, -500}}},
		},
		"byte order mark, CRLF, quotes, other columns, zones, no last line end": {
			text: "\xef\xbb\xbfid, Time ,\"VALUE\"\r\n1,\"2026-03-01T09:00:00+01:00\",+5.0\r\n2,2026-03-01 08:01:00.5Z,00.10",
			want: telemetry.Table{Scale: -1, Readings: []telemetry.Reading{{at, 50}, {at + 60_500, 1}}},
		},
		"unsorted and repeated": {
			text: "time,value\n2026-03-01T08:01:00Z,6\n2026-03-01T08:00:00Z,5\n2026-03-01T08:01:00Z,6.0\n",
			want: telemetry.Table{Readings: []telemetry.Reading{{at, 5}, {at + 60_000, 6}}, Duplicates: 1, Unsorted: 1},
		},
		"two columns, no zone, empty values": {
			text:    "date;clock;temperature_c\n2026-03-01;08:00:00;5\n2026-03-01;08:00:30;\n",
			options: telemetry.CSVOptions{Time: []string{"date", "clock"}, Value: "temperature_c", Comma: ';', Zone: time.UTC, SkipEmpty: true},
			want:    telemetry.Table{Readings: []telemetry.Reading{{at, 5}}, Empty: 1},
		},
		"finer than a millisecond is cut off": {
			text: "time,value\n2026-03-01T08:00:00.0019999Z,5\n",
			want: telemetry.Table{Readings: []telemetry.Reading{{at + 1, 5}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := telemetry.ParseCSV(strings.NewReader(c.text), c.options)
			require.NoError(t, err)
			require.Equal(t, c.want, *got)
		})
	}
}

func TestEveryBadLineIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want error
		says []string
	}{
		"empty":                  {"", telemetry.ErrFormat, []string{"line 1", "no header row"}},
		"no rows":                {"time,value\n", telemetry.ErrFormat, []string{"no readings"}},
		"no such column":         {"date,temp\n", telemetry.ErrFormat, []string{`no column "time"`, `no column "value"`, "date"}},
		"column twice":           {"time,value,Value\n", telemetry.ErrFormat, []string{`two columns "value"`}},
		"several":                {"time,value\nx,5\n2026-03-01T08:00:00Z,5,\n2026-03-01T08:00:00Z,5e3\n2026-03-01T08:01:00\n", telemetry.ErrFormat, []string{"line 2: ", "line 4: ", `"5e3"`, "line 5: "}},
		"no zone":                {"time,value\n2026-03-01T08:00:00,5\n", telemetry.ErrFormat, []string{"line 2", "zone"}},
		"empty value":            {"time,value\n2026-03-01T08:00:00Z,\n", telemetry.ErrFormat, []string{"line 2"}},
		"not a number":           {"time,value\n2026-03-01T08:00:00Z,NaN\n", telemetry.ErrFormat, []string{"NaN"}},
		"too many decimals":      {"time,value\n2026-03-01T08:00:00Z,1.0000000001\n", telemetry.ErrLimit, []string{"9 decimals"}},
		"too large":              {"time,value\n2026-03-01T08:00:00Z,4000000001\n", telemetry.ErrLimit, []string{"beyond 4000000000"}},
		"conflicting duplicates": {"time,value\n2026-03-01T08:00:00Z,5\n2026-03-01T09:00:00+01:00,6\n", telemetry.ErrFormat, []string{"line 3", "line 2"}},
		"a lenient time":         {"time,value\n2026-03-01T8:00:00Z,5\n", telemetry.ErrFormat, []string{"line 2"}},
		"before 1970":            {"time,value\n1969-03-01T08:00:00Z,5\n", telemetry.ErrLimit, []string{"1970"}},
		"open quote":             {"time,value\n\"2026-03-01T08:00:00Z,5\n", telemetry.ErrFormat, []string{"line 2", "quote"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := telemetry.ParseCSV(strings.NewReader(c.text), telemetry.CSVOptions{})
			require.ErrorIs(t, err, c.want)
			var listed *telemetry.CSVError
			require.ErrorAs(t, err, &listed)
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}

func TestTheListOfBadLinesIsBounded(t *testing.T) {
	_, err := telemetry.ParseCSV(strings.NewReader("time,value\n"+strings.Repeat("bad,1\n", 1000)), telemetry.CSVOptions{})
	var listed *telemetry.CSVError
	require.ErrorAs(t, err, &listed)
	require.Len(t, listed.Lines, 20)
	require.Equal(t, 1000, listed.Total)
	require.ErrorContains(t, err, "and 980 more bad lines")

	_, err = telemetry.ParseCSV(strings.NewReader("time,value\n"+strings.Repeat("2026-03-01T08:00:00Z,5\n", 6)), telemetry.CSVOptions{MaxRows: 5})
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = telemetry.ParseCSV(strings.NewReader("time,value\n"+strings.Repeat("2026-03-01T08:00:00Z,5\n", 5)), telemetry.CSVOptions{MaxRows: 5})
	require.NoError(t, err)

	_, err = telemetry.ParseCSV(endless{}, telemetry.CSVOptions{})
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = telemetry.ParseCSV(broken{}, telemetry.CSVOptions{})
	require.ErrorIs(t, err, errBroken)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestDecimalsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?[0-9]{1,9}(\.[0-9]{1,9})?`).Draw(t, "text")
		value, scale, err := telemetry.ParseDecimal(text)
		require.NoError(t, err)
		want, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		got, ok := new(big.Rat).SetString(telemetry.FormatDecimal(value, scale))
		require.True(t, ok)
		require.Zero(t, want.Cmp(got), "%s became %d e%d", text, value, scale)
		unit := new(big.Rat).SetFrac(big.NewInt(value*telemetry.Factor(scale)), big.NewInt(1e9))
		require.Zero(t, want.Cmp(unit))
		again, scaleAgain, err := telemetry.ParseDecimal(telemetry.FormatDecimal(value, scale))
		require.NoError(t, err)
		require.Equal(t, value, again)
		require.Equal(t, scale, scaleAgain)
	})
}

func TestWhatIsNoDecimalIsRefused(t *testing.T) {
	for _, text := range []string{"", "-", "+-1", "--1", ".5", "5.", "1e3", "0x1", "1,5", "1_0", " 1", "1 ", "NaN", "Inf", "１"} {
		_, _, err := telemetry.ParseDecimal(text)
		require.ErrorIs(t, err, telemetry.ErrFormat, "%q", text)
	}
	for _, text := range []string{"4000000000.000000001", "-4000000001", "99999999999999999999", "0.0000000001"} {
		_, _, err := telemetry.ParseDecimal(text)
		require.ErrorIs(t, err, telemetry.ErrLimit, "%q", text)
	}
	for text, want := range map[string]string{"-4000000000": "-4000000000", "4000000000.000000000": "4000000000", "-0": "0", "007.50": "7.5", "0.000000001000": "0.000000001"} {
		value, scale, err := telemetry.ParseDecimal(text)
		require.NoError(t, err)
		require.Equal(t, want, telemetry.FormatDecimal(value, scale))
	}
	require.Equal(t, "-9223372036854775808", telemetry.FormatDecimal(-1<<63, 0))
	require.Equal(t, "1200", telemetry.FormatDecimal(12, 2))
	require.Zero(t, telemetry.Factor(10))
	require.Zero(t, telemetry.Factor(-10))
}

func FuzzParseCSV(f *testing.F) {
	f.Add("time,value\n2026-03-01T08:00:00Z,5.25\n2026-03-01T08:01:00Z,-5\n")
	f.Add("\xef\xbb\xbftime,value\r\n\"2026-03-01 08:00:00+02:00\",0.000000001\r\n")
	f.Add("time,value\n\"x,5\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := telemetry.ParseCSV(strings.NewReader(text), telemetry.CSVOptions{MaxRows: 1000})
		if err != nil {
			if !isOurs(err) {
				t.Fatalf("unmatched error %v", err)
			}
			return
		}
		d := draft(table.Readings...)
		d.Scale = table.Scale
		if got := seal(t, edKey(), d).Readings(); len(got) != len(table.Readings) {
			t.Fatal("what was read cannot be sealed")
		}
	})
}

// corpus finds a sensor file of the shared corpus, which is not in the
// repository.
func corpus(t *testing.T, name string) []byte {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "sensors", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("CORPUS NOT PRESENT: " + name)
	}
	require.NoError(t, err)
	return data
}

func TestRealSensorFilesAreReadInFull(t *testing.T) {
	kitchen := telemetry.CSVOptions{Time: []string{"date"}, Value: "temperature"}
	container := telemetry.CSVOptions{Time: []string{"date", "time_utc"}, Value: "temperature_c", Zone: time.UTC, SkipEmpty: true}
	for name, c := range map[string]struct {
		options                            telemetry.CSVOptions
		readings, duplicates, empty, scale int
	}{ // counted with another language's CSV reader
		"foodsafety_item01.csv":       {kitchen, 208, 1, 0, -9},
		"foodsafety_item03.csv":       {kitchen, 186, 0, 0, -9},
		"foodsafety_item05.csv":       {kitchen, 168, 0, 0, -9},
		"foodsafety_item07.csv":       {kitchen, 252, 0, 0, -9},
		"foodsafety_item09.csv":       {kitchen, 207, 0, 0, -9},
		"foodsafety_item11.csv":       {kitchen, 306, 0, 0, -9},
		"db_schenker_container_A.csv": {container, 508, 141, 850, -1},
		"db_schenker_container_C.csv": {container, 840, 228, 1409, -1},
		"db_schenker_container_E.csv": {container, 1364, 608, 2374, -1},
		"db_schenker_container_G.csv": {container, 1326, 351, 2250, -1},
		"db_schenker_container_I.csv": {container, 812, 218, 1340, -1},
	} {
		t.Run(name, func(t *testing.T) {
			data := corpus(t, name)
			table, err := telemetry.ParseCSV(strings.NewReader(string(data)), c.options)
			require.NoError(t, err)
			require.Equal(t, []int{c.readings, c.duplicates, c.empty, c.scale}, []int{len(table.Readings), table.Duplicates, table.Empty, table.Scale})
			d := draft(table.Readings...)
			d.Scale = table.Scale
			require.Equal(t, table.Readings, seal(t, edKey(), d).Readings())
		})
	}
}
