package epcis

// eventFields maps a JSON name to the field and the way to read it.
var eventFields = func() map[string]eventField {
	m := make(map[string]eventField, len(fieldNames))
	for i, read := range eventReaders {
		m[fieldNames[i]] = eventField{name: fieldNames[i], bit: 1 << i, read: read}
	}
	return m
}()

type eventField struct {
	name string
	bit  fields
	read func(*decoder, *Event)
}

// eventReaders stand in the order of fieldNames.
var eventReaders = [...]func(*decoder, *Event){
	func(d *decoder, e *Event) { e.Context = d.context() },
	(*decoder).eventType,
	(*decoder).eventTime,
	func(d *decoder, e *Event) { d.timePointer(&e.RecordTime) },
	(*decoder).offset,
	func(d *decoder, e *Event) { d.uri(&e.EventID) },
	(*decoder).certification,
	(*decoder).errorDeclaration,
	func(d *decoder, e *Event) { d.epcList(&e.EPCList) },
	func(d *decoder, e *Event) { d.quantities(&e.QuantityList) },
	func(d *decoder, e *Event) { d.uri(&e.ParentID) },
	func(d *decoder, e *Event) { d.epcList(&e.ChildEPCs) },
	func(d *decoder, e *Event) { d.quantities(&e.ChildQuantityList) },
	func(d *decoder, e *Event) { d.epcList(&e.InputEPCList) },
	func(d *decoder, e *Event) { d.quantities(&e.InputQuantityList) },
	func(d *decoder, e *Event) { d.epcList(&e.OutputEPCList) },
	func(d *decoder, e *Event) { d.quantities(&e.OutputQuantityList) },
	func(d *decoder, e *Event) { d.uri(&e.TransformationID) },
	(*decoder).action,
	func(d *decoder, e *Event) { d.term(vocabBizStep, &e.BizStep) },
	func(d *decoder, e *Event) { d.term(vocabDisposition, &e.Disposition) },
	(*decoder).persistent,
	func(d *decoder, e *Event) { e.ReadPoint = d.place() },
	func(d *decoder, e *Event) { e.BizLocation = d.place() },
	(*decoder).bizTransactions,
	func(d *decoder, e *Event) { d.parties(&e.SourceList, "source") },
	func(d *decoder, e *Event) { d.parties(&e.DestinationList, "destination") },
	(*decoder).sensors,
	(*decoder).ilmd,
}

// readEvent reads one event and checks it.
func (d *decoder) readEvent(e *Event) {
	d.seen, d.epcs, d.names = 0, 0, nil
	ok := d.object(clauseEvent, func(name []byte) {
		f, ok := eventFields[string(name)]
		if !ok {
			d.extension(&e.Extensions, name, clauseEvent)
			return
		}
		d.push(f.name)
		if d.once(&d.seen, f.bit) {
			f.read(d, e)
		}
		d.pop()
	})
	if ok {
		c := check{at: d.at, rep: &d.rep, event: d.event, seen: d.seen, torn: len(d.rep.list) > 0}
		c.eventRules(e)
	}
}

func (d *decoder) eventType(e *Event) {
	b, ok := d.text(clauseEvent)
	if !ok {
		return
	}
	t := internType(b)
	if _, known := allowedFields(t); !known && !isURI(b) {
		d.bad(clauseEvent, quote(b)+" is neither one of the five event types nor the URI of another")
		return
	}
	e.Type = t
}

func internType(b []byte) EventType {
	switch string(b) {
	case string(ObjectEvent):
		return ObjectEvent
	case string(AggregationEvent):
		return AggregationEvent
	case string(TransactionEvent):
		return TransactionEvent
	case string(TransformationEvent):
		return TransformationEvent
	case string(AssociationEvent):
		return AssociationEvent
	}
	return EventType(b)
}

func (d *decoder) eventTime(e *Event) {
	if t, ok := d.time(); ok {
		e.EventTime = t
	}
}

func (d *decoder) offset(e *Event) {
	b, ok := d.text(clauseOffset)
	if !ok {
		return
	}
	if !validOffset(b) {
		d.bad(clauseOffset, quote(b)+" is not a sign, hours and minutes such as +02:00")
		return
	}
	e.EventTimeZoneOffset = string(b)
}

func (d *decoder) action(e *Event) {
	b, ok := d.text(clauseAction)
	if !ok {
		return
	}
	switch string(b) {
	case string(Observe):
		e.Action = Observe
	case string(Add):
		e.Action = Add
	case string(Delete):
		e.Action = Delete
	default:
		d.bad(clauseAction, quote(b)+" is none of OBSERVE, ADD and DELETE")
	}
}

func (d *decoder) certification(e *Event) {
	if d.peek() == '[' {
		d.uris(&e.CertificationInfo)
		return
	}
	if d.peek() != '"' {
		d.is('"', clauseCert, "a URI or an array of URIs")
		return
	}
	var s string
	if d.uri(&s); s != "" {
		e.CertificationInfo = []string{s}
	}
}

func (d *decoder) errorDeclaration(e *Event) {
	var seen fields
	var x ErrorDeclaration
	ok := d.object(clauseError, func(name []byte) {
		switch string(name) {
		case "declarationTime":
			d.field("declarationTime", &seen, 1, func() {
				x.DeclarationTime, _ = d.time()
			})
		case "reason":
			d.field("reason", &seen, 2, func() { d.term(vocabReason, &x.Reason) })
		case "correctiveEventIDs":
			d.field("correctiveEventIDs", &seen, 4, func() { d.uris(&x.CorrectiveEventIDs) })
		default:
			d.extension(&x.Extensions, name, clauseError)
		}
	})
	if !ok {
		return
	}
	if seen&1 == 0 {
		d.bad(clauseError, "declarationTime is missing")
	}
	e.ErrorDeclaration = &x
}

// field reads a standard field of an object.
func (d *decoder) field(name string, seen *fields, bit fields, read func()) {
	d.push(name)
	if d.once(seen, bit) {
		read()
	}
	d.pop()
}

func (d *decoder) ilmd(e *Event) {
	x := Extensions{}
	if d.object(clauseILMD, func(name []byte) { d.extension(&x, name, clauseILMD) }) {
		e.ILMD = x
	}
}
