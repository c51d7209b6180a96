package epcis

// value reads any JSON value but null, which is reported.
func (d *decoder) value() (Value, bool) {
	switch c := d.peek(); {
	case c == '"':
		b := d.string()
		return Value{Kind: String, Text: string(b)}, d.err == nil
	case c == '{':
		return d.objectValue()
	case c == '[':
		return d.arrayValue()
	case c == '-' || c-'0' <= 9:
		v := Value{Kind: Numeric}
		d.decimal((*Number)(&v.Text), clauseExtension)
		return v, v.Text != "" && d.err == nil
	case c == 'n':
		if d.literal(); d.err == nil {
			d.bad(clauseNull, "must not be null")
		}
		return Value{}, false
	default:
		word := d.literal()
		return Value{Kind: Boolean, Text: word}, d.err == nil
	}
}

func (d *decoder) arrayValue() (Value, bool) {
	v := Value{Kind: Array}
	ok := d.array(clauseExtension, func() {
		if item, ok := d.value(); ok {
			v.Items = append(v.Items, item)
		}
	})
	return v, ok
}

func (d *decoder) objectValue() (Value, bool) {
	v := Value{Kind: Object}
	var names nameSet
	ok := d.object(clauseExtension, func(name []byte) {
		n := string(name)
		d.push(n)
		d.member(&v.Members, n, &names)
		d.pop()
	})
	return v, ok
}

// context reads an @context: an address, an object of terms, or an array of both.
func (d *decoder) context() *Context {
	c := &Context{}
	if d.peek() == '[' {
		d.array(clauseContext, func() { d.contextEntry(c) })
	} else {
		d.contextEntry(c)
	}
	c.buildIndex()
	return c
}

func (d *decoder) contextEntry(c *Context) {
	switch d.peek() {
	case '"':
		var s string
		if d.uri(&s); s != "" {
			d.addEntry(c, ContextEntry{URI: s})
		}
	case '{':
		v, ok := d.objectValue()
		if ok {
			d.namespaces(v.Members)
			d.addEntry(c, ContextEntry{Terms: v.Members})
		}
	default:
		d.is('{', clauseContext, "an address or an object")
	}
}

// maxContext bounds the entries of an @context, which are compared with one another.
const maxContext = 256

func (d *decoder) addEntry(c *Context, e ContextEntry) {
	switch {
	case len(c.Entries) == maxContext:
		d.bad(clauseContext, "more entries than a context needs")
	case c.has(e):
		d.bad(clauseContext, "occurs twice")
	default:
		c.Entries = append(c.Entries, e)
	}
}

// namespaces checks that declared prefixes stand for something.
func (d *decoder) namespaces(terms []Member) {
	for _, t := range terms {
		if t.Value.Kind == String && t.Value.Text == "" {
			d.push(t.Name)
			d.bad(clauseContext, "a prefix stands for a URI, not for nothing")
			d.pop()
		}
	}
}
