package epcis

import "strings"

// Extensions inside readPoint, bizLocation and the parts of sensor elements stand
// behind ilmd, after the names of the fields they are in (CBV 2.0 event hash).
//
// The reference knows them by a namespace that ends in a slash. What it does not
// know so (other namespaces, names without one) it leaves to the end, among the
// event's own extensions, under the fields' names in full, sensorElementList
// included; and with it bizRules of a sensor report, which the order of fields does
// not name, unless sensor elements have extensions of the first kind. Published
// hashes depend on all of this.

// slashed reports whether a name's namespace ends in a slash.
func (h *hasher) slashed(name string) bool {
	prefix, _, ok := splitName(name)
	if !ok {
		return false
	}
	ns, ok := h.names.namespace(prefix)
	return ok && strings.HasSuffix(ns, "/")
}

func (h *hasher) unslashed(name string) bool { return !h.slashed(name) }

// innerExtensions writes the extensions of the first kind, field by field.
func (h *hasher) innerExtensions(e *Event) {
	h.place1("readPoint", e.ReadPoint, h.slashed)
	h.place1("bizLocation", e.BizLocation, h.slashed)
	if !h.anySensor(e.SensorElementList, h.slashed) {
		return
	}
	list := e.SensorElementList
	for _, i := range h.order(len(list), func(i int) { h.elementKey(&list[i]) }) {
		s := &list[i]
		h.parent("sensorElement", func() {
			if s.Metadata != nil {
				h.some("sensorMetadata", s.Metadata.Extensions, h.slashed)
			}
			for _, j := range h.order(len(s.Reports), func(j int) { h.reportKey(&s.Reports[j]) }) {
				h.some("sensorReport", s.Reports[j].Extensions, h.slashed)
			}
			h.some("", s.Extensions, h.slashed)
		})
	}
}

// some writes a name and those extensions that are wanted, or nothing.
func (h *hasher) some(name string, list []Member, want func(string) bool) {
	if len(list) > 0 {
		h.parent(name, func() {
			h.group(func() { h.members(list, want) })
		})
	}
}

func (h *hasher) place1(name string, p *Place, want func(string) bool) {
	if p != nil {
		h.some(name, p.Extensions, want)
	}
}

// rest writes what innerExtensions leaves, as siblings of the event's extensions.
func (h *hasher) rest(e *Event) {
	h.item()
	h.place1("readPoint", e.ReadPoint, h.unslashed)
	h.item()
	h.place1("bizLocation", e.BizLocation, h.unslashed)
	rules := !h.anySensor(e.SensorElementList, h.slashed)
	if !rules && !h.anySensor(e.SensorElementList, h.unslashed) {
		return
	}
	h.item()
	h.list("sensorElementList", len(e.SensorElementList), func(i int) {
		s := &e.SensorElementList[i]
		h.parent("sensorElement", func() {
			h.group(func() { h.sensorRest(s, rules) })
		})
	})
}

func (h *hasher) sensorRest(s *SensorElement, rules bool) {
	if s.Metadata != nil {
		h.item()
		h.some("sensorMetadata", s.Metadata.Extensions, h.unslashed)
	}
	for i := range s.Reports {
		r := &s.Reports[i]
		h.item()
		h.parent("sensorReport", func() {
			h.group(func() {
				if rules {
					h.item()
					h.leaf("bizRules", r.BizRules)
				}
				h.members(r.Extensions, h.unslashed)
			})
		})
	}
	h.members(s.Extensions, h.unslashed)
}

// anySensor reports whether sensor elements have extensions that are wanted.
func (h *hasher) anySensor(list []SensorElement, want func(string) bool) bool {
	some := func(list []Member) bool {
		for i := range list {
			m := &list[i]
			empty := m.Value.Kind == Array && len(m.Value.Items) == 0 // which says nothing
			if !empty && !comment(m.Name) && want(m.Name) {
				return true
			}
		}
		return false
	}
	for i := range list {
		s := &list[i]
		if some(s.Extensions) || s.Metadata != nil && some(s.Metadata.Extensions) {
			return true
		}
		for j := range s.Reports {
			if some(s.Reports[j].Extensions) {
				return true
			}
		}
	}
	return false
}
