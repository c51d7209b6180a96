package epcis

import "strings"

// level is the object around the events in which a Reader is.
type level int

const (
	inDocument level = iota
	inBody
	inQuery
	inResults
	levels
)

// docFields is a set of the fields around the events.
type docFields uint32

const (
	docContext docFields = 1 << iota
	docID
	docType
	docVersion
	docCreated
	docInstance
	docSender
	docReceiver
	docHeader
	docBody
	docEventList
	docQueryResults
	docQueryName
	docSubscription
	docResults
	docVocabularies
)

// docMember is how one field around the events is read.
type docMember struct {
	bit  docFields
	read func(*Reader)
	// enter is the level that the field leads to, if read is nil.
	enter level
}

var docMembers = [levels]map[string]docMember{
	inDocument: {
		"@context":           {bit: docContext, read: (*Reader).context},
		"id":                 {bit: docID, read: func(r *Reader) { r.d.uri(&r.doc.ID) }},
		"type":               {bit: docType, read: (*Reader).docType},
		"schemaVersion":      {bit: docVersion, read: (*Reader).schemaVersion},
		"creationDate":       {bit: docCreated, read: func(r *Reader) { r.doc.CreationDate, _ = r.d.time() }},
		"instanceIdentifier": {bit: docInstance, read: func(r *Reader) { r.d.str(&r.doc.InstanceIdentifier, clauseDocument) }},
		"sender":             {bit: docSender, read: func(r *Reader) { r.d.str(&r.doc.Sender, clauseDocument) }},
		"receiver":           {bit: docReceiver, read: func(r *Reader) { r.d.str(&r.doc.Receiver, clauseDocument) }},
		"epcisHeader":        {bit: docHeader, read: (*Reader).header},
		"epcisBody":          {bit: docBody, enter: inBody},
	},
	inBody: {
		"eventList":    {bit: docEventList, read: (*Reader).enterList},
		"queryResults": {bit: docQueryResults, enter: inQuery},
	},
	inQuery: {
		"queryName":      {bit: docQueryName, read: func(r *Reader) { r.d.str(&r.doc.QueryName, clauseQuery) }},
		"subscriptionID": {bit: docSubscription, read: func(r *Reader) { r.d.str(&r.doc.SubscriptionID, clauseQuery) }},
		"resultsBody":    {bit: docResults, enter: inResults},
	},
	inResults: {
		"eventList":      {bit: docEventList, read: (*Reader).enterList},
		"vocabularyList": {bit: docVocabularies, read: (*Reader).vocabularies},
	},
}

func (d *decoder) skipBOM() {
	if d.peek() == 0xEF && d.need(3) && string(d.buf[d.pos:d.pos+3]) == "\uFEFF" {
		d.pos += 3
	}
}

func (r *Reader) start() {
	r.started = true
	r.d.skipBOM()
	if r.d.is('{', clauseDocument, "an object") {
		r.d.open('{', "an object")
		r.first[inDocument] = true
		return
	}
	r.ended = true
}

// step reads one member around the events, or leaves an object.
func (r *Reader) step() {
	l := r.level
	if !r.d.next('}', r.first[l]) {
		r.leave()
		return
	}
	r.first[l] = false
	name := r.d.key()
	if r.d.err != nil {
		return
	}
	m, ok := docMembers[l][string(name)]
	if !ok {
		r.d.extension(r.extensions(), name, [...]string{clauseDocument, clauseDocument + ": epcisBody", clauseQuery, clauseQuery}[l])
		return
	}
	r.d.push(string(name))
	if r.seen[l]&m.bit != 0 {
		r.d.bad(clauseUnique, "occurs twice")
		r.d.skip()
		r.d.pop()
		return
	}
	r.seen[l] |= m.bit
	if m.read == nil {
		r.enter(m.enter)
		return
	}
	m.read(r)
	if !r.inList {
		r.d.pop()
	}
}

func (r *Reader) enter(l level) {
	if !r.d.is('{', clauseDocument, "an object") {
		r.d.pop()
		return
	}
	if r.d.open('{', "an object") {
		r.level, r.first[l] = l, true
	}
}

// leave closes the object just read.
func (r *Reader) leave() {
	if r.d.err != nil {
		return
	}
	if r.level == inDocument {
		r.ended = true
		if !r.d.atEnd() {
			r.d.unexpected("the end of the input")
		}
		return
	}
	r.level--
	r.d.pop()
}

func (r *Reader) enterList() {
	if r.d.is('[', clauseDocument, "an array") && r.d.open('[', "an array") {
		r.inList, r.firstEvent = true, true
	}
}

func (r *Reader) leaveList() {
	if r.d.err == nil {
		r.inList = false
		r.d.pop()
	}
}

func (r *Reader) extensions() *Extensions {
	return [...]*Extensions{&r.doc.Extensions, &r.doc.BodyExtensions, &r.doc.QueryExtensions, &r.doc.ResultsExtensions}[r.level]
}

func (r *Reader) context() {
	c := r.d.context()
	r.doc.Context.Entries, r.doc.Context.index, r.doc.Context.pending = c.Entries, c.index, false
}

func (r *Reader) docType() {
	b, ok := r.d.text(clauseDocument)
	if !ok {
		return
	}
	switch string(b) {
	case "EPCISDocument":
	case "EPCISQueryDocument":
		r.doc.Query = true
	default:
		r.d.bad(clauseDocument, quote(b)+" is neither EPCISDocument nor EPCISQueryDocument")
	}
}

func (r *Reader) schemaVersion() {
	b, ok := r.d.text(clauseDocument)
	if !ok {
		return
	}
	if r.doc.SchemaVersion = string(b); !validVersion(r.doc.SchemaVersion) {
		r.d.bad(clauseDocument, quote(b)+" is not a version such as 2.0")
	}
}

// validVersion checks ^\d+(\.\d+)*$.
func validVersion(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || digits(part) != len(part) {
			return false
		}
	}
	return true
}

func (r *Reader) header() {
	if !r.d.is('{', clauseHeader, "an object") {
		return
	}
	if v, ok := r.d.value(); ok {
		r.doc.Header = &v
		r.d.checkHeader(v)
	}
}

func (r *Reader) vocabularies() {
	if !r.d.is('[', clauseQuery, "an array") {
		return
	}
	if v, ok := r.d.value(); ok {
		r.doc.Vocabularies = &v
		r.d.checkVocabularies(v)
	}
}

// checkDocument finds what the document lacks, after its end.
func (r *Reader) checkDocument() {
	missing := func(l level, bit docFields, clause, field string) {
		if r.seen[l]&bit == 0 {
			r.d.bad(clause, field+" is missing")
		}
	}
	if !r.started || r.seen == [levels]docFields{} && r.doc.Extensions == nil {
		return // not an object, which is reported
	}
	missing(inDocument, docType, clauseDocument, "type")
	missing(inDocument, docContext, clauseContext, "@context")
	missing(inDocument, docBody, clauseDocument, "epcisBody")
	if r.doc.Query {
		missing(inBody, docQueryResults, clauseQuery, "epcisBody/queryResults")
		missing(inQuery, docQueryName, clauseQuery, "queryName")
		missing(inQuery, docResults, clauseQuery, "resultsBody")
		missing(inResults, docEventList, clauseQuery, "eventList")
		r.misplaced(inDocument, docInstance|docSender|docReceiver|docHeader, "instanceIdentifier, sender, receiver and epcisHeader")
		r.misplaced(inBody, docEventList, "eventList outside resultsBody")
		return
	}
	missing(inDocument, docVersion, clauseDocument, "schemaVersion")
	missing(inDocument, docCreated, clauseDocument, "creationDate")
	missing(inBody, docEventList, clauseDocument, "eventList")
	r.misplaced(inBody, docQueryResults, "queryResults")
}

// misplaced reports fields that a document of the other type has.
func (r *Reader) misplaced(l level, bits docFields, what string) {
	if r.seen[l]&bits != 0 {
		clause := clauseDocument
		if r.doc.Query {
			clause = clauseQuery
		}
		r.d.bad(clause, what+" do not belong into this type of document")
	}
}
