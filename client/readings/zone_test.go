package readings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

func TestAZoneIsReadByNameAndByOffset(t *testing.T) {
	for text, want := range map[string]int{"UTC": 0, "Z": 0, "+01:00": 3600, "-0530": -19800, "GMT+2": 7200, "+14": 50400} {
		zone, err := readings.ParseZone(text)
		require.NoError(t, err, text)
		_, offset := time.UnixMilli(start).In(zone).Zone()
		require.Equal(t, want, offset, text)
	}
	_, offset := time.UnixMilli(start).In(berlin(t)).Zone()
	require.Equal(t, 3600, offset)
	for _, text := range []string{"", "Local", "CEST!", "+25:00", "../etc/passwd"} {
		_, err := readings.ParseZone(text)
		require.ErrorIs(t, err, telemetry.ErrFormat, text)
	}
}

// TestLocalTimesAreReadAsTheZonesClocksShowedThem writes moments as a zone's
// clocks show them and reads them back.
func TestLocalTimesAreReadAsTheZonesClocksShowedThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"}).Draw(t, "zone")
		zone, err := readings.ParseZone(name)
		require.NoError(t, err)
		at := rapid.Int64Range(0, 2_000_000_000).Draw(t, "at") * 1000
		local := time.UnixMilli(at).In(zone)
		text := "time,value\n" + local.Format("2006-01-02 15:04:05") + ",5\n"
		got, err := readings.ReadCSV(strings.NewReader(text), readings.CSV{Zone: zone})
		if err != nil {
			require.ErrorContains(t, err, "twice")
			got, err = readings.ReadCSV(strings.NewReader(text), readings.CSV{Zone: zone, Overlap: readings.OverlapByOrder})
			require.NoError(t, err)
			require.Equal(t, local.Format(time.DateTime), got.Readings[0].At().In(zone).Format(time.DateTime))
			return
		}
		require.Equal(t, at, got.Readings[0].Time)

		text = "time,value\n" + local.Format(time.RFC3339) + ",5\n"
		got, err = readings.ReadCSV(strings.NewReader(text), readings.CSV{Zone: time.UTC})
		require.NoError(t, err)
		require.Equal(t, at, got.Readings[0].Time, "the text's zone goes first")
	})
}

func TestTheHourThatClocksShowTwiceIsRefusedOrReadInOrder(t *testing.T) {
	file := func(times ...string) string {
		text := "time,value\n"
		for i, at := range times {
			text += "2026-10-25 " + at + "," + string(rune('0'+i)) + "\n"
		}
		return text
	}
	autumn := file("01:30:00", "02:00:00", "02:30:00", "02:00:00", "02:30:00", "03:00:00")
	_, err := readings.ReadCSV(strings.NewReader(autumn), readings.CSV{Zone: berlin(t)})
	require.ErrorContains(t, err, "line 3: ")
	require.ErrorContains(t, err, "twice")

	got, err := readings.ReadCSV(strings.NewReader(autumn), readings.CSV{Zone: berlin(t), Overlap: readings.OverlapByOrder})
	require.NoError(t, err)
	first := time.Date(2026, 10, 24, 23, 30, 0, 0, time.UTC).UnixMilli()
	for i, reading := range got.Readings {
		require.Equal(t, first+int64(i)*1_800_000, reading.Time)
	}

	_, err = readings.ReadCSV(strings.NewReader(file("04:00:00", "02:00:00")), readings.CSV{Zone: berlin(t), Overlap: readings.OverlapByOrder})
	require.ErrorContains(t, err, "line 3: ")
	require.ErrorContains(t, err, "not in order")

	spring := "time,value\n2026-03-29 01:59:00,1\n2026-03-29 02:30:00,2\n2026-03-29 03:00:00,3\n"
	_, err = readings.ReadCSV(strings.NewReader(spring), readings.CSV{Zone: berlin(t)})
	require.ErrorContains(t, err, "line 3: ")
	require.ErrorContains(t, err, "never")
}
