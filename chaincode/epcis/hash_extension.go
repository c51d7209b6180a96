package epcis

// name writes a name: {namespace}local for a CURIE whose prefix is declared, else
// as it is.
func (h *hasher) name(s string) {
	if prefix, local, ok := splitName(s); ok {
		if ns, ok := h.names.namespace(prefix); ok {
			h.b = append(append(append(h.b, '{'), ns...), '}')
			s = local
		}
	}
	h.b = append(h.b, s...)
}

// comments are left out wherever they stand.
func comment(name string) bool { return name == "rdfs:comment" || name == "comment" }

// textMember is the text of an XML element that has attributes, in JSON.
const textMember = "#text"

// extensions writes extensions in byte order.
func (h *hasher) extensions(list []Member) {
	if len(list) > 0 {
		h.group(func() { h.members(list, nil) })
	}
}

// members writes those extensions that are wanted, or all, as siblings of a group.
func (h *hasher) members(list []Member, want func(name string) bool) {
	for i := range list {
		m := &list[i]
		if !comment(m.Name) && m.Name != textMember && (want == nil || want(m.Name)) {
			h.extension(m.Name, &m.Value)
		}
	}
}

// extension writes one member; each item of an array stands for itself under the
// member's name.
func (h *hasher) extension(name string, v *Value) {
	if v.Kind != Array {
		h.item()
		h.name(name)
		h.content(v)
		return
	}
	for i := range v.Items {
		item := &v.Items[i]
		h.item()
		h.name(name)
		if item.Kind == Array {
			h.group(func() { h.extension("", item) })
			continue
		}
		h.content(item)
	}
}

// content writes what follows a name. An empty value leaves the name alone.
func (h *hasher) content(v *Value) {
	if v.Kind != Object {
		start := len(h.b)
		if !h.value(v.Text) {
			h.b = h.b[:start]
		}
		return
	}
	if text, ok := Extensions(v.Members).Lookup(textMember); ok {
		h.content(&text)
	}
	h.extensions(v.Members)
}
