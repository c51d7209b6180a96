package epcis

import "time"

func (d *decoder) sensors(e *Event) {
	list := []SensorElement{}
	d.array(clauseSensor, func() {
		var s SensorElement
		d.sensor(&s)
		list = append(list, s)
	})
	e.SensorElementList = list
}

func (d *decoder) sensor(s *SensorElement) {
	var seen fields
	ok := d.object(clauseSensor, func(name []byte) {
		switch string(name) {
		case "sensorMetadata":
			d.field("sensorMetadata", &seen, 1, func() { s.Metadata = d.sensorMetadata() })
		case "sensorReport":
			d.field("sensorReport", &seen, 2, func() { d.sensorReports(s) })
		default:
			d.extension(&s.Extensions, name, clauseSensor)
		}
	})
	if ok && seen&2 == 0 {
		d.bad(clauseSensor, "sensorReport is missing")
	}
}

func (d *decoder) sensorReports(s *SensorElement) {
	ok := d.array(clauseReport, func() {
		var r SensorReport
		d.sensorReport(&r)
		s.Reports = append(s.Reports, r)
	})
	if ok && len(s.Reports) == 0 {
		d.bad(clauseSensor, "sensorReport needs at least one report")
	}
}

// sensorField reads one field of a sensor report or of the metadata.
type sensorField[T any] struct {
	name string
	bit  fields
	read func(*decoder, *T)
}

func sensorFields[T any](list ...sensorField[T]) map[string]sensorField[T] {
	m := make(map[string]sensorField[T], len(list))
	for i, f := range list {
		f.bit = 1 << i
		m[f.name] = f
	}
	return m
}

func uriField[T any](name string, at func(*T) *string) sensorField[T] {
	return sensorField[T]{name: name, read: func(d *decoder, x *T) { d.uri(at(x)) }}
}

func timeField[T any](name string, at func(*T) **time.Time) sensorField[T] {
	return sensorField[T]{name: name, read: func(d *decoder, x *T) { d.timePointer(at(x)) }}
}

func numberField(name string, at func(*SensorReport) *Number) sensorField[SensorReport] {
	return sensorField[SensorReport]{name: name, read: func(d *decoder, x *SensorReport) {
		d.decimal(at(x), clauseReport)
	}}
}

func termField(name string, v *vocabulary, at func(*SensorReport) *string) sensorField[SensorReport] {
	return sensorField[SensorReport]{name: name, read: func(d *decoder, x *SensorReport) { d.term(v, at(x)) }}
}

var metadataFields = sensorFields(
	timeField("time", func(m *SensorMetadata) **time.Time { return &m.Time }),
	timeField("startTime", func(m *SensorMetadata) **time.Time { return &m.StartTime }),
	timeField("endTime", func(m *SensorMetadata) **time.Time { return &m.EndTime }),
	uriField("deviceID", func(m *SensorMetadata) *string { return &m.DeviceID }),
	uriField("deviceMetadata", func(m *SensorMetadata) *string { return &m.DeviceMetadata }),
	uriField("rawData", func(m *SensorMetadata) *string { return &m.RawData }),
	uriField("dataProcessingMethod", func(m *SensorMetadata) *string { return &m.DataProcessingMethod }),
	uriField("bizRules", func(m *SensorMetadata) *string { return &m.BizRules }),
)

func (d *decoder) sensorMetadata() *SensorMetadata {
	var seen fields
	var m SensorMetadata
	ok := d.object(clauseMetadata, func(name []byte) {
		f, ok := metadataFields[string(name)]
		if !ok {
			d.extension(&m.Extensions, name, clauseMetadata)
			return
		}
		d.push(f.name)
		if d.once(&seen, f.bit) {
			f.read(d, &m)
		}
		d.pop()
	})
	if !ok {
		return nil
	}
	return &m
}

var reportFields = sensorFields(
	termField("type", vocabMeasurement, func(r *SensorReport) *string { return &r.Type }),
	termField("exception", vocabException, func(r *SensorReport) *string { return &r.Exception }),
	uriField("deviceID", func(r *SensorReport) *string { return &r.DeviceID }),
	uriField("deviceMetadata", func(r *SensorReport) *string { return &r.DeviceMetadata }),
	uriField("rawData", func(r *SensorReport) *string { return &r.RawData }),
	uriField("dataProcessingMethod", func(r *SensorReport) *string { return &r.DataProcessingMethod }),
	uriField("bizRules", func(r *SensorReport) *string { return &r.BizRules }),
	timeField("time", func(r *SensorReport) **time.Time { return &r.Time }),
	uriField("microorganism", func(r *SensorReport) *string { return &r.Microorganism }),
	uriField("chemicalSubstance", func(r *SensorReport) *string { return &r.ChemicalSubstance }),
	uriField("coordinateReferenceSystem", func(r *SensorReport) *string { return &r.CoordinateReferenceSystem }),
	termField("component", vocabComponent, func(r *SensorReport) *string { return &r.Component }),
	numberField("value", func(r *SensorReport) *Number { return &r.Value }),
	numberField("minValue", func(r *SensorReport) *Number { return &r.MinValue }),
	numberField("maxValue", func(r *SensorReport) *Number { return &r.MaxValue }),
	numberField("meanValue", func(r *SensorReport) *Number { return &r.MeanValue }),
	numberField("sDev", func(r *SensorReport) *Number { return &r.SDev }),
	numberField("percRank", func(r *SensorReport) *Number { return &r.PercRank }),
	numberField("percValue", func(r *SensorReport) *Number { return &r.PercValue }),
	sensorField[SensorReport]{name: "stringValue", read: (*decoder).stringValue},
	sensorField[SensorReport]{name: "booleanValue", read: (*decoder).booleanValue},
	sensorField[SensorReport]{name: "hexBinaryValue", read: (*decoder).hexBinaryValue},
	uriField("uriValue", func(r *SensorReport) *string { return &r.URIValue }),
	sensorField[SensorReport]{name: "uom", read: (*decoder).reportUOM},
)

const seenReportType = fields(1)

func (d *decoder) sensorReport(r *SensorReport) {
	var seen fields
	ok := d.object(clauseReport, func(name []byte) {
		f, ok := reportFields[string(name)]
		if !ok {
			d.extension(&r.Extensions, name, clauseReport)
			return
		}
		d.push(f.name)
		if d.once(&seen, f.bit) {
			f.read(d, r)
		}
		d.pop()
	})
	if ok && seen&seenReportType == 0 && !r.exceptionOnly() {
		d.bad(clauseReport, typeMissing)
	}
}

const typeMissing = "type is missing, which only an exception without a measured value can do without"

// exceptionOnly reports whether the report says that something is exceptional and has
// no measured value. The XML schema makes the type optional, the JSON schema does not,
// and published data in either form leaves it out where nothing is measured.
func (r *SensorReport) exceptionOnly() bool {
	measured := r.Value + r.MinValue + r.MaxValue + r.MeanValue + r.SDev + r.PercRank + r.PercValue
	return r.Exception != "" && measured == "" && r.UOM == "" && r.Component == ""
}

func (d *decoder) stringValue(r *SensorReport) {
	if b, ok := d.text(clauseReport); ok {
		s := string(b)
		r.StringValue = &s
	}
}

func (d *decoder) booleanValue(r *SensorReport) { d.boolean(&r.BooleanValue, clauseReport) }

func (d *decoder) hexBinaryValue(r *SensorReport) {
	b, ok := d.text(clauseReport)
	if !ok {
		return
	}
	if !hexOnly(b) {
		d.bad(clauseReport, quote(b)+" is not hexadecimal digits")
		return
	}
	r.HexBinaryValue = string(b)
}

func hexOnly[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

func (d *decoder) reportUOM(r *SensorReport) {
	b, ok := d.text(clauseReport)
	if !ok {
		return
	}
	if !validUOM(b) {
		d.bad(clauseReport, quote(b)+" is not a unit code of two or three capital letters or digits")
		return
	}
	r.UOM = string(b)
}
