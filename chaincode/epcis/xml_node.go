package epcis

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// node is one XML element of an event or a header.
type node struct {
	name     xml.Name
	attrs    []xml.Attr // without namespace declarations
	text     string     // what stands before the first child, trimmed
	stray    bool       // text stands behind a child, too
	children []*node
	parent   *node
	index    int  // among siblings of the same name, from 1
	alone    bool // no sibling has the same name
}

// path is where the node is, as in Violation.Pointer.
func (n *node) path() string {
	if n == nil {
		return ""
	}
	p := n.parent.path() + "/" + short(n.name.Local)
	if !n.alone {
		p += "[" + strconv.Itoa(n.index) + "]"
	}
	return p
}

// attr returns an attribute without namespace.
func (n *node) attr(local string) (string, bool) {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return strings.TrimSpace(a.Value), true
		}
	}
	return "", false
}

const xsi = "http://www.w3.org/2001/XMLSchema-instance"

// isNil reports xsi:nil, which means that the element is absent.
func (n *node) isNil() bool {
	for _, a := range n.attrs {
		if a.Name.Space == xsi && a.Name.Local == "nil" {
			v := strings.TrimSpace(a.Value)
			return v == "true" || v == "1"
		}
	}
	return false
}

// standard reports whether a namespace is one that EPCIS elements may be in. By the
// schema they have none, but much software qualifies them.
func standard(space string) bool {
	switch space {
	case "", "urn:epcglobal:epcis:xsd:1", "urn:epcglobal:epcis:xsd:2",
		"urn:epcglobal:epcis-query:xsd:1", "urn:epcglobal:epcis-query:xsd:2":
		return true
	}
	return false
}

// is reports whether the node is the EPCIS element of that name.
func (n *node) is(local string) bool { return n.name.Local == local && standard(n.name.Space) }

// wrapper reports the elements by which EPCIS 1.x makes room for later fields.
func (n *node) wrapper() bool {
	return n.name.Space == "" && (n.name.Local == "extension" || n.name.Local == "baseExtension")
}

// content returns the children, those in wrappers included, as EPCIS 2.0 has them.
func (n *node) content() []*node {
	plain := true
	for _, c := range n.children {
		plain = plain && !c.wrapper()
	}
	if plain {
		return n.children
	}
	var list []*node
	for _, c := range n.children {
		if c.wrapper() {
			list = append(list, c.content()...)
		} else {
			list = append(list, c)
		}
	}
	return list
}

// child returns the first EPCIS element of that name, or nil.
func (n *node) child(local string) *node {
	for _, c := range n.content() {
		if c.is(local) {
			return c
		}
	}
	return nil
}

// number sets index and alone of the children.
func (n *node) number() {
	count := make(map[xml.Name]int, 8)
	for _, c := range n.children {
		count[c.name]++
		c.index = count[c.name]
	}
	for _, c := range n.children {
		c.alone = count[c.name] == 1
	}
}

// xmlSource reads tokens and enforces the limits.
type xmlSource struct {
	dec    *xml.Decoder
	in     *countingReader
	limits Limits
	depth  int
	// prefixes are the declared prefixes in the order they occur.
	prefixes []prefix
	known    map[string]bool // namespaces declared anywhere
}

type prefix struct{ name, space string }

// countingReader refuses to read more than a limit.
type countingReader struct {
	r    io.Reader
	left int64
	max  int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, &LimitError{What: "bytes", Max: c.max}
	}
	return n, err
}

func newXMLSource(r io.Reader, l Limits) *xmlSource {
	in := &countingReader{r: r, left: l.Bytes, max: l.Bytes}
	return &xmlSource{dec: xml.NewDecoder(in), in: in, limits: l, known: map[string]bool{
		"": true, "xml": true,
		"http://www.w3.org/XML/1998/namespace": true,
	}}
}

// errDTD refuses document type definitions, which EPCIS does not use and attacks do.
var errDTD = errors.New("a document type definition is not allowed")

// token returns the next start or end element or text.
func (s *xmlSource) token() (xml.Token, error) {
	for {
		t, err := s.dec.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if s.depth++; s.depth > s.limits.Depth {
				return nil, &LimitError{What: "depth", Max: int64(s.limits.Depth)}
			}
			s.declare(t.Attr)
			return t, s.resolved(t)
		case xml.EndElement:
			s.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		case xml.Directive:
			return nil, errDTD
		}
	}
}

func (s *xmlSource) declare(attrs []xml.Attr) {
	for _, a := range attrs {
		switch {
		case a.Name.Space == "xmlns":
			s.known[a.Value] = true
			s.addPrefix(prefix{a.Name.Local, a.Value})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			s.known[a.Value] = true
		}
	}
}

func (s *xmlSource) addPrefix(p prefix) {
	if len(s.prefixes) < maxPrefixes && !slices.Contains(s.prefixes, p) {
		s.prefixes = append(s.prefixes, p)
	}
}

// maxPrefixes bounds the prefixes whose names are kept; namespaces beyond get others.
const maxPrefixes = 256

// resolved reports a prefix that is not declared; the decoder lets it pass.
func (s *xmlSource) resolved(t xml.StartElement) error {
	if !s.known[t.Name.Space] {
		return fmt.Errorf("the prefix %s is not declared", quote(t.Name.Space))
	}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && !s.known[a.Name.Space] {
			return fmt.Errorf("the prefix %s is not declared", quote(a.Name.Space))
		}
	}
	return nil
}

// tree reads the element that has just started, with all in it.
func (s *xmlSource) tree(start xml.StartElement, parent *node) (*node, error) {
	n := newNode(start, parent)
	var text strings.Builder
	for {
		t, err := s.token()
		if err != nil {
			return n, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			c, err := s.tree(t, n)
			n.children = append(n.children, c)
			if err != nil {
				return n, err
			}
		case xml.EndElement:
			n.text = strings.TrimSpace(text.String())
			n.number()
			return n, nil
		case xml.CharData:
			if len(n.children) == 0 {
				text.Write(t)
			} else if strings.TrimSpace(string(t)) != "" {
				n.stray = true
			}
		}
	}
}

func newNode(start xml.StartElement, parent *node) *node {
	n := &node{name: start.Name, parent: parent, alone: true}
	for _, a := range start.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		n.attrs = append(n.attrs, a)
	}
	return n
}
