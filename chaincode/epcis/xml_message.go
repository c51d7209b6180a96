package epcis

import "errors"

// ErrMessage: a Document that holds a message of the query interface has no JSON form.
var ErrMessage = errors.New("epcis: JSON has no document for a message of the query interface")

// messagePart is an element that a message of the query interface consists of.
type messagePart struct {
	name     string
	optional bool
	repeated bool // any number of times, also none
	open     bool // anything may be in it
	parts    []messagePart
}

func required(name string, parts ...messagePart) messagePart {
	return messagePart{name: name, parts: parts}
}

func optional(name string, parts ...messagePart) messagePart {
	return messagePart{name: name, optional: true, parts: parts}
}

// messages are what an EPCISQueryDocument in XML may hold instead of results: requests,
// their answers, and exceptions (EPCIS 1.2 and 2.0 XML schema, EPCISQueryBodyType).
var messages = func() map[string]messagePart {
	strings := messagePart{name: "string", repeated: true}
	query := []messagePart{required("queryName"), required("params", messagePart{
		name: "param", repeated: true,
		parts: []messagePart{required("name"), {name: "value", open: true}},
	})}
	schedule := optional("schedule", optional("second"), optional("minute"), optional("hour"),
		optional("dayOfMonth"), optional("month"), optional("dayOfWeek"))
	controls := required("controls", schedule, optional("trigger"), optional("initialRecordTime"), required("reportIfEmpty"))
	list := []messagePart{
		required("GetQueryNames"), required("GetQueryNamesResult", strings),
		required("Poll", query...),
		required("Subscribe", append(query[:2:2], required("dest"), controls, required("subscriptionID"))...),
		required("SubscribeResult"),
		required("Unsubscribe", required("subscriptionID")), required("UnsubscribeResult"),
		required("GetSubscriptionIDs", required("queryName")), required("GetSubscriptionIDsResult", strings),
		required("GetStandardVersion"), required("GetStandardVersionResult"),
		required("GetVendorVersion"), required("GetVendorVersionResult"),
		required("QueryTooLargeException", required("reason"), optional("queryName"), optional("subscriptionID")),
		required("ImplementationException", required("reason"), required("severity"), optional("queryName"), optional("subscriptionID")),
	}
	for _, name := range [...]string{
		"DuplicateName", "InvalidURI", "NoSuchName", "NoSuchSubscription", "DuplicateSubscription", "QueryParameter",
		"QueryTooComplex", "SubscriptionControls", "SubscribeNotPermitted", "Security", "Validation",
	} {
		list = append(list, required(name+"Exception", required("reason")))
	}
	m := make(map[string]messagePart, len(list))
	for _, p := range list {
		m[p.name] = p
	}
	return m
}()

// message checks a message of the query interface. The model has no place for its
// content, so that is listed as left out.
func (x *xmlReader) message(n *node) {
	x.found = true
	x.doc.Message = n.name.Local
	x.messagePart(n, messages[n.name.Local])
	x.leave(n.path(), "a message of the query interface, for which JSON has no document")
}

func (x *xmlReader) messagePart(n *node, part messagePart) {
	if part.open {
		return
	}
	x.noAttributes(n)
	if len(part.parts) > 0 {
		x.noText(n)
	}
	at := 0
	for _, c := range n.content() {
		if !standard(c.name.Space) {
			continue // an extension, which is left out with the rest
		}
		next := at
		for next < len(part.parts) && !c.is(part.parts[next].name) {
			next++
		}
		if next == len(part.parts) {
			x.bad(c.path(), clauseXMLQuery, "not expected here")
			continue
		}
		x.partsMissing(n, part.parts[at:next])
		x.messagePart(c, part.parts[next])
		if at = next; !part.parts[next].repeated {
			at++
		}
	}
	x.partsMissing(n, part.parts[at:])
}

func (x *xmlReader) partsMissing(n *node, parts []messagePart) {
	for _, p := range parts {
		if !p.optional && !p.repeated {
			x.bad(n.path(), clauseXMLQuery, p.name+" is missing")
		}
	}
}
