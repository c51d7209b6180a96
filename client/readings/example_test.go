package readings_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// A logger's file becomes a signed recording, the second of its device.
func ExampleReadCSV() {
	const file = `Logger;0614141LOGGER1
Interval;60 s

Nr;Datum;Uhrzeit;Temperatur °C;Feuchte %
1;01.03.2026;09:00:00;5,2;41
2;01.03.2026;09:01:00;5,4;41
3;01.03.2026;09:02:00;;
`
	zone, err := readings.ParseZone("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = readings.ReadCSV(strings.NewReader(file), readings.CSV{Measurement: "Temperature", Zone: zone})
	fmt.Println(err)

	log, err := readings.ReadCSV(strings.NewReader(file), readings.CSV{Measurement: "Temperature", Zone: zone, Dates: readings.DayFirst})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(log.Readings), "readings in", log.Unit, "and", log.Empty, "row without a value")

	recordings, err := log.Seal(rand.Reader, deviceKey(), telemetry.Draft{
		Device: "/8004/0614141LOGGER1", Sequence: 2, Previous: telemetry.Hash{0xab}, Place: "/414/0614141000012",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sequence, err := telemetry.JoinSequence(recordings...) // what goes into one transaction
	if err != nil {
		fmt.Println(err)
		return
	}
	first := recordings[0].First()
	fmt.Println(len(recordings), "recording from", first.At().Format(time.RFC3339), "with", telemetry.FormatDecimal(first.Value, log.Scale), "and", len(sequence) > 0)
	// Output:
	// malformed: no date proves whether the day or the month stands first; say which
	// 2 readings in CEL and 1 row without a value
	// 1 recording from 2026-03-01T08:00:00Z with 5.2 and true
}

// A SenML pack of two sensors becomes recordings of two devices.
func ExampleReadSenML() {
	const pack = `[
		{"bn":"urn:epc:id:giai:0614141.","bt":1772352000,"n":"T1","u":"Cel","v":5.2},
		{"n":"H1","u":"%RH","v":41},
		{"n":"T1","t":60,"u":"Cel","v":5.4},
		{"n":"H1","t":60,"u":"%RH","v":41.5}
	]`
	read, err := readings.ReadSenML(strings.NewReader(pack), readings.SenML{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, run := range read.Runs {
		recordings, err := run.Seal(rand.Reader, deviceKey(), telemetry.Draft{Gateway: "/8004/0614141GATE1"})
		if err != nil {
			fmt.Println(err)
			return
		}
		h := recordings[0].Header()
		fmt.Println(h.Device, h.Measurement, h.Unit, h.Count, "readings, signed by", h.Signer())
	}
	// Output:
	// /8004/0614141T1 Temperature CEL 2 readings, signed by /8004/0614141GATE1
	// /8004/0614141H1 RelativeHumidity P1 2 readings, signed by /8004/0614141GATE1
}

// An EPCIS event says what a recording holds, and which recording proves it.
func ExampleSensorSummary() {
	sealed, err := run(3).Seal(rand.Reader, deviceKey(), telemetry.Draft{Place: "/414/0614141000012"})
	if err != nil {
		fmt.Println(err)
		return
	}
	recording := sealed[0]
	element, err := readings.SensorSummary(readings.Of(recording), recording.Root())
	if err != nil {
		fmt.Println(err)
		return
	}
	event := epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.Observe, BizStep: "sensor_reporting",
		EventTime: recording.Last().At(), EventTimeZoneOffset: "+00:00",
		ReadPoint: readings.ReadPoint(recording.Header()), SensorElementList: []epcis.SensorElement{element},
	}
	var document bytes.Buffer
	if err := epcis.WriteDocument(&document, &epcis.Document{SchemaVersion: "2.0", CreationDate: event.EventTime, Events: []epcis.Event{event}}); err != nil {
		fmt.Println(err)
		return
	}
	read, err := epcis.ReadDocument(&document, epcis.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	summary := read.Events[0].SensorElementList[0]
	root, err := readings.ParseRecordingURI(summary.Metadata.RawData)
	if err != nil {
		fmt.Println(err)
		return
	}
	report := summary.Reports[0]
	fmt.Fprintln(os.Stdout, report.Type, report.MinValue, "to", report.MaxValue, report.UOM, "mean", report.MeanValue, root == recording.Root())
	// Output:
	// Temperature 5 to 5.2 CEL mean 5.1 true
}
