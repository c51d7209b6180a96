package redaction

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

const (
	// Namespace is that of the extension that lists the commitments, and of all
	// others of this ledger.
	Namespace = "https://github.com/countersign-ledger/countersign/ns/"
	// ourPrefix is what stands for it, unless it is taken.
	ourPrefix = "countersign"
	// local is the extension's name in it.
	local = "commitments"
)

// namer says what names of an event's extensions stand for, as the event's hash
// does: by the contexts of event and document.
type namer struct {
	probe epcis.Event
	start string
}

func newNamer(e *epcis.Event) (*namer, error) {
	n := &namer{probe: *e}
	v := reflect.ValueOf(&n.probe).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.CanSet() && v.Type().Field(i).Name != "Context" {
			f.SetZero()
		}
	}
	var err error
	if n.start, err = n.probe.PreHash(); err != nil {
		return nil, fmt.Errorf("redaction: %w", err)
	}
	return n, nil
}

// full returns the namespace of a name and what follows it; ok is false for a name
// whose prefix is not declared, which stands for itself.
func (n *namer) full(name string) (namespace, rest string, ok bool) {
	n.probe.Extensions = epcis.Extensions{{Name: name}}
	text, err := n.probe.PreHash()
	if err != nil {
		return "", name, false
	}
	// A namespace may hold a brace, the local part begins behind the CURIE's colon.
	_, rest, _ = strings.Cut(name, ":")
	braced, found := strings.CutPrefix(text, n.start+"{")
	namespace, closed := strings.CutSuffix(braced, "}"+rest)
	if !found || !closed {
		return "", name, false
	}
	return namespace, rest, true
}

// expand returns a name with its namespace in place of the prefix.
func (n *namer) expand(name string) string {
	namespace, rest, ok := n.full(name)
	if !ok {
		return name
	}
	return namespace + rest
}

// ours reports whether a name is in our namespace, however it is spelled.
func (n *namer) ours(name string) bool { return strings.HasPrefix(n.expand(name), Namespace) }

// commitments reports whether a name is that of our extension.
func (n *namer) commitments(name string) bool {
	namespace, rest, ok := n.full(name)
	return ok && namespace == Namespace && rest == local
}

// declare returns a name for our extension in an event that stands alone, and the
// context in which it means that. A prefix that means something else is not
// touched, and one that the sender uses undeclared would get a meaning: text is
// the event in canonical JSON.
func declare(e *epcis.Event, n *namer, text []byte) (string, *epcis.Context) {
	for _, entry := range e.Context.Entries {
		for _, term := range entry.Terms {
			if name := term.Name + ":" + local; isPrefix(term.Name) && n.commitments(name) {
				return name, e.Context
			}
		}
	}
	prefix := ourPrefix
	for i := 2; taken(e.Context, prefix) || bytes.Contains(text, []byte(`"`+prefix+`:`)); i++ {
		prefix = ourPrefix + strconv.Itoa(i)
	}
	declared := &epcis.Context{Entries: append([]epcis.ContextEntry(nil), e.Context.Entries...)}
	declared.Entries = append(declared.Entries, epcis.ContextEntry{
		Terms: []epcis.Member{{Name: prefix, Value: epcis.Text(Namespace)}},
	})
	return prefix + ":" + local, declared
}

// taken reports whether a context says anything of a term.
func taken(c *epcis.Context, term string) bool {
	for _, entry := range c.Entries {
		if _, found := epcis.Extensions(entry.Terms).Lookup(term); found {
			return true
		}
	}
	return false
}

// isPrefix reports whether a term can begin the name of an extension, which is a
// URI or looks like one (RFC 3986, section 3.1): @vocab, for one, cannot.
func isPrefix(term string) bool {
	for i, c := range []byte(term) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return term != ""
}
