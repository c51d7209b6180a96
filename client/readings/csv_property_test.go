package readings_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// spelling is a way to write a logger's file.
type spelling struct {
	comma   string
	decimal string
	layout  string // of package time
	options readings.CSV
}

var spellings = []spelling{
	{",", ".", time.RFC3339Nano, readings.CSV{}},
	{";", ",", "2006-01-02 15:04:05.000 -07:00", readings.CSV{Decimal: ','}},
	{"\t", ".", "02.01.2006 15:04:05.000 -0700", readings.CSV{Dates: readings.DayFirst}},
	{"|", ".", "1/2/06 3:04:05.000 PM -07:00", readings.CSV{Dates: readings.MonthFirst}},
	{",", ".", "2 Jan 2006 15:04:05.000 -07:00", readings.CSV{}},
	{",", ".", "Jan 2 2006, 15:04:05.000 -07:00", readings.CSV{}},
	{";", ".", "20060102T150405.000Z07:00", readings.CSV{}},
}

// TestAFileIsReadAsItWasWritten writes readings as loggers do, with columns,
// order of rows, zones and repetitions of any kind, and reads them back.
func TestAFileIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		how := rapid.SampledFrom(spellings).Draw(t, "how")
		scale := -rapid.IntRange(0, 9).Draw(t, "decimals")
		n := rapid.IntRange(1, 60).Draw(t, "n")
		want := make([]telemetry.Reading, n)
		at := rapid.Int64Range(946_800_000_000, 4_000_000_000_000).Draw(t, "start") // from 2000: years may have two digits
		rows := make([]string, 0, 2*n)
		zones := []*time.Location{time.UTC, time.FixedZone("", 19_800), time.FixedZone("", -12_600)}
		for i := range want {
			want[i] = telemetry.Reading{Time: at, Value: rapid.Int64Range(-4e9, 4e9).Draw(t, "value")}
			for range rapid.IntRange(1, 2).Draw(t, "times") {
				zone := rapid.SampledFrom(zones).Draw(t, "zone")
				text := strings.Replace(telemetry.FormatDecimal(want[i].Value, scale), ".", how.decimal, 1)
				when := time.UnixMilli(at).In(zone).Format(how.layout)
				if strings.Contains(when, how.comma) {
					when = `"` + when + `"`
				}
				rows = append(rows, fmt.Sprintf("%d%s%s%s%s", i, how.comma, when, how.comma, text))
			}
			at += rapid.Int64Range(1, 1e9).Draw(t, "step")
		}
		rows = rapid.Permutation(rows).Draw(t, "rows")
		text := strings.Join(append([]string{strings.Join([]string{"no", "when", "Temp °C"}, how.comma)}, rows...), "\n")

		got, err := readings.ReadCSV(strings.NewReader(text), how.options)
		require.NoError(t, err, text)
		require.Equal(t, len(rows)-n, got.Duplicates)
		require.Len(t, got.Readings, n)
		for i, r := range got.Readings {
			require.Equal(t, want[i].Time, r.Time)
			value, ok := telemetry.Rescale(r.Value, got.Scale, scale)
			require.True(t, ok)
			require.Equal(t, want[i].Value, value)
		}
		require.Equal(t, got.Readings, sealed(t, got.Run, telemetry.Draft{Device: "/8004/1"}))

		sorted := slices.Clone(rows)
		slices.Sort(sorted)
		again, err := readings.ReadCSV(strings.NewReader("no"+how.comma+"when"+how.comma+"Temp °C\n"+strings.Join(sorted, "\n")), how.options)
		require.NoError(t, err)
		require.Equal(t, got.Run, again.Run, "whatever the order of rows")
	})
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"time,value\n2026-03-01T08:00:00Z,5.25\n2026-03-01T08:01:00Z,-5\n",
		"\xef\xbb\xbftime,value\r\n\"2026-03-01 08:00:00+02:00\",0.000000001\r\n",
		"Nr;Datum;Zeit (UTC);Temp \xb0C\n1;28.02.2026;09:00;-3,5\n",
		"\xff\xfet\x00,\x00v\x00\n\x00",
		"time,value\n\"x,5\n",
		"1772352000,5\n1772352060.5,6 C\n",
		"\"Plot Title: x\"\n\"#\",\"Date Time, GMT-05:00\",\"Temp, °C\"\n1,03/01/26 03:00:00 AM,5.125\n",
	} {
		f.Add(text, 0)
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, dates int) {
		options := readings.CSV{MaxRows: 1000, Zone: time.UTC, Dates: readings.DateOrder(((dates % 3) + 3) % 3)}
		file, err := readings.ReadCSV(strings.NewReader(text), options)
		if err != nil {
			requireOurs(t, err)
			return
		}
		first := telemetry.Draft{Device: "/8004/1", Measurement: "Temperature", Unit: "CEL"}
		if got := sealed(t, file.Run, first); len(got) != len(file.Readings) {
			t.Fatal("what was read cannot be sealed")
		}
		again, err := readings.ReadCSV(strings.NewReader(text), file.Options)
		if err != nil {
			t.Fatalf("what was found out does not read the file: %v", err)
		}
		if !slices.Equal(again.Readings, file.Readings) {
			t.Fatal("what was found out reads something else")
		}
	})
}
