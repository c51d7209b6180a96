package epcis

import "strings"

// header reads EPCISHeader: sender, receiver and instance identifier of its standard
// business document header, master data, and elements of other vocabularies.
func (x *xmlReader) header(n *node) {
	if x.doc.Query {
		x.leave(n.path(), "a query document in JSON has no header")
		return
	}
	var members []Member
	x.noText(n)
	x.wrapped(n)
	for _, c := range n.content() {
		switch {
		case c.name.Local == "StandardBusinessDocumentHeader" && strings.Contains(c.name.Space, c.name.Local):
			x.sbdh(c)
		case c.is("EPCISMasterData"):
			members = append(members, Member{Name: "epcisMasterData", Value: x.masterData(c)})
		case standard(c.name.Space):
			x.bad(c.path(), clauseHeader, "unknown field")
		default:
			members = append(members, x.extensions([]*node{c})...)
		}
	}
	if members != nil {
		x.doc.Header = &Value{Kind: Object, Members: merge(members)}
	}
}

// merge puts members of the same name together.
func merge(list []Member) []Member {
	x := &xmlReader{}
	return x.grouped(list, nil)
}

func (x *xmlReader) sbdh(n *node) {
	for _, c := range n.children {
		switch c.name.Local {
		case "Sender":
			x.partner(c, &x.doc.Sender)
		case "Receiver":
			x.partner(c, &x.doc.Receiver)
		case "DocumentIdentification":
			for _, d := range c.children {
				if d.name.Local == "InstanceIdentifier" {
					x.doc.InstanceIdentifier = d.text
				} else {
					x.leave(d.path(), "JSON has no place for this part of a business document header")
				}
			}
		default:
			x.leave(c.path(), "JSON has no place for this part of a business document header")
		}
	}
}

func (x *xmlReader) partner(n *node, dst *string) {
	for _, c := range n.children {
		if c.name.Local == "Identifier" && *dst == "" {
			*dst = c.text
			continue
		}
		x.leave(c.path(), "JSON has room for one identifier of sender and receiver")
	}
}

func object(members ...Member) Value { return Value{Kind: Object, Members: members} }

func (x *xmlReader) masterData(n *node) Value {
	v := object()
	x.noText(n)
	for _, c := range n.content() {
		if !c.is("VocabularyList") {
			x.strange(c)
			continue
		}
		x.once(c)
		v.Members = append(v.Members, Member{Name: "vocabularyList", Value: x.vocabularies(c)})
	}
	return v
}

// strange reports an unknown element of master data, or lists one of another vocabulary.
func (x *xmlReader) strange(n *node) {
	if standard(n.name.Space) {
		x.bad(n.path(), clauseXMLName, "unknown element, and an extension needs a namespace")
		return
	}
	x.leave(n.path(), "JSON has no place for extensions of master data")
}

func (x *xmlReader) vocabularies(n *node) Value {
	list := Value{Kind: Array}
	x.items(n, "Vocabulary", func(c *node) {
		kind, _ := c.attr("type")
		v := object(Member{Name: "type", Value: Text(x.uriText(kind, at(c, "type")))})
		x.noText(c)
		for _, l := range c.content() {
			if !l.is("VocabularyElementList") {
				x.strange(l)
				continue
			}
			x.once(l)
			elements := Value{Kind: Array}
			x.items(l, "VocabularyElement", func(c *node) {
				elements.Items = append(elements.Items, x.vocabularyElement(c))
			})
			v.Members = append(v.Members, Member{Name: "vocabularyElementList", Value: elements})
		}
		list.Items = append(list.Items, v)
	})
	return list
}

func (x *xmlReader) vocabularyElement(n *node) Value {
	id, _ := n.attr("id")
	v := object(Member{Name: "id", Value: Text(x.uriText(id, at(n, "id")))})
	attributes, children := Value{Kind: Array}, Value{Kind: Array}
	for _, c := range n.content() {
		switch {
		case c.is("attribute"):
			id, _ := c.attr("id")
			attributes.Items = append(attributes.Items, object(
				Member{Name: "id", Value: Text(x.uriText(id, at(c, "id")))},
				Member{Name: "attribute", Value: x.attributeValue(c)}))
		case c.is("children"):
			x.items(c, "id", func(c *node) { children.Items = append(children.Items, Text(x.uri(c))) })
		default:
			x.strange(c)
		}
	}
	if attributes.Items != nil {
		v.Members = append(v.Members, Member{Name: "attributes", Value: attributes})
	}
	if children.Items != nil {
		v.Members = append(v.Members, Member{Name: "children", Value: children})
	}
	return v
}

// attributeValue is the text of a master data attribute, or an object if it has parts.
func (x *xmlReader) attributeValue(n *node) Value {
	if len(n.content()) == 0 {
		return Text(n.text)
	}
	return Value{Kind: Object, Members: x.extensions(n.content())}
}
