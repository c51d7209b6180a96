package epcis

import (
	"strings"
	"time"
)

// noText reports text where only elements may be.
func (x *xmlReader) noText(n *node) {
	if n.text != "" || n.stray {
		x.bad(n.path(), clauseXMLName, "text between elements")
	}
}

// noAttributes reports or lists attributes, except those given and those of xsi.
func (x *xmlReader) noAttributes(n *node, allowed ...string) {
next:
	for _, a := range n.attrs {
		for _, ok := range allowed {
			if a.Name.Space == "" && a.Name.Local == ok {
				continue next
			}
		}
		at := n.path() + "/@" + a.Name.Local
		switch a.Name.Space {
		case xsi:
		case "":
			x.bad(at, clauseXMLName, "unknown attribute")
		default:
			x.leave(at, "JSON has no place for attributes of extensions here")
		}
	}
}

// leaf checks that an element has text only, and returns it.
func (x *xmlReader) leaf(n *node, attributes ...string) string {
	x.noAttributes(n, attributes...)
	for _, c := range n.children {
		x.bad(c.path(), clauseXMLName, "an element where only text may be")
	}
	return n.text
}

func (x *xmlReader) uri(n *node, attributes ...string) string {
	return x.uriText(x.leaf(n, attributes...), n.path)
}

func (x *xmlReader) uriText(s string, path func() string) string {
	if !isURI(s) {
		x.bad(path(), clauseURI, quote(s)+" is not a URI")
		return ""
	}
	return s
}

func (x *xmlReader) time(n *node) (time.Time, bool) { return x.timeText(x.leaf(n), n.path) }

func (x *xmlReader) timePointer(n *node) *time.Time {
	t, ok := x.time(n)
	if !ok {
		return nil
	}
	return &t
}

// timeText reads a time. Seconds may be missing: xsd:dateTime wants them, but Java's
// own format, which much software writes, leaves them out when they are zero.
func (x *xmlReader) timeText(s string, path func() string) (time.Time, bool) {
	const toMinutes = len("2006-01-02T15:04")
	t, ok := parseTime(s)
	if !ok && len(s) > toMinutes && s[toMinutes] != ':' {
		t, ok = parseTime(s[:toMinutes] + ":00" + s[toMinutes:])
	}
	if !ok {
		x.bad(path(), clauseTime, quote(s)+" is not a date and time with a zone")
	}
	return t, ok
}

func (x *xmlReader) term(n *node, v *vocabulary) string { return x.termText(x.leaf(n), v, n.path) }

// termText reads a word of a vocabulary: in XML a URI, as a rule the legacy URN; the
// bare word is understood as well. A URN of GS1's that belongs to no vocabulary of the
// CBV, or to another, is none: the JSON binding could not carry it either.
func (x *xmlReader) termText(s string, v *vocabulary, path func() string) string {
	word := v.normal(s)
	if !isURI(s) && !v.has(s) || v.refused(word) {
		x.bad(path(), clauseCBV+v.name, quote(s)+" is neither a word of CBV 2.0 nor a URI outside GS1's own")
		return ""
	}
	return word
}

func (x *xmlReader) numberText(s, clause string, path func() string) Number {
	n, ok := ParseNumber(s)
	if !ok {
		x.bad(path(), clause, quote(s)+" is not a number")
	}
	return n
}

// once reports an EPCIS element that its parent has a second time.
func (x *xmlReader) once(n *node) {
	if n.index > 1 && standard(n.name.Space) {
		x.bad(n.path(), clauseXMLName, "occurs twice")
	}
}

// wrapped reports text in the wrappers of EPCIS 1.x.
func (x *xmlReader) wrapped(n *node) {
	for _, c := range n.children {
		if c.wrapper() {
			x.noText(c)
			x.wrapped(c)
		}
	}
}

// atLeastOne reports a list that may be left out but not be empty.
func (x *xmlReader) atLeastOne(n *node, count int) {
	if count == 0 {
		x.bad(n.path(), clauseXMLName, "is empty, where it could be left out")
	}
}

// items reads the children of a list, which must all have one name.
func (x *xmlReader) items(n *node, name string, item func(*node)) {
	x.noText(n)
	x.noAttributes(n)
	for _, c := range n.content() {
		switch {
		case c.is(name):
			item(c)
		case standard(c.name.Space):
			x.bad(c.path(), clauseXMLName, "only "+name+" may stand here")
		default:
			x.leave(c.path(), "JSON has no place for extensions in this list")
		}
	}
}

func (x *xmlReader) uris(n *node, name string) []string {
	list := []string{}
	x.items(n, name, func(c *node) { list = append(list, x.uri(c)) })
	return list
}

func (x *xmlReader) quantities(n *node) []Quantity {
	list := []Quantity{}
	x.items(n, "quantityElement", func(c *node) { list = append(list, x.quantity(c)) })
	return list
}

func (x *xmlReader) quantity(n *node) Quantity {
	var q Quantity
	classed := false
	x.noText(n)
	x.noAttributes(n)
	for _, c := range n.content() {
		x.once(c)
		switch {
		case c.isNil():
		case c.is("epcClass"):
			classed = true
			q.EPCClass = x.uri(c)
		case c.is("quantity"):
			q.Amount = x.numberText(x.leaf(c), clauseQuantity, c.path)
		case c.is("uom"):
			if q.UOM = x.leaf(c); !validUOM(q.UOM) {
				x.bad(c.path(), clauseUOM, quote(q.UOM)+" is not two or three capital letters or digits")
			}
		case standard(c.name.Space):
			x.bad(c.path(), clauseQuantity, "unknown field; nothing else is allowed here")
		default:
			x.leave(c.path(), "JSON has no place for extensions of a quantity element")
		}
	}
	if !classed {
		x.bad(n.path(), clauseQuantity, "epcClass is missing")
	}
	return q
}

func (x *xmlReader) place(n *node) *Place {
	p := &Place{}
	var extensions []*node
	found := false
	x.noText(n)
	x.noAttributes(n)
	for _, c := range n.content() {
		switch {
		case c.is("id"):
			x.once(c)
			found = true
			p.ID = x.uri(c)
		case standard(c.name.Space):
			x.bad(c.path(), clausePlace, "unknown field, and an extension needs a namespace")
		default:
			extensions = append(extensions, c)
		}
	}
	if !found {
		x.bad(n.path(), clausePlace, "id is missing")
	}
	p.Extensions = x.extensions(extensions)
	return p
}

func (x *xmlReader) bizTransactions(n *node, e *Event) {
	list := []BizTransaction{}
	x.items(n, "bizTransaction", func(c *node) {
		b := BizTransaction{ID: x.uri(c, "type")}
		if s, ok := c.attr("type"); ok {
			b.Type = x.termText(s, vocabBizTransaction, at(c, "type"))
		}
		list = append(list, b)
	})
	x.atLeastOne(n, len(list))
	e.BizTransactionList = list
}

// at returns the path of an attribute when it is needed.
func at(n *node, attribute string) func() string {
	return func() string { return n.path() + "/@" + attribute }
}

func (x *xmlReader) parties(n *node, name string) []Party {
	list := []Party{}
	x.items(n, name, func(c *node) {
		p := Party{ID: x.uri(c, "type")}
		s, ok := c.attr("type")
		if ok {
			p.Type = x.termText(s, vocabParty, at(c, "type"))
		} else {
			x.bad(c.path(), clauseParty, "type is missing")
		}
		list = append(list, p)
	})
	x.atLeastOne(n, len(list))
	return list
}

func (x *xmlReader) persistent(n *node, e *Event) {
	p := &PersistentDisposition{}
	x.noText(n)
	x.noAttributes(n)
	for _, c := range n.content() {
		switch {
		case c.is("set"):
			p.Set = append(p.Set, x.term(c, vocabDisposition))
		case c.is("unset"):
			p.Unset = append(p.Unset, x.term(c, vocabDisposition))
		default:
			x.bad(c.path(), clausePersist, "only set and unset may stand here")
		}
	}
	if p.Set == nil && p.Unset == nil {
		x.bad(n.path(), clausePersist, "needs set or unset")
	}
	e.PersistentDisposition = p
}

// trimPrefixOf returns what stands behind the colon of a qualified name.
func trimPrefixOf(s string) string {
	if _, local, ok := strings.Cut(s, ":"); ok {
		return local
	}
	return s
}
