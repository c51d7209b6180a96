package readings_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// observed is an event with sensor elements and nothing else to say.
func observed(elements ...epcis.SensorElement) epcis.Event {
	return epcis.Event{
		Type: epcis.ObjectEvent, EventTime: time.UnixMilli(start).UTC(), EventTimeZoneOffset: "+00:00", Action: epcis.Observe,
		BizStep: "sensor_reporting", ReadPoint: &epcis.Place{ID: "https://id.gs1.org/414/0614141000012"}, SensorElementList: elements,
	}
}

// carried writes an event as JSON and reads it back.
func carried(t require.TestingT, event epcis.Event) *epcis.Event {
	var out bytes.Buffer
	document := epcis.Document{SchemaVersion: "2.0", CreationDate: event.EventTime, Events: []epcis.Event{event}}
	require.NoError(t, epcis.WriteDocument(&out, &document))
	read, err := epcis.ReadDocument(&out, epcis.DefaultLimits())
	require.NoError(t, err)
	return &read.Events[0]
}

func events(t *testing.T, name string) []epcis.Event {
	document, _, err := epcis.ReadAny(bytes.NewReader(corpus(t, filepath.Join("epcis", "valid"), name)), epcis.DefaultLimits())
	require.NoError(t, err)
	return document.Events
}

func TestTheSensorReportsOfGS1sExamplesAreRead(t *testing.T) {
	at := time.Date(2019, 4, 2, 13, 5, 0, 0, time.UTC).UnixMilli()
	const minutes = 60_000
	giai := func(r readings.Run) readings.Run { r.Device = "/8004/4000001111"; return r }
	for name, c := range map[string]struct {
		want    []readings.Run
		skipped int
	}{
		"SensorDataExample5": {want: []readings.Run{giai(readings.Run{Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(
			at, 260, at+10*minutes, 261, at+20*minutes, 262, at+30*minutes, 263, at+40*minutes, 264, at+50*minutes, 265)})}},
		"SensorDataExample1b": {want: []readings.Run{
			giai(readings.Run{Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: of(at, 260, at+30*minutes, 261, at+50*minutes, 262)}),
			giai(readings.Run{Measurement: "AbsoluteHumidity", Unit: "A93", Scale: -1, Readings: of(at, 121, at+30*minutes, 122, at+50*minutes, 122)}),
			giai(readings.Run{Measurement: "Speed", Unit: "KMH", Readings: of(at, 160, at+30*minutes, 161, at+50*minutes, 162)}),
			giai(readings.Run{Measurement: "Illuminance", Unit: "LUX", Readings: of(at, 800, at+30*minutes, 801, at+50*minutes, 802)}),
		}},
		"SensorDataExample3": {skipped: 2},
		"SensorDataExample7": {skipped: 5, want: []readings.Run{giai(readings.Run{
			Measurement: "Temperature", Unit: "CEL", Readings: of(time.Date(2019, 7, 19, 13, 0, 0, 0, time.UTC).UnixMilli(), 26),
		})}},
		"SensorDataExample12": {skipped: 2},
	} {
		t.Run(name, func(t *testing.T) {
			list := events(t, "gs1__WithSensorData__"+name+".jsonld")
			require.Len(t, list, 1)
			pack, err := readings.FromEvent(&list[0])
			require.NoError(t, err)
			require.Equal(t, c.want, pack.Runs)
			require.Equal(t, c.skipped, pack.Other)
			require.Len(t, pack.Skipped, c.skipped)
		})
	}
}

func TestWhatIsNotOfOneThingIsNotOneRun(t *testing.T) {
	for name, components := range map[string][]string{
		"SensorDataExample10": {"x", "y", "z"}, "SensorDataExample13": {"", ""},
		"SensorDataExample14": {"latitude", "longitude"}, "SensorDataExample15": {"northing", "easting"},
	} {
		list := events(t, "gs1__WithSensorData__"+name+".jsonld")
		pack, err := readings.FromEvent(&list[0])
		require.NoError(t, err, name)
		var got []string
		for _, r := range pack.Runs {
			got = append(got, r.Component)
			require.Len(t, r.Readings, 1)
		}
		require.Equal(t, components, got, name)
	}
}

// TestEverySensorReportOfTheCorpusSurvivesTheTrip reads each document of the
// corpus, writes what was read as sensor elements and reads those.
func TestEverySensorReportOfTheCorpusSurvivesTheTrip(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "corpus", "epcis", "valid")
	files, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		t.Skip("CORPUS NOT PRESENT: epcis/valid")
	}
	require.NoError(t, err)
	runs, skipped := 0, 0
	for _, file := range files {
		if !strings.Contains(file.Name(), ".json") {
			continue
		}
		for _, event := range events(t, file.Name()) {
			pack, err := readings.FromEvent(&event)
			require.NoError(t, err, file.Name())
			skipped += pack.Other
			for _, r := range pack.Runs {
				if r.Unit == "" {
					continue // nothing can be said of a number without a unit
				}
				runs++
				element, err := readings.SensorElement(r, telemetry.Hash{})
				require.NoError(t, err, file.Name())
				again, err := readings.FromEvent(carried(t, observed(element)))
				require.NoError(t, err)
				require.Equal(t, []readings.Run{r}, again.Runs, file.Name())
			}
		}
	}
	t.Log(runs, "runs,", skipped, "reports that are no readings")
	require.Greater(t, runs, 20)
}

func TestARunIsReadAsItWasReported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(units[:len(units)-1]).Draw(t, "unit")
		r.Device = rapid.SampledFrom([]string{"", "/8004/0614141LOGGER1", "urn:dev:ow:1"}).Draw(t, "device")
		r.Scale = -rapid.IntRange(0, 9).Draw(t, "decimals")
		at := rapid.Int64Range(0, 4e12).Draw(t, "start")
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			r.Readings = append(r.Readings, telemetry.Reading{Time: at, Value: rapid.Int64Range(-4e9, 4e9).Draw(t, "value")})
			at += rapid.Int64Range(1, 1e9).Draw(t, "step")
		}
		r = coarsest(r)
		element, err := readings.SensorElement(r, telemetry.Hash{1})
		require.NoError(t, err)
		event := carried(t, observed(element))
		root, err := readings.ParseRecordingURI(event.SensorElementList[0].Metadata.RawData)
		require.NoError(t, err)
		require.Equal(t, telemetry.Hash{1}, root)
		pack, err := readings.FromEvent(event)
		require.NoError(t, err)
		require.Equal(t, []readings.Run{r}, pack.Runs)
		require.Zero(t, pack.Counts)
	})
}

func TestASummaryHasAMeanOnlyWhereItIsExact(t *testing.T) {
	summary := func(values ...int64) epcis.SensorReport {
		r := readings.Run{Device: "/8004/0614141LOGGER1", Measurement: "Temperature", Unit: "CEL", Scale: -1}
		for i, v := range values {
			r.Readings = append(r.Readings, telemetry.Reading{Time: start + int64(i)*1000, Value: v})
		}
		element, err := readings.SensorSummary(r, telemetry.Hash{1})
		require.NoError(t, err)
		event := carried(t, observed(element))
		require.Equal(t, start+int64(len(values)-1)*1000, event.SensorElementList[0].Metadata.EndTime.UnixMilli())
		pack, err := readings.FromEvent(event)
		require.NoError(t, err)
		require.Empty(t, pack.Runs, "a summary is no reading")
		return event.SensorElementList[0].Reports[0]
	}
	exact := summary(52, 53, 55, 51)
	require.Equal(t, []epcis.Number{"5.1", "5.5", "5.275"}, []epcis.Number{exact.MinValue, exact.MaxValue, exact.MeanValue})
	require.Empty(t, summary(1, 1, 2).MeanValue, "a third has no decimal")
}

func TestWhatEPCISCannotSayIsNotWritten(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*readings.Run)
		want   error
	}{
		"no readings":                  {func(r *readings.Run) { r.Readings = nil }, telemetry.ErrFormat},
		"a device that is no URI":      {func(r *readings.Run) { r.Device = "LOGGER1" }, telemetry.ErrFormat},
		"a unit of something else":     {func(r *readings.Run) { r.Unit = "KGM" }, telemetry.ErrFormat},
		"a type that the CBV has not":  {func(r *readings.Run) { r.Measurement = "Door" }, telemetry.ErrFormat},
		"more readings than it is fit": {func(r *readings.Run) { *r = run(readings.MaxReports + 1) }, telemetry.ErrLimit},
	} {
		r := run(3)
		c.change(&r)
		_, err := readings.SensorElement(r, telemetry.Hash{})
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestAReportThatNoRecordingCanHoldIsNamed(t *testing.T) {
	report := func(value epcis.Number) epcis.SensorReport {
		at := time.UnixMilli(start).UTC()
		return epcis.SensorReport{Type: "Temperature", UOM: "CEL", Value: value, Time: &at}
	}
	for name, c := range map[string]struct {
		reports []epcis.SensorReport
		want    error
	}{
		"too many decimals": {[]epcis.SensorReport{report("1"), report("0.0000000001")}, telemetry.ErrLimit},
		"too large":         {[]epcis.SensorReport{report("1"), report("4000000001")}, telemetry.ErrLimit},
		"two values":        {[]epcis.SensorReport{report("1"), report("2")}, telemetry.ErrFormat},
	} {
		event := observed(epcis.SensorElement{Reports: c.reports})
		_, err := readings.FromEvent(&event)
		requireOurs(t, err)
		require.ErrorIs(t, err, c.want, name)
		require.ErrorContains(t, err, "sensorElementList/0/sensorReport/1: ", name)
	}
	ancient := observed(epcis.SensorElement{Reports: []epcis.SensorReport{{Type: "Temperature", UOM: "CEL", Value: "1"}}})
	ancient.EventTime = time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := readings.FromEvent(&ancient)
	require.ErrorIs(t, err, telemetry.ErrLimit)
}

func TestAReadPointSaysWhereARecordingWasMade(t *testing.T) {
	require.Nil(t, readings.ReadPoint(telemetry.Header{}))
	require.Equal(t, "https://id.gs1.org/414/0614141000012", readings.ReadPoint(telemetry.Header{Place: "/414/0614141000012"}).ID)
	require.Equal(t, "geo:-33.8567844,151.2152967", readings.ReadPoint(telemetry.Header{Position: &telemetry.Position{Latitude: -338567844, Longitude: 1512152967}}).ID)
	for _, uri := range []string{"", "ni:///sha-256;?ver=countersign-recording-1", "ni:///sha-256;" + strings.Repeat("0", 64), readings.RecordingURI(telemetry.Hash{1})[1:], "ni:///sha-256;xy?ver=countersign-recording-1"} {
		_, err := readings.ParseRecordingURI(uri)
		require.ErrorIs(t, err, telemetry.ErrFormat, uri)
	}
}

func FuzzFromEvent(f *testing.F) {
	f.Add([]byte(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-03-01T08:00:00Z","eventTimeZoneOffset":"+00:00","readPoint":{"id":"urn:epc:id:sgln:4012345.00005.0"},"sensorElementList":[{"sensorMetadata":{"deviceID":"urn:epc:id:giai:4000001.111"},"sensorReport":[{"type":"Temperature","value":26.1,"uom":"CEL","time":"2026-03-01T07:00:00Z"},{"type":"Dimensionless","booleanValue":true},{"type":"Angle","component":"x","value":-1e-3,"uom":"DD"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := epcis.ReadEvent(data, epcis.DefaultLimits())
		if err != nil {
			return
		}
		pack, err := readings.FromEvent(event)
		if err != nil {
			requireOurs(t, err)
			return
		}
		for _, r := range pack.Runs {
			element, err := readings.SensorElement(r, telemetry.Hash{})
			if err != nil {
				continue
			}
			again := observed(element)
			back, err := readings.FromEvent(&again)
			if err != nil {
				t.Fatal(err)
			}
			require.Equal(t, []readings.Run{r}, back.Runs)
		}
	})
}
