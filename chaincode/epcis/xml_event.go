package epcis

// xmlFields maps the names of an event's elements to the way to read them.
var xmlFields = map[string]struct {
	bit  fields
	read func(*xmlReader, *node, *Event)
}{
	"eventTime":             {fEventTime, func(x *xmlReader, n *node, e *Event) { e.EventTime, _ = x.time(n) }},
	"recordTime":            {fRecordTime, func(x *xmlReader, n *node, e *Event) { e.RecordTime = x.timePointer(n) }},
	"eventTimeZoneOffset":   {fOffset, (*xmlReader).offset},
	"eventID":               {fEventID, func(x *xmlReader, n *node, e *Event) { e.EventID = x.uri(n) }},
	"certificationInfo":     {0, (*xmlReader).certification},
	"errorDeclaration":      {fErrorDeclaration, (*xmlReader).errorDeclaration},
	"epcList":               {fEPCList, func(x *xmlReader, n *node, e *Event) { e.EPCList = x.uris(n, "epc") }},
	"quantityList":          {fQuantityList, func(x *xmlReader, n *node, e *Event) { e.QuantityList = x.quantities(n) }},
	"parentID":              {fParentID, func(x *xmlReader, n *node, e *Event) { e.ParentID = x.uri(n) }},
	"childEPCs":             {fChildEPCs, func(x *xmlReader, n *node, e *Event) { e.ChildEPCs = x.uris(n, "epc") }},
	"childQuantityList":     {fChildQuantityList, func(x *xmlReader, n *node, e *Event) { e.ChildQuantityList = x.quantities(n) }},
	"inputEPCList":          {fInputEPCList, func(x *xmlReader, n *node, e *Event) { e.InputEPCList = x.uris(n, "epc") }},
	"inputQuantityList":     {fInputQuantityList, func(x *xmlReader, n *node, e *Event) { e.InputQuantityList = x.quantities(n) }},
	"outputEPCList":         {fOutputEPCList, func(x *xmlReader, n *node, e *Event) { e.OutputEPCList = x.uris(n, "epc") }},
	"outputQuantityList":    {fOutputQuantityList, func(x *xmlReader, n *node, e *Event) { e.OutputQuantityList = x.quantities(n) }},
	"transformationID":      {fTransformationID, func(x *xmlReader, n *node, e *Event) { e.TransformationID = x.uri(n) }},
	"action":                {fAction, (*xmlReader).action},
	"bizStep":               {fBizStep, func(x *xmlReader, n *node, e *Event) { e.BizStep = x.term(n, vocabBizStep) }},
	"disposition":           {fDisposition, func(x *xmlReader, n *node, e *Event) { e.Disposition = x.term(n, vocabDisposition) }},
	"persistentDisposition": {fPersistent, (*xmlReader).persistent},
	"readPoint":             {fReadPoint, func(x *xmlReader, n *node, e *Event) { e.ReadPoint = x.place(n) }},
	"bizLocation":           {fBizLocation, func(x *xmlReader, n *node, e *Event) { e.BizLocation = x.place(n) }},
	"bizTransactionList":    {fBizTransactions, (*xmlReader).bizTransactions},
	"sourceList":            {fSources, func(x *xmlReader, n *node, e *Event) { e.SourceList = x.parties(n, "source") }},
	"destinationList":       {fDestinations, func(x *xmlReader, n *node, e *Event) { e.DestinationList = x.parties(n, "destination") }},
	"sensorElementList":     {fSensors, (*xmlReader).sensors},
	"ilmd":                  {fILMD, (*xmlReader).ilmd},
}

// readEvent reads an event from its element and checks it.
func (x *xmlReader) readEvent(n *node, e *Event) error {
	e.Type = EventType(n.name.Local)
	seen := fType
	var extensions []*node
	for _, c := range n.content() {
		f, ok := xmlFields[c.name.Local]
		switch {
		case !standard(c.name.Space):
			extensions = append(extensions, c)
		case !ok:
			x.bad(c.path(), clauseXMLName, "no field of "+string(e.Type)+", and an extension needs a namespace")
		case seen&f.bit != 0:
			x.bad(c.path(), clauseXMLName, "occurs twice")
		case c.isNil():
		default:
			x.order(c, seen, f.bit)
			seen |= f.bit
			f.read(x, c, e)
		}
	}
	x.noText(n)
	x.wrapped(n)
	x.foreignAttributes(n)
	e.Extensions = x.extensions(extensions)
	if n := identifiersOf(e); n > x.limits.EPCs {
		return &LimitError{What: "epcs", Max: int64(x.limits.EPCs)}
	}
	c := check{
		rep: &x.rep, event: x.event, seen: seen, torn: x.broken,
		locate: func(below []any) string { return locate(n, below) },
	}
	c.eventRules(e)
	return nil
}

// foreignAttributes lists the attributes of an event. The schema allows any; the model
// has no place for them.
func (x *xmlReader) foreignAttributes(n *node) {
	for _, a := range n.attrs {
		if a.Name.Space != xsi {
			x.leave(n.path()+"/@"+a.Name.Local, "JSON has no place for attributes of an event")
		}
	}
}

// order checks that eventTime, recordTime and eventTimeZoneOffset come first, in this
// order. Behind them, published documents keep to no order.
func (x *xmlReader) order(n *node, seen, bit fields) {
	var before fields
	switch bit {
	case fEventTime:
		before = ^fType
	case fRecordTime:
		before = ^(fType | fEventTime)
	case fOffset:
		before = ^(fType | fEventTime | fRecordTime)
	}
	if seen&before != 0 {
		x.bad(n.path(), clauseXMLOrder, "stands behind elements that it must precede")
	}
}

// identifiersOf counts what Limits.EPCs bounds.
func identifiersOf(e *Event) int {
	return len(e.EPCList) + len(e.ChildEPCs) + len(e.InputEPCList) + len(e.OutputEPCList) +
		len(e.QuantityList) + len(e.ChildQuantityList) + len(e.InputQuantityList) + len(e.OutputQuantityList)
}

// locate finds the element or attribute that a path of JSON names means.
func locate(n *node, below []any) string {
	repeated := ""
	for _, b := range below {
		switch b := b.(type) {
		case string:
			if b == "sensorReport" {
				repeated = b
				continue
			}
			next := n.child(b)
			if next == nil {
				if _, ok := n.attr(b); ok {
					return n.path() + "/@" + b
				}
				return n.path()
			}
			n = next
		case int:
			next := nth(n, repeated, b)
			if next == nil {
				return n.path()
			}
			n, repeated = next, ""
		}
	}
	return n.path()
}

// nth returns the i-th child, of those with a name if one is given.
func nth(n *node, name string, i int) *node {
	for _, c := range n.content() {
		if name != "" && !c.is(name) || name == "" && !standard(c.name.Space) {
			continue
		}
		if i == 0 {
			return c
		}
		i--
	}
	return nil
}

func (x *xmlReader) offset(n *node, e *Event) {
	s := x.leaf(n)
	if !validOffset(s) {
		x.bad(n.path(), clauseOffset, quote(s)+" is not a sign, hours and minutes such as +02:00")
		return
	}
	e.EventTimeZoneOffset = s
}

func (x *xmlReader) action(n *node, e *Event) {
	switch a := Action(x.leaf(n)); a {
	case Observe, Add, Delete:
		e.Action = a
	default:
		x.bad(n.path(), clauseAction, quote(n.text)+" is none of OBSERVE, ADD and DELETE")
	}
}

func (x *xmlReader) certification(n *node, e *Event) {
	if s := x.uri(n); s != "" {
		e.CertificationInfo = append(e.CertificationInfo, s)
	}
}

func (x *xmlReader) errorDeclaration(n *node, e *Event) {
	d := &ErrorDeclaration{}
	var extensions []*node
	timed := false
	x.noText(n)
	for _, c := range n.content() {
		if standard(c.name.Space) {
			x.once(c)
		}
		switch {
		case c.is("declarationTime"):
			timed = true
			d.DeclarationTime, _ = x.time(c)
		case c.is("reason"):
			d.Reason = x.term(c, vocabReason)
		case c.is("correctiveEventIDs"):
			d.CorrectiveEventIDs = x.uris(c, "correctiveEventID")
		case standard(c.name.Space):
			x.bad(c.path(), clauseXMLName, "no field of an errorDeclaration")
		default:
			extensions = append(extensions, c)
		}
	}
	if !timed {
		x.bad(n.path(), clauseError, "declarationTime is missing")
	}
	d.Extensions = x.extensions(extensions)
	e.ErrorDeclaration = d
}

func (x *xmlReader) ilmd(n *node, e *Event) {
	for _, c := range n.content() {
		if standard(c.name.Space) {
			x.bad(c.path(), clauseILMD, "an element of ilmd needs a namespace")
		}
	}
	x.noText(n)
	e.ILMD = x.extensions(n.content())
	if e.ILMD == nil {
		e.ILMD = Extensions{}
	}
}
