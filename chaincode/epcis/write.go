package epcis

import "io"

// MarshalJSON writes the event as one that stands alone, with an @context that
// holds what it needs: that of the document it was read from, and its own. Member
// order and spelling are fixed: the same event always gives the same bytes.
// It fails if a Number is not a number.
func (e *Event) MarshalJSON() ([]byte, error) {
	var w encoder
	w.event(e, e.standalone())
	return w.b, w.err
}

// standalone returns the context of the event when it stands alone.
func (e *Event) standalone() *Context {
	switch {
	case e.scope == nil || len(e.scope.Entries) == 0:
		if e.Context == nil {
			return NewContext()
		}
		return e.Context
	case e.Context == nil:
		return e.scope
	}
	var both []ContextEntry
	for _, outer := range e.scope.Entries {
		if !e.Context.has(outer) { // entries must be distinct, and the later one counts
			both = append(both, outer)
		}
	}
	return &Context{Entries: append(both, e.Context.Entries...)}
}

// MarshalJSON writes the declaration in canonical form, without an @context:
// prefixes of extensions mean what the event's context says.
func (d *ErrorDeclaration) MarshalJSON() ([]byte, error) {
	var w encoder
	w.errorDeclaration(d)
	return w.b, w.err
}

// MarshalJSON writes the document as WriteDocument does.
func (d *Document) MarshalJSON() ([]byte, error) {
	var w encoder
	if d.Bare && len(d.Events) == 1 {
		return d.Events[0].MarshalJSON()
	}
	w.head(d)
	for i := range d.Events {
		w.event(&d.Events[i], d.Events[i].Context)
	}
	w.tail(d)
	return w.b, w.err
}

// WriteDocument writes a document as JSON-LD, event by event, in canonical form.
// It fails if a Number is not a number, with ErrMessage, or with the error of w. What
// it writes is valid if the document is.
func WriteDocument(w io.Writer, d *Document) error {
	if d.Bare && len(d.Events) == 1 {
		b, err := d.Events[0].MarshalJSON()
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	}
	var enc encoder
	enc.head(d)
	for i := range d.Events {
		enc.event(&d.Events[i], d.Events[i].Context)
		if len(enc.b) < bufferSize && i+1 < len(d.Events) {
			continue
		}
		if err := enc.flush(w); err != nil {
			return err
		}
	}
	enc.tail(d)
	return enc.flush(w)
}

func (w *encoder) flush(to io.Writer) error {
	if w.err != nil {
		return w.err
	}
	_, err := to.Write(w.b)
	w.b = w.b[:0]
	return err
}

// head writes the document up to its first event, tail what follows the last.
func (w *encoder) head(d *Document) {
	if d.Message != "" {
		w.err = ErrMessage
	}
	w.open('{')
	if d.Context != nil {
		w.context(d.Context)
	} else {
		w.context(NewContext())
	}
	w.optional("id", d.ID)
	w.key("type")
	if d.Query {
		w.string("EPCISQueryDocument")
	} else {
		w.string("EPCISDocument")
	}
	w.optional("schemaVersion", d.SchemaVersion)
	if !d.CreationDate.IsZero() {
		w.time("creationDate", d.CreationDate)
	}
	w.optional("instanceIdentifier", d.InstanceIdentifier)
	w.optional("sender", d.Sender)
	w.optional("receiver", d.Receiver)
	w.optionalValue("epcisHeader", d.Header)
	w.members(d.Extensions)
	w.key("epcisBody")
	w.open('{')
	w.members(d.BodyExtensions)
	if d.Query {
		w.key("queryResults")
		w.open('{')
		w.key("queryName")
		w.string(d.QueryName)
		w.optional("subscriptionID", d.SubscriptionID)
		w.members(d.QueryExtensions)
		w.key("resultsBody")
		w.open('{')
		w.optionalValue("vocabularyList", d.Vocabularies)
		w.members(d.ResultsExtensions)
	}
	w.key("eventList")
	w.open('[')
}

func (w *encoder) tail(d *Document) {
	w.close(']')
	if d.Query {
		w.close('}')
		w.close('}')
	}
	w.close('}')
	w.close('}')
}
