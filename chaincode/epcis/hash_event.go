package epcis

// event writes the event in the order of the standard: its own fields, ilmd, the
// extensions inside its fields, its own extensions.
func (h *hasher) event(e *Event) {
	h.b = append(h.b, "eventType="...)
	h.name(string(e.Type))
	if !e.EventTime.IsZero() {
		h.b = appendHashTime(append(h.b, "eventTime="...), e.EventTime)
	}
	h.text("eventTimeZoneOffset", e.EventTimeZoneOffset)
	h.objects(e)
	h.text("action", string(e.Action))
	h.leaf("transformationID", e.TransformationID)
	h.leaf("bizStep", word(vocabBizStep, e.BizStep))
	h.leaf("disposition", word(vocabDisposition, e.Disposition))
	h.persistent(e.PersistentDisposition)
	h.place("readPoint", e.ReadPoint)
	h.place("bizLocation", e.BizLocation)
	h.bizTransactions(e.BizTransactionList)
	h.parties("sourceList", "source", e.SourceList)
	h.parties("destinationList", "destination", e.DestinationList)
	h.sensors(e.SensorElementList)
	if e.ILMD != nil {
		h.b = append(h.b, "ilmd"...)
		h.extensions(e.ILMD)
	}
	h.innerExtensions(e)
	h.group(func() {
		h.rest(e)
		h.members(e.Extensions, nil)
	})
}

// word returns the web URI of a standard word, however it is spelled.
func word(v *vocabulary, s string) string { return v.web(v.normal(s)) }

func (h *hasher) objects(e *Event) {
	h.epcs("epcList", e.EPCList)
	h.leaf("parentID", e.ParentID)
	h.epcs("inputEPCList", e.InputEPCList)
	h.epcs("childEPCs", e.ChildEPCs)
	h.quantities("quantityList", e.QuantityList)
	h.quantities("childQuantityList", e.ChildQuantityList)
	h.quantities("inputQuantityList", e.InputQuantityList)
	h.epcs("outputEPCList", e.OutputEPCList)
	h.quantities("outputQuantityList", e.OutputQuantityList)
}

// list writes a name and the n items below it, in byte order.
func (h *hasher) list(name string, n int, write func(i int)) {
	if n == 0 {
		return
	}
	h.parent(name, func() {
		h.group(func() {
			for i := range n {
				h.item()
				write(i)
			}
		})
	})
}

func (h *hasher) epcs(name string, list []string) {
	h.list(name, len(list), func(i int) { h.leaf("epc", list[i]) })
}

func (h *hasher) quantities(name string, list []Quantity) {
	h.list(name, len(list), func(i int) {
		h.parent("quantityElement", func() {
			h.leaf("epcClass", list[i].EPCClass)
			h.leaf("quantity", string(list[i].Amount))
			h.leaf("uom", list[i].UOM)
		})
	})
}

func (h *hasher) persistent(p *PersistentDisposition) {
	if p == nil {
		return
	}
	h.parent("persistentDisposition", func() {
		h.list("", len(p.Set), func(i int) { h.leaf("set", word(vocabDisposition, p.Set[i])) })
		h.list("", len(p.Unset), func(i int) { h.leaf("unset", word(vocabDisposition, p.Unset[i])) })
	})
}

func (h *hasher) place(name string, p *Place) {
	if p != nil {
		h.parent(name, func() { h.leaf("id", p.ID) })
	}
}

func (h *hasher) bizTransactions(list []BizTransaction) {
	h.list("bizTransactionList", len(list), func(i int) {
		h.leaf("type", word(vocabBizTransaction, list[i].Type))
		h.leaf("bizTransaction", list[i].ID)
	})
}

func (h *hasher) parties(name, value string, list []Party) {
	h.list(name, len(list), func(i int) {
		h.leaf("type", word(vocabParty, list[i].Type))
		h.leaf(value, list[i].ID)
	})
}
