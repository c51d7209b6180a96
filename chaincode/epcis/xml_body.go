package epcis

import "encoding/xml"

// single reports an element around the events that occurs twice.
func (x *xmlReader) single(n *node) {
	n.alone = n.index == 1
	if !n.alone && standard(n.name.Space) {
		x.bad(n.path(), clauseXMLName, "occurs twice")
	}
}

// inRoot reads EPCISHeader and EPCISBody.
func (x *xmlReader) inRoot(n *node, start xml.StartElement) error {
	x.single(n)
	switch {
	case n.is("EPCISBody"):
		x.found = x.found || !x.doc.Query // the schema lets a document go without an EventList
		return x.walk(n, (*xmlReader).inBody)
	case n.is("EPCISHeader"):
		return x.subtree(n, start, x.header)
	case n.wrapper():
		return x.walk(n, (*xmlReader).inRoot)
	default:
		return x.subtree(n, start, x.unknown)
	}
}

func (x *xmlReader) inBody(n *node, start xml.StartElement) error {
	x.single(n)
	switch {
	case n.is("EventList"):
		x.found = true
		return x.walk(n, (*xmlReader).inList)
	case x.doc.Query && n.is("QueryResults"):
		return x.walk(n, (*xmlReader).inResults)
	case x.doc.Query && standard(n.name.Space) && messages[n.name.Local].name != "":
		return x.subtree(n, start, x.message)
	case n.wrapper():
		return x.walk(n, (*xmlReader).inBody)
	default:
		return x.subtree(n, start, x.unknown)
	}
}

func (x *xmlReader) inResults(n *node, start xml.StartElement) error {
	x.single(n)
	switch {
	case n.is("queryName"):
		return x.subtree(n, start, func(n *node) { x.doc.QueryName = x.leaf(n) })
	case n.is("subscriptionID"):
		return x.subtree(n, start, func(n *node) { x.doc.SubscriptionID = x.leaf(n) })
	case n.is("resultsBody"):
		return x.walk(n, (*xmlReader).inResultsBody)
	default:
		return x.subtree(n, start, x.unknown)
	}
}

func (x *xmlReader) inResultsBody(n *node, start xml.StartElement) error {
	x.single(n)
	switch {
	case n.is("EventList"):
		x.found = true
		return x.walk(n, (*xmlReader).inList)
	case n.is("VocabularyList"):
		x.found = true
		return x.subtree(n, start, func(n *node) { v := x.vocabularies(n); x.doc.Vocabularies = &v })
	default:
		return x.subtree(n, start, x.unknown)
	}
}
