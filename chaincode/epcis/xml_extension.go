package epcis

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// xmlNames gives namespaces the prefixes that their names have in JSON.
type xmlNames struct {
	assigned map[string]string // namespace to prefix
	taken    map[string]bool   // prefixes in use
	next     map[string]int    // the number to try next for a prefix that is taken
	declare  []prefix          // in the order assigned, those of the standard left out
}

const cbvmda = "urn:epcglobal:cbv:mda"

// curie returns the JSON name of an element or attribute.
func (x *xmlReader) curie(name xml.Name) string {
	switch {
	case name.Space == "" || standard(name.Space):
		return name.Local
	case name.Local == "comment" && strings.HasPrefix(name.Space, "http://www.w3.org/2000/01/rdf-schema"):
		return "rdfs:comment"
	case name.Space == gs1Web || name.Space == "https://gs1.org/voc/":
		return "gs1:" + name.Local
	}
	p, ok := x.names.assigned[name.Space]
	if !ok {
		p = x.names.assign(name.Space, x.src.prefixes)
	}
	return p + ":" + name.Local
}

// assign picks the prefix that the document uses for a namespace, if it can be one in
// JSON and means nothing else, or makes one up.
func (m *xmlNames) assign(space string, declared []prefix) string {
	if m.assigned == nil {
		m.assigned, m.taken, m.next = map[string]string{}, map[string]bool{}, map[string]int{}
	}
	name := "ext"
	for _, p := range declared {
		if p.space == space {
			name = asPrefix(p.name)
			break
		}
	}
	base := name
	for !m.free(name, space) {
		m.next[base]++
		name = base + strconv.Itoa(m.next[base]+1)
	}
	m.assigned[space], m.taken[name] = name, true
	if ns, ok := wellKnown(name); !ok || ns != space {
		m.declare = append(m.declare, prefix{name, space})
	}
	return name
}

// free reports whether a prefix can stand for a namespace. Those of the standard
// context keep their meaning; cbvmda is known with and without a colon at the end.
func (m *xmlNames) free(name, space string) bool {
	if m.taken[name] {
		return false
	}
	switch name {
	case "rdfs":
		return space == "http://www.w3.org/2000/01/rdf-schema#"
	case "owl", "xsd", "dcterms", "urn", "http", "https", "ni":
		return false
	}
	ns, ok := wellKnown(name)
	return !ok || ns == space || ns == cbvmda && space == cbvmda+":"
}

// asPrefix makes an XML prefix one that can begin a URI: letters, digits, hyphens.
func asPrefix(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && c-'0' <= 9 {
			continue
		}
		out[i] = '-'
	}
	if len(out) == 0 || out[0] == '-' {
		out = append([]byte("x"), out...)
	}
	return string(out)
}

// context returns the @context entries of the document: the standard's, the prefixes
// given to namespaces, and others that were declared, since values may use them.
func (m *xmlNames) context(declared []prefix) []ContextEntry {
	entries := []ContextEntry{{URI: StandardContext}}
	var terms []Member
	have := map[string]bool{}
	add := func(p prefix) {
		have[p.name] = true
		terms = append(terms, Member{Name: p.name, Value: Text(p.space)})
	}
	for _, p := range m.declare {
		add(p)
	}
	for _, p := range declared {
		_, known := wellKnown(p.name)
		if !known && !have[p.name] && asPrefix(p.name) == p.name && m.free(p.name, p.space) && !infrastructure(p.space) {
			add(p)
		}
	}
	if terms != nil {
		entries = append(entries, ContextEntry{Terms: terms})
	}
	return entries
}

// infrastructure are the namespaces of the XML itself.
func infrastructure(space string) bool {
	return space == "" || standard(space) || strings.HasPrefix(space, "http://www.w3.org/") ||
		strings.HasPrefix(space, "urn:epcglobal:xsd:") || strings.Contains(space, "StandardBusinessDocumentHeader")
}

// extensions turns elements into members.
func (x *xmlReader) extensions(list []*node) Extensions { return x.grouped(nil, list) }

// grouped turns attributes, given as members, and elements into members; those with
// the same name become an array.
func (x *xmlReader) grouped(list []Member, elements []*node) []Member {
	for _, n := range elements {
		list = append(list, Member{Name: x.curie(n.name), Value: x.value(n)})
	}
	if len(list) < 2 {
		return list
	}
	at := make(map[string]int, len(list))
	out := list[:0]
	for _, m := range list {
		i, ok := at[m.Name]
		switch {
		case !ok:
			at[m.Name] = len(out)
			out = append(out, m)
		case out[i].Value.Kind == Array:
			out[i].Value.Items = append(out[i].Value.Items, m.Value)
		default:
			out[i].Value = Value{Kind: Array, Items: []Value{out[i].Value, m.Value}}
		}
	}
	return out
}

// value turns an element into a value: a scalar if it has text only, else an object
// of its attributes and children, with its text, if any, as #text.
func (x *xmlReader) value(n *node) Value {
	var list []Member
	kind := ""
	for _, a := range n.attrs {
		if a.Name.Space == xsi {
			if a.Name.Local == "type" {
				kind = trimPrefixOf(a.Value)
			}
			continue
		}
		list = append(list, Member{Name: x.curie(a.Name), Value: Text(a.Value)})
	}
	if n.stray {
		x.leave(n.path(), "text behind child elements")
	}
	content := n.content()
	if len(list) == 0 && len(content) == 0 {
		return scalar(n.text, kind)
	}
	if n.text != "" {
		list = append([]Member{{Name: textMember, Value: Text(n.text)}}, list...)
	}
	return Value{Kind: Object, Members: x.grouped(list, content)}
}

// scalar gives a text the JSON type that xsi:type asks for, if it is of that type.
func scalar(text, kind string) Value {
	switch kind {
	case "boolean":
		if text == "true" || text == "false" {
			return Value{Kind: Boolean, Text: text}
		}
	case "integer", "int", "long", "short", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger":
		if n, ok := ParseNumber(text); ok {
			return Value{Kind: Numeric, Text: string(n)}
		}
	}
	return Text(text)
}
