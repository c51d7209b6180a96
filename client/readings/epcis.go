package readings

import (
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// reportKey tells the runs of an event apart: what differs in one of these is
// not measured of the same thing.
type reportKey struct {
	device, measurement, unit, component, system string
	extensions                                   string
}

// FromEvent reads the sensor reports of an EPCIS event (EPCIS 2.0, section
// 7.3.7). Each report with a value of a CBV measurement type is a reading, and
// those of one device, type, unit and component are a run; so are those that
// agree in their coordinate reference system and extensions. The device is the
// report's or the element's, in canonical Digital Link form without the domain
// if it is a GS1 key; the time is the report's, the element's or the event's. A
// boolean value of type Dimensionless is 0 or 1 in C62.
//
// Statistics, texts, values of a period, of a substance or microorganism, and of
// types that are not the CBV's are no readings: they are counted and named.
//
// Every error is an [*InputError], which names the reports that are wrong and
// matches [telemetry.ErrFormat] or [telemetry.ErrLimit].
func FromEvent(event *epcis.Event) (*Pack, error) {
	p := eventReader{event: event, byKey: map[reportKey]*series{}}
	for i := range event.SensorElementList {
		element := &event.SensorElementList[i]
		for j := range element.Reports {
			p.places = append(p.places, fmt.Sprintf("sensorElementList/%d/sensorReport/%d", i, j))
			p.report(element, &element.Reports[j])
		}
	}
	for _, s := range p.order {
		p.pack.Runs = append(p.pack.Runs, s.finish(&p.pack.Counts, &p.faults))
	}
	if err := p.faults.orNil(); err != nil {
		return nil, err
	}
	return &p.pack, nil
}

type eventReader struct {
	event  *epcis.Event
	pack   Pack
	faults InputError
	places []string // of the reports, in order
	byKey  map[reportKey]*series
	order  []*series
}

func (p *eventReader) placeName(place int) string { return p.places[place] }

// report takes one report.
func (p *eventReader) report(element *epcis.SensorElement, r *epcis.SensorReport) {
	place := len(p.places) - 1
	metadata := element.Metadata
	if metadata == nil {
		metadata = &epcis.SensorMetadata{}
	}
	value, why := reportValue(metadata, r)
	if why != "" {
		p.pack.skip(p.places[place] + ": " + why)
		return
	}
	number, scale, err := telemetry.ParseDecimal(string(value))
	at := p.event.EventTime
	switch {
	case r.Time != nil:
		at = *r.Time
	case metadata.Time != nil:
		at = *metadata.Time
	}
	ms, timeErr := inTime(at.UnixMilli())
	if err == nil {
		err = timeErr
	}
	if err != nil {
		p.faults.add(p.places[place], place, err)
		return
	}
	key := reportKey{
		device: r.DeviceID, measurement: r.Type, unit: r.UOM, component: r.Component,
		system: r.CoordinateReferenceSystem, extensions: fmt.Sprint(r.Extensions),
	}
	if key.device == "" {
		key.device = metadata.DeviceID
	}
	if r.BooleanValue != nil {
		key.unit = "C62"
	}
	s, ok := p.byKey[key]
	if !ok {
		s = &series{name: p.placeName, run: Run{
			Device: deviceOf(key.device), Measurement: key.measurement, Unit: key.unit, Component: key.component,
		}}
		p.byKey[key] = s
		p.order = append(p.order, s)
	}
	s.points = append(s.points, point{at: ms, value: number, scale: scale, place: place})
}

// reportValue returns a report's value, or why it is no reading.
func reportValue(metadata *epcis.SensorMetadata, r *epcis.SensorReport) (value epcis.Number, why string) {
	value = r.Value
	if r.BooleanValue != nil && value == "" && r.Type == "Dimensionless" {
		value = "0"
		if *r.BooleanValue {
			value = "1"
		}
	}
	switch {
	case r.Microorganism != "" || r.ChemicalSubstance != "":
		return "", "of a substance or microorganism"
	case r.Type == "" || strings.Contains(r.Type, ":"):
		return "", "not of a measurement type of the CBV"
	case strings.Contains(r.Component, ":"):
		return "", "not of a component of the CBV"
	case value == "":
		return "", "no single number"
	case r.Time == nil && metadata.Time == nil && (metadata.StartTime != nil || metadata.EndTime != nil):
		return "", "for a period, not a moment"
	}
	return value, ""
}

// Names of recordings (RFC 6920), as GS1 names events by their hash.
const (
	recordingURI     = "ni:///sha-256;"
	recordingVersion = "?ver=countersign-recording-1"
)

// RecordingURI names a recording by its root, for the rawData of a sensor
// element: ni:///sha-256;<root>?ver=countersign-recording-1.
func RecordingURI(root telemetry.Hash) string { return recordingURI + root.String() + recordingVersion }

// ParseRecordingURI reads what [RecordingURI] wrote. It fails with
// [telemetry.ErrFormat].
func ParseRecordingURI(uri string) (telemetry.Hash, error) {
	var root telemetry.Hash
	text, ok := strings.CutPrefix(uri, recordingURI)
	if text, ok = cutSuffix(text, recordingVersion, ok); !ok || text == "" {
		return root, formatError("%q names no recording", clip(uri))
	}
	err := root.UnmarshalText([]byte(text))
	return root, err
}

func cutSuffix(text, suffix string, ok bool) (string, bool) {
	text, found := strings.CutSuffix(text, suffix)
	return text, ok && found
}

// ReadPoint returns where a recording was made, as an EPCIS event says it: a
// GLN, or a geo URI (RFC 5870); nil if the recording does not say.
func ReadPoint(h telemetry.Header) *epcis.Place {
	switch {
	case h.Place != "":
		return &epcis.Place{ID: gs1.Authority + h.Place}
	case h.Position != nil:
		return &epcis.Place{ID: "geo:" + telemetry.FormatDecimal(h.Position.Latitude, -7) + "," + telemetry.FormatDecimal(h.Position.Longitude, -7)}
	}
	return nil
}
