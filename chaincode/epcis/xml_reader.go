package epcis

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const (
	clauseXML      = "XML 1.0"
	clauseXMLDoc   = "EPCIS XML schema, EPCISDocument"
	clauseXMLQuery = "EPCIS XML schema, EPCISQueryDocument"
	clauseXMLOrder = "EPCIS XML schema, EPCISEventType (order of elements)"
	clauseXMLName  = "EPCIS XML schema, names of elements and attributes"
)

// Unmapped is a part of an XML document that the model has no place for and that
// is left out of what ReadXML returns.
type Unmapped struct {
	// Path is where it stands, as in Violation.Pointer.
	Path string `json:"path"`
	// Reason says why there is no place.
	Reason string `json:"reason"`
}

// ReadXML reads an EPCISDocument or EPCISQueryDocument with results in XML, EPCIS 1.2
// or 2.0, or a bare event, and lists what it left out. The document is returned as
// EPCIS 2.0: SchemaVersion is "2.0" whatever the XML says, wrappers of 1.x are
// dissolved, CBV URNs become bare words, and namespaces become an @context.
//
// It returns a *ValidationError with everything that is wrong, a *LimitError, or the
// error of r. Only UTF-8 is read.
func ReadXML(r io.Reader, l Limits) (*Document, []Unmapped, error) {
	l = l.withDefaults()
	x := &xmlReader{src: newXMLSource(r, l), limits: l, event: -1, doc: &Document{Context: &Context{}}}
	err := x.document()
	if err == nil {
		err = x.rep.err()
	}
	if err != nil {
		return nil, nil, err
	}
	x.doc.Context.Entries = x.names.context(x.src.prefixes)
	x.doc.Context.buildIndex()
	for i := range x.doc.Events {
		x.doc.Events[i].scope = x.doc.Context
	}
	if x.doc.Bare {
		x.doc.Events[0].Context, x.doc.Events[0].scope = x.doc.Context, nil
		x.doc.Context = nil
	}
	return x.doc, x.unmapped, nil
}

type xmlReader struct {
	src      *xmlSource
	limits   Limits
	doc      *Document
	rep      report
	unmapped []Unmapped
	names    xmlNames
	event    int // index of the event being read, or -1
	found    bool
	broken   bool // parts of the event being read were malformed
}

func (x *xmlReader) bad(path, clause, msg string) {
	x.broken = true
	x.rep.add(Violation{Pointer: path, Clause: clause, Message: msg, Event: x.event})
}

func (x *xmlReader) leave(path, reason string) {
	if len(x.unmapped) < maxViolations {
		x.unmapped = append(x.unmapped, Unmapped{Path: path, Reason: reason})
	}
}

// document reads the root and what is in it.
func (x *xmlReader) document() error {
	for {
		t, err := x.src.token()
		if errors.Is(err, io.EOF) {
			x.bad("", clauseXML, "there is no document")
			return nil
		}
		if err != nil {
			return x.syntax(err, nil)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if err := x.root(start); err != nil {
			return err
		}
		return x.end()
	}
}

// end makes sure that nothing follows the root.
func (x *xmlReader) end() error {
	for {
		_, err := x.src.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return x.syntax(err, nil)
		}
	}
}

// syntax turns an error of the decoder into what callers get.
func (x *xmlReader) syntax(err error, at *node) error {
	var limit *LimitError
	var malformed *xml.SyntaxError
	switch {
	case errors.As(err, &limit):
		return &LimitError{What: limit.What, Max: limit.Max, Pointer: at.path()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		x.bad(at.path(), clauseXML, "the document ends too early")
	case errors.As(err, &malformed):
		x.bad(at.path(), clauseXML, malformed.Msg)
	case errors.Is(err, errDTD), strings.HasPrefix(err.Error(), "the prefix"), strings.HasPrefix(err.Error(), "xml: "):
		x.bad(at.path(), clauseXML, err.Error())
	default:
		return err
	}
	return x.rep.err()
}

func (x *xmlReader) root(start xml.StartElement) error {
	n := newNode(start, nil)
	switch {
	case n.is("EPCISDocument"):
	case n.is("EPCISQueryDocument"):
		x.doc.Query = true
	case standard(n.name.Space) && isEventType(n.name.Local):
		x.doc.Bare = true
		return x.bareEvent(start)
	default:
		x.bad(n.path(), clauseXMLDoc, "the root must be EPCISDocument, EPCISQueryDocument or an event")
		return x.rep.err()
	}
	x.rootAttributes(n)
	if err := x.walk(n, (*xmlReader).inRoot); err != nil {
		return err
	}
	if !x.found {
		if x.doc.Query {
			x.bad(n.path(), clauseXMLQuery, "there are no query results, and no other message")
		} else {
			x.bad(n.path(), clauseXMLDoc, "EPCISBody is missing")
		}
	}
	return nil
}

func (x *xmlReader) rootAttributes(n *node) {
	for _, a := range n.attrs {
		if a.Name.Space != xsi && (a.Name.Space != "" || a.Name.Local != "schemaVersion" && a.Name.Local != "creationDate") {
			x.leave(n.path()+"/@"+a.Name.Local, "an attribute that the EPCIS XML schema does not know")
		}
	}
	version, ok := n.attr("schemaVersion")
	if ok && !validVersion(version) {
		x.bad(n.path()+"/@schemaVersion", clauseXMLDoc, quote(version)+" is not a version such as 2.0")
	}
	created, dated := n.attr("creationDate")
	if dated {
		x.doc.CreationDate, _ = x.timeText(created, at(n, "creationDate"))
	}
	x.doc.SchemaVersion = "2.0"
	if x.doc.Query {
		return // as in JSON, neither is mandatory
	}
	if !ok {
		x.bad(n.path(), clauseXMLDoc, "schemaVersion is missing")
	}
	if !dated {
		x.bad(n.path(), clauseXMLDoc, "creationDate is missing")
	}
}

// isEventType reports the element names of events that the model has.
func isEventType(local string) bool {
	_, ok := allowedFields(EventType(local))
	return ok
}

// walk reads the children of an element around the events, one at a time.
func (x *xmlReader) walk(n *node, each func(*xmlReader, *node, xml.StartElement) error) error {
	counts := map[xml.Name]int{}
	for {
		t, err := x.src.token()
		if err != nil {
			return x.syntax(err, n)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				x.bad(n.path(), clauseXMLName, "text between elements")
			}
		case xml.StartElement:
			counts[t.Name]++
			c := newNode(t, n)
			c.index, c.alone = counts[t.Name], false
			if err := each(x, c, t); err != nil {
				return err
			}
		}
	}
}

// inList reads one event, or a wrapper of EPCIS 1.x around events.
func (x *xmlReader) inList(n *node, start xml.StartElement) error {
	if n.wrapper() {
		n.alone = true
		return x.walk(n, (*xmlReader).inList)
	}
	if !standard(n.name.Space) || !isEventType(n.name.Local) {
		return x.subtree(n, start, x.unknown)
	}
	if len(x.doc.Events) >= x.limits.Events {
		return &LimitError{What: "events", Max: int64(x.limits.Events), Pointer: n.path()}
	}
	tree, err := x.src.tree(start, n.parent)
	tree.index, tree.alone = n.index, false
	x.event, x.broken = len(x.doc.Events), false
	if err != nil {
		return x.syntax(err, tree)
	}
	var e Event
	if err := x.readEvent(tree, &e); err != nil {
		return err
	}
	x.doc.Events = append(x.doc.Events, e)
	x.event = -1
	return nil
}

func (x *xmlReader) bareEvent(start xml.StartElement) error {
	x.event = 0
	tree, err := x.src.tree(start, nil)
	if err != nil {
		return x.syntax(err, tree)
	}
	var kept []xml.Attr
	for _, a := range tree.attrs {
		// Published bare events carry these two of a document.
		if a.Name.Space != "" || a.Name.Local != "schemaVersion" && a.Name.Local != "creationDate" {
			kept = append(kept, a)
		}
	}
	tree.attrs = kept
	var e Event
	if err := x.readEvent(tree, &e); err != nil {
		return err
	}
	x.doc.Events = []Event{e}
	return nil
}

// subtree reads an element with all in it and passes it on.
func (x *xmlReader) subtree(n *node, start xml.StartElement, use func(*node)) error {
	tree, err := x.src.tree(start, n.parent)
	tree.index, tree.alone = n.index, n.alone
	if err != nil {
		return x.syntax(err, tree)
	}
	use(tree)
	return nil
}

// unknown lists an element that has no place, or reports it if it should not be there.
func (x *xmlReader) unknown(n *node) {
	switch {
	case n.is("QuantityEvent"):
		x.leave(n.path(), "EPCIS 2.0 has no QuantityEvent; an ObjectEvent with a quantityList says the same")
	case !standard(n.name.Space):
		x.leave(n.path(), "an element of another vocabulary outside events")
	default:
		x.bad(n.path(), clauseXMLName, "unknown element")
	}
}
