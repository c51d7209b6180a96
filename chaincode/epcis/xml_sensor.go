package epcis

import "encoding/xml"

func (x *xmlReader) sensors(n *node, e *Event) {
	list := []SensorElement{}
	x.items(n, "sensorElement", func(c *node) { list = append(list, x.sensor(c)) })
	x.atLeastOne(n, len(list))
	e.SensorElementList = list
}

func (x *xmlReader) sensor(n *node) SensorElement {
	var s SensorElement
	var extensions []*node
	x.noText(n)
	x.noAttributes(n)
	for _, c := range n.content() {
		switch {
		case c.is("sensorMetadata"):
			if s.Metadata != nil {
				x.bad(c.path(), clauseXMLName, "occurs twice")
			}
			s.Metadata = &SensorMetadata{}
			readAttributes(x, c, xmlMetadata, s.Metadata, &s.Metadata.Extensions)
		case c.is("sensorReport"):
			var r SensorReport
			readAttributes(x, c, xmlReport, &r, &r.Extensions)
			if _, ok := c.attr("type"); !ok && !r.exceptionOnly() {
				x.bad(c.path(), clauseReport, typeMissing)
			}
			s.Reports = append(s.Reports, r)
		case standard(c.name.Space):
			x.bad(c.path(), clauseSensor, "unknown field, and an extension needs a namespace")
		default:
			extensions = append(extensions, c)
		}
	}
	if len(s.Reports) == 0 {
		x.bad(n.path(), clauseSensor, "needs at least one sensorReport")
	}
	s.Extensions = x.extensions(extensions)
	return s
}

// xmlAttribute reads one attribute of sensor data.
type xmlAttribute[T any] func(x *xmlReader, dst *T, s string, path func() string)

// readAttributes reads the attributes of sensorMetadata or sensorReport. Those with a
// namespace are extensions, and so are child elements.
func readAttributes[T any](x *xmlReader, n *node, table map[string]xmlAttribute[T], dst *T, extensions *Extensions) {
	x.noText(n)
	var list []Member
	for _, a := range n.attrs {
		switch {
		case a.Name.Space == xsi:
		case a.Name.Space != "":
			list = append(list, Member{Name: x.curie(a.Name), Value: Text(a.Value)})
		default:
			if read, ok := table[a.Name.Local]; ok {
				read(x, dst, trimmed(a), at(n, a.Name.Local))
			} else {
				x.bad(n.path()+"/@"+a.Name.Local, clauseXMLName, "unknown attribute, and an extension needs a namespace")
			}
		}
	}
	for _, c := range n.content() {
		if standard(c.name.Space) {
			x.bad(c.path(), clauseXMLName, "unknown element, and an extension needs a namespace")
		}
	}
	*extensions = x.grouped(list, n.content())
}

func trimmed(a xml.Attr) string {
	s := a.Value
	for len(s) > 0 && isXMLSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isXMLSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func xmlURI[T any](at func(*T) *string) xmlAttribute[T] {
	return func(x *xmlReader, dst *T, s string, path func() string) { *at(dst) = x.uriText(s, path) }
}

func xmlWord(v *vocabulary, at func(*SensorReport) *string) xmlAttribute[SensorReport] {
	return func(x *xmlReader, dst *SensorReport, s string, path func() string) { *at(dst) = x.termText(s, v, path) }
}

func xmlNumber(at func(*SensorReport) *Number) xmlAttribute[SensorReport] {
	return func(x *xmlReader, dst *SensorReport, s string, path func() string) {
		*at(dst) = x.numberText(s, clauseReport, path)
	}
}

var xmlMetadata = map[string]xmlAttribute[SensorMetadata]{
	"time": func(x *xmlReader, m *SensorMetadata, s string, path func() string) {
		if t, ok := x.timeText(s, path); ok {
			m.Time = &t
		}
	},
	"startTime": func(x *xmlReader, m *SensorMetadata, s string, path func() string) {
		if t, ok := x.timeText(s, path); ok {
			m.StartTime = &t
		}
	},
	"endTime": func(x *xmlReader, m *SensorMetadata, s string, path func() string) {
		if t, ok := x.timeText(s, path); ok {
			m.EndTime = &t
		}
	},
	"deviceID":             xmlURI(func(m *SensorMetadata) *string { return &m.DeviceID }),
	"deviceMetadata":       xmlURI(func(m *SensorMetadata) *string { return &m.DeviceMetadata }),
	"rawData":              xmlURI(func(m *SensorMetadata) *string { return &m.RawData }),
	"dataProcessingMethod": xmlURI(func(m *SensorMetadata) *string { return &m.DataProcessingMethod }),
	"bizRules":             xmlURI(func(m *SensorMetadata) *string { return &m.BizRules }),
}

var xmlReport = map[string]xmlAttribute[SensorReport]{
	"type":                 xmlWord(vocabMeasurement, func(r *SensorReport) *string { return &r.Type }),
	"exception":            xmlWord(vocabException, func(r *SensorReport) *string { return &r.Exception }),
	"component":            xmlWord(vocabComponent, func(r *SensorReport) *string { return &r.Component }),
	"deviceID":             xmlURI(func(r *SensorReport) *string { return &r.DeviceID }),
	"deviceMetadata":       xmlURI(func(r *SensorReport) *string { return &r.DeviceMetadata }),
	"rawData":              xmlURI(func(r *SensorReport) *string { return &r.RawData }),
	"dataProcessingMethod": xmlURI(func(r *SensorReport) *string { return &r.DataProcessingMethod }),
	"bizRules":             xmlURI(func(r *SensorReport) *string { return &r.BizRules }),
	"microorganism":        xmlURI(func(r *SensorReport) *string { return &r.Microorganism }),
	"chemicalSubstance":    xmlURI(func(r *SensorReport) *string { return &r.ChemicalSubstance }),
	"coordinateReferenceSystem": xmlURI(func(r *SensorReport) *string {
		return &r.CoordinateReferenceSystem
	}),
	"uriValue":  xmlURI(func(r *SensorReport) *string { return &r.URIValue }),
	"value":     xmlNumber(func(r *SensorReport) *Number { return &r.Value }),
	"minValue":  xmlNumber(func(r *SensorReport) *Number { return &r.MinValue }),
	"maxValue":  xmlNumber(func(r *SensorReport) *Number { return &r.MaxValue }),
	"meanValue": xmlNumber(func(r *SensorReport) *Number { return &r.MeanValue }),
	"sDev":      xmlNumber(func(r *SensorReport) *Number { return &r.SDev }),
	"percRank":  xmlNumber(func(r *SensorReport) *Number { return &r.PercRank }),
	"percValue": xmlNumber(func(r *SensorReport) *Number { return &r.PercValue }),
	"time": func(x *xmlReader, r *SensorReport, s string, path func() string) {
		if t, ok := x.timeText(s, path); ok {
			r.Time = &t
		}
	},
	"stringValue": func(_ *xmlReader, r *SensorReport, s string, _ func() string) { r.StringValue = &s },
	"booleanValue": func(x *xmlReader, r *SensorReport, s string, path func() string) {
		b := s == "true" || s == "1"
		if !b && s != "false" && s != "0" {
			x.bad(path(), clauseReport, quote(s)+" is not true or false")
			return
		}
		r.BooleanValue = &b
	},
	"hexBinaryValue": func(x *xmlReader, r *SensorReport, s string, path func() string) {
		if !hexOnly(s) {
			x.bad(path(), clauseReport, quote(s)+" is not hexadecimal digits")
			return
		}
		r.HexBinaryValue = s
	},
	"uom": func(x *xmlReader, r *SensorReport, s string, path func() string) {
		if !validUOM(s) {
			x.bad(path(), clauseReport, quote(s)+" is not a unit code of two or three capital letters or digits")
			return
		}
		r.UOM = s
	},
}
