package epcis

import (
	"bytes"
	"slices"
	"time"
)

// The extensions inside sensor elements follow after the elements themselves, and
// the standard does not say in which order those of several elements or reports
// stand. The reference takes the order in which it has sorted its tree: by the
// names and values of the children. The keys below sort the same way, but over
// canonical values, so that the order does not depend on spelling.

// order returns the indexes 0 to n-1 in the order of the keys that write makes.
func (h *hasher) order(n int, write func(i int)) []int {
	indexes := make([]int, n)
	for i := range indexes {
		indexes[i] = i
	}
	if n < 2 {
		return indexes
	}
	keys := make([][]byte, n)
	start := len(h.b)
	for i := range keys {
		write(i)
		keys[i] = bytes.Clone(h.b[start:])
		h.b = h.b[:start]
	}
	slices.SortStableFunc(indexes, func(i, j int) int { return bytes.Compare(keys[i], keys[j]) })
	return indexes
}

// Marks of a key: the end of a text sorts before every character, the end of a
// list before a further item.
const (
	keyTextEnd  = 0
	keyListEnd  = 1
	keyNextItem = 2
)

// node writes the key of a named value with children.
func (h *hasher) node(name func(), value string, children func()) {
	h.item()
	h.b = append(h.b, keyNextItem)
	name()
	h.b = append(h.b, keyTextEnd)
	h.value(value)
	h.b = append(h.b, keyTextEnd)
	if children != nil {
		h.group(children)
	}
	h.b = append(h.b, keyListEnd)
}

func (h *hasher) leafKey(name, value string) {
	if value != "" {
		h.node(func() { h.b = append(h.b, name...) }, value, nil)
	}
}

func (h *hasher) timeKey(name string, t *time.Time) {
	if t != nil {
		h.leafKey(name, string(appendHashTime(nil, *t)))
	}
}

func (h *hasher) extensionKeys(list []Member) {
	for i := range list {
		if m := &list[i]; !comment(m.Name) && m.Name != textMember {
			h.extensionKey(m.Name, &m.Value)
		}
	}
}

func (h *hasher) extensionKey(name string, v *Value) {
	if v.Kind == Array {
		for i := range v.Items {
			h.extensionKey(name, &v.Items[i])
		}
		return
	}
	h.node(func() { h.name(name) }, v.Text, func() { h.extensionKeys(v.Members) })
}

// elementKey writes the key of a sensor element.
func (h *hasher) elementKey(s *SensorElement) {
	h.group(func() {
		if m := s.Metadata; m != nil {
			h.node(func() { h.b = append(h.b, "sensorMetadata"...) }, "", func() { h.metadataKeys(m) })
		}
		for i := range s.Reports {
			h.node(func() { h.b = append(h.b, "sensorReport"...) }, "", func() { h.reportKeys(&s.Reports[i]) })
		}
		h.extensionKeys(s.Extensions)
	})
}

// reportKey writes the key of a sensor report.
func (h *hasher) reportKey(r *SensorReport) {
	h.group(func() { h.reportKeys(r) })
	h.b = append(h.b, keyListEnd)
}

func (h *hasher) metadataKeys(m *SensorMetadata) {
	h.timeKey("time", m.Time)
	h.timeKey("startTime", m.StartTime)
	h.timeKey("endTime", m.EndTime)
	h.leafKey("deviceID", m.DeviceID)
	h.leafKey("deviceMetadata", m.DeviceMetadata)
	h.leafKey("rawData", m.RawData)
	h.leafKey("dataProcessingMethod", m.DataProcessingMethod)
	h.leafKey("bizRules", m.BizRules)
	h.extensionKeys(m.Extensions)
}

func (h *hasher) reportKeys(r *SensorReport) {
	for _, f := range [...]struct{ name, value string }{
		{"type", word(vocabMeasurement, r.Type)},
		{"exception", word(vocabException, r.Exception)},
		{"deviceID", r.DeviceID},
		{"deviceMetadata", r.DeviceMetadata},
		{"rawData", r.RawData},
		{"dataProcessingMethod", r.DataProcessingMethod},
		{"bizRules", r.BizRules},
		{"microorganism", r.Microorganism},
		{"chemicalSubstance", r.ChemicalSubstance},
		{"coordinateReferenceSystem", r.CoordinateReferenceSystem},
		{"component", word(vocabComponent, r.Component)},
		{"value", string(r.Value)},
		{"minValue", string(r.MinValue)},
		{"maxValue", string(r.MaxValue)},
		{"meanValue", string(r.MeanValue)},
		{"sDev", string(r.SDev)},
		{"percRank", string(r.PercRank)},
		{"percValue", string(r.PercValue)},
		{"hexBinaryValue", r.HexBinaryValue},
		{"uriValue", r.URIValue},
		{"uom", r.UOM},
	} {
		h.leafKey(f.name, f.value)
	}
	h.timeKey("time", r.Time)
	if r.StringValue != nil {
		h.leafKey("stringValue", *r.StringValue)
	}
	if r.BooleanValue != nil {
		h.leafKey("booleanValue", map[bool]string{true: "true", false: "false"}[*r.BooleanValue])
	}
	h.extensionKeys(r.Extensions)
}
