package epcis

import "time"

// sensors writes the sensor elements. CBV 2.0 does not write the list's name.
func (h *hasher) sensors(list []SensorElement) {
	h.list("", len(list), func(i int) {
		s := &list[i]
		h.parent("sensorElement", func() {
			if s.Metadata != nil {
				h.parent("sensorMetadata", func() { h.metadata(s.Metadata) })
			}
			h.list("", len(s.Reports), func(j int) {
				h.parent("sensorReport", func() { h.report(&s.Reports[j]) })
			})
		})
	})
}

func (h *hasher) time(name string, t *time.Time) {
	if t != nil {
		h.b = appendHashTime(append(append(h.b, name...), '='), *t)
	}
}

func (h *hasher) metadata(m *SensorMetadata) {
	h.time("time", m.Time)
	h.time("startTime", m.StartTime)
	h.time("endTime", m.EndTime)
	h.leaf("deviceID", m.DeviceID)
	h.leaf("deviceMetadata", m.DeviceMetadata)
	h.leaf("rawData", m.RawData)
	h.leaf("dataProcessingMethod", m.DataProcessingMethod)
	h.leaf("bizRules", m.BizRules)
}

func (h *hasher) report(r *SensorReport) {
	h.leaf("type", word(vocabMeasurement, r.Type))
	h.leaf("exception", word(vocabException, r.Exception))
	h.leaf("deviceID", r.DeviceID)
	h.leaf("deviceMetadata", r.DeviceMetadata)
	h.leaf("rawData", r.RawData)
	h.leaf("dataProcessingMethod", r.DataProcessingMethod)
	h.time("time", r.Time)
	h.leaf("microorganism", r.Microorganism)
	h.leaf("chemicalSubstance", r.ChemicalSubstance)
	h.leaf("value", string(r.Value))
	h.leaf("component", word(vocabComponent, r.Component))
	if r.StringValue != nil {
		h.leaf("stringValue", *r.StringValue)
	}
	h.boolean("booleanValue", r.BooleanValue)
	h.leaf("hexBinaryValue", r.HexBinaryValue)
	h.leaf("uriValue", r.URIValue)
	h.leaf("minValue", string(r.MinValue))
	h.leaf("maxValue", string(r.MaxValue))
	h.leaf("meanValue", string(r.MeanValue))
	h.leaf("sDev", string(r.SDev))
	h.leaf("percRank", string(r.PercRank))
	h.leaf("percValue", string(r.PercValue))
	h.leaf("uom", r.UOM)
	h.leaf("coordinateReferenceSystem", r.CoordinateReferenceSystem)
}

func (h *hasher) boolean(name string, b *bool) {
	switch {
	case b == nil:
	case *b:
		h.text(name, "true")
	default:
		h.text(name, "false")
	}
}
