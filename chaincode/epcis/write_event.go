package epcis

// event writes an event with the context given, or none.
func (w *encoder) event(e *Event, ctx *Context) {
	w.open('{')
	if ctx != nil {
		w.context(ctx)
	}
	w.optional("type", string(e.Type))
	if !e.EventTime.IsZero() {
		w.time("eventTime", e.EventTime)
	}
	w.optionalTime("recordTime", e.RecordTime)
	w.optional("eventTimeZoneOffset", e.EventTimeZoneOffset)
	w.optional("eventID", e.EventID)
	if len(e.CertificationInfo) == 1 {
		w.optional("certificationInfo", e.CertificationInfo[0])
	} else {
		w.strings("certificationInfo", e.CertificationInfo)
	}
	if e.ErrorDeclaration != nil {
		w.key("errorDeclaration")
		w.errorDeclaration(e.ErrorDeclaration)
	}
	w.what(e)
	w.optional("action", string(e.Action))
	w.term("bizStep", vocabBizStep, e.BizStep)
	w.term("disposition", vocabDisposition, e.Disposition)
	w.persistent(e.PersistentDisposition)
	w.place("readPoint", e.ReadPoint)
	w.place("bizLocation", e.BizLocation)
	w.bizTransactions(e.BizTransactionList)
	w.parties("sourceList", "source", e.SourceList)
	w.parties("destinationList", "destination", e.DestinationList)
	w.sensors(e.SensorElementList)
	if e.ILMD != nil {
		w.key("ilmd")
		w.open('{')
		w.members(e.ILMD)
		w.close('}')
	}
	w.members(e.Extensions)
	w.close('}')
}

// what writes the lists of objects.
func (w *encoder) what(e *Event) {
	w.strings("epcList", e.EPCList)
	w.quantities("quantityList", e.QuantityList)
	w.optional("parentID", e.ParentID)
	w.strings("childEPCs", e.ChildEPCs)
	w.quantities("childQuantityList", e.ChildQuantityList)
	w.strings("inputEPCList", e.InputEPCList)
	w.quantities("inputQuantityList", e.InputQuantityList)
	w.strings("outputEPCList", e.OutputEPCList)
	w.quantities("outputQuantityList", e.OutputQuantityList)
	w.optional("transformationID", e.TransformationID)
}

func (w *encoder) errorDeclaration(d *ErrorDeclaration) {
	w.open('{')
	w.time("declarationTime", d.DeclarationTime)
	w.term("reason", vocabReason, d.Reason)
	w.strings("correctiveEventIDs", d.CorrectiveEventIDs)
	w.members(d.Extensions)
	w.close('}')
}

func (w *encoder) quantities(name string, list []Quantity) {
	if list == nil {
		return
	}
	w.key(name)
	w.open('[')
	for i := range list {
		w.open('{')
		w.optional("epcClass", list[i].EPCClass)
		w.number("quantity", list[i].Amount)
		w.optional("uom", list[i].UOM)
		w.close('}')
	}
	w.close(']')
}

func (w *encoder) persistent(p *PersistentDisposition) {
	if p == nil {
		return
	}
	w.key("persistentDisposition")
	w.open('{')
	w.dispositions("set", p.Set)
	w.dispositions("unset", p.Unset)
	w.close('}')
}

func (w *encoder) dispositions(name string, list []string) {
	if list == nil {
		return
	}
	w.key(name)
	w.open('[')
	for _, s := range list {
		w.string(vocabDisposition.normal(s))
	}
	w.close(']')
}

func (w *encoder) place(name string, p *Place) {
	if p == nil {
		return
	}
	w.key(name)
	w.open('{')
	w.optional("id", p.ID)
	w.members(p.Extensions)
	w.close('}')
}

func (w *encoder) bizTransactions(list []BizTransaction) {
	if list == nil {
		return
	}
	w.key("bizTransactionList")
	w.open('[')
	for i := range list {
		w.open('{')
		w.term("type", vocabBizTransaction, list[i].Type)
		w.optional("bizTransaction", list[i].ID)
		w.close('}')
	}
	w.close(']')
}

func (w *encoder) parties(name, value string, list []Party) {
	if list == nil {
		return
	}
	w.key(name)
	w.open('[')
	for i := range list {
		w.open('{')
		w.term("type", vocabParty, list[i].Type)
		w.optional(value, list[i].ID)
		w.close('}')
	}
	w.close(']')
}

func (w *encoder) sensors(list []SensorElement) {
	if list == nil {
		return
	}
	w.key("sensorElementList")
	w.open('[')
	for i := range list {
		w.sensor(&list[i])
	}
	w.close(']')
}

func (w *encoder) sensor(s *SensorElement) {
	w.open('{')
	if m := s.Metadata; m != nil {
		w.key("sensorMetadata")
		w.open('{')
		w.optionalTime("time", m.Time)
		w.optionalTime("startTime", m.StartTime)
		w.optionalTime("endTime", m.EndTime)
		w.optional("deviceID", m.DeviceID)
		w.optional("deviceMetadata", m.DeviceMetadata)
		w.optional("rawData", m.RawData)
		w.optional("dataProcessingMethod", m.DataProcessingMethod)
		w.optional("bizRules", m.BizRules)
		w.members(m.Extensions)
		w.close('}')
	}
	w.key("sensorReport")
	w.open('[')
	for i := range s.Reports {
		w.sensorReport(&s.Reports[i])
	}
	w.close(']')
	w.members(s.Extensions)
	w.close('}')
}

func (w *encoder) sensorReport(r *SensorReport) {
	w.open('{')
	w.term("type", vocabMeasurement, r.Type)
	w.term("exception", vocabException, r.Exception)
	w.optional("deviceID", r.DeviceID)
	w.optional("deviceMetadata", r.DeviceMetadata)
	w.optional("rawData", r.RawData)
	w.optional("dataProcessingMethod", r.DataProcessingMethod)
	w.optional("bizRules", r.BizRules)
	w.optionalTime("time", r.Time)
	w.optional("microorganism", r.Microorganism)
	w.optional("chemicalSubstance", r.ChemicalSubstance)
	w.number("value", r.Value)
	w.term("component", vocabComponent, r.Component)
	if r.StringValue != nil {
		w.key("stringValue")
		w.string(*r.StringValue)
	}
	if r.BooleanValue != nil {
		w.key("booleanValue")
		if *r.BooleanValue {
			w.raw("true")
		} else {
			w.raw("false")
		}
	}
	w.optional("hexBinaryValue", r.HexBinaryValue)
	w.optional("uriValue", r.URIValue)
	w.number("minValue", r.MinValue)
	w.number("maxValue", r.MaxValue)
	w.number("meanValue", r.MeanValue)
	w.number("sDev", r.SDev)
	w.number("percRank", r.PercRank)
	w.number("percValue", r.PercValue)
	w.optional("uom", r.UOM)
	w.optional("coordinateReferenceSystem", r.CoordinateReferenceSystem)
	w.members(r.Extensions)
	w.close('}')
}
