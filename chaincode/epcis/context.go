package epcis

import (
	"reflect"
	"slices"
	"strings"
)

// StandardContext is the address of the EPCIS 2.0 JSON-LD context.
const StandardContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// Context is a JSON-LD @context: where names of extensions come from. Addresses
// of other contexts are kept but never fetched, so a prefix counts only if it is
// declared here or belongs to the standard EPCIS context. A Context that was read is
// not to be changed; make a new one.
type Context struct {
	// Entries in their order; a later one overrules an earlier one.
	Entries []ContextEntry

	// pending is set while a document is read whose @context may still come.
	pending bool
	// index holds the terms of a large context that was read, by name.
	index map[string]string
}

// fewTerms is the number of terms up to which looking through them is fast enough.
const fewTerms = 16

// buildIndex makes looking up a prefix fast however many terms a document declares.
func (c *Context) buildIndex() {
	n := 0
	for _, e := range c.Entries {
		n += len(e.Terms)
	}
	if n <= fewTerms {
		return
	}
	c.index = make(map[string]string, n)
	for _, e := range c.Entries {
		for _, t := range e.Terms {
			delete(c.index, t.Name)
			if uri, ok := termURI(t.Value); ok {
				c.index[t.Name] = uri
			}
		}
	}
}

// ContextEntry is one entry of a Context: an address, or declared terms.
type ContextEntry struct {
	URI string
	// Terms maps prefixes (and other terms) to their meaning when URI is empty.
	Terms []Member
}

// NewContext returns the standard context with further prefixes, given in pairs:
// prefix, namespace.
func NewContext(pairs ...string) *Context {
	c := &Context{Entries: []ContextEntry{{URI: StandardContext}}}
	if len(pairs) < 2 {
		return c
	}
	var terms []Member
	for i := 0; i+1 < len(pairs); i += 2 {
		terms = append(terms, Member{Name: pairs[i], Value: Text(pairs[i+1])})
	}
	c.Entries = append(c.Entries, ContextEntry{Terms: terms})
	return c
}

// Namespace returns what a prefix stands for, if this context declares it.
func (c *Context) Namespace(prefix string) (string, bool) {
	if c == nil {
		return "", false
	}
	if c.index != nil {
		uri, ok := c.index[prefix]
		return uri, ok
	}
	for i := len(c.Entries) - 1; i >= 0; i-- {
		terms := c.Entries[i].Terms
		for j := len(terms) - 1; j >= 0; j-- {
			if terms[j].Name == prefix {
				return termURI(terms[j].Value)
			}
		}
	}
	return "", false
}

// has reports whether the context has an equal entry.
func (c *Context) has(e ContextEntry) bool {
	return slices.ContainsFunc(c.Entries, func(f ContextEntry) bool { return reflect.DeepEqual(e, f) })
}

// termURI returns the meaning of a term: a text, or the @id of an expanded term
// definition (JSON-LD 1.1 §9.15.1).
func termURI(v Value) (string, bool) {
	if v.Kind == String {
		return v.Text, true
	}
	if v.Kind == Object {
		id, ok := Extensions(v.Members).Lookup("@id")
		return id.Text, ok && id.Kind == String
	}
	return "", false
}

// wellKnown are the prefixes of the standard EPCIS context that occur in events.
// gs1 means the address of 2026, whatever a document declares, since that is what
// the event hash reference does.
func wellKnown(prefix string) (string, bool) {
	switch prefix {
	case "gs1":
		return gs1Web, true
	case "cbv":
		return cbvWeb, true
	case "epcis":
		return "https://ref.gs1.org/epcis/", true
	case "cbvmda":
		return "urn:epcglobal:cbv:mda", true
	default:
		return "", false
	}
}

// scopes is the chain of contexts that an event sees, the nearest first.
type scopes struct {
	own, outer *Context
}

// namespace resolves a prefix: the event's context, the document's, the standard.
func (s scopes) namespace(prefix string) (string, bool) {
	if prefix == "gs1" {
		return gs1Web, true
	}
	if ns, ok := s.own.Namespace(prefix); ok {
		return ns, true
	}
	if ns, ok := s.outer.Namespace(prefix); ok {
		return ns, true
	}
	return wellKnown(prefix)
}

// pending reports whether a prefix that does not resolve might do so later.
func (s scopes) pending() bool { return s.outer != nil && s.outer.pending }

// splitName splits a CURIE at its first colon.
func splitName(name string) (prefix, local string, ok bool) {
	return strings.Cut(name, ":")
}
