package gs1

import (
	"slices"
	"strings"
)

// DigitalLink is all that an uncompressed GS1 Digital Link URI says.
type DigitalLink struct {
	// Stem is the scheme, the domain and what stands before the key, without a
	// slash at the end: "https://example.com/some/path".
	Stem string
	// Path is the primary key and its qualifiers, in the order of the standard.
	Path Elements
	// Attributes are the application identifiers of the query, in its order.
	Attributes Elements
	// Others are the parameters of the query that are no application
	// identifiers, as they were written, in its order.
	Others []string
	// Fragment is what follows #, as it was written.
	Fragment string
}

// ParseDigitalLink reads an uncompressed Digital Link URI of any domain (GS1
// Digital Link URI Syntax 1.4). Fields are verified; what concerns several
// fields is left to Elements.Validate.
//
// The error is a *ParseError and matches one of ErrSyntax, ErrUnknownKey,
// ErrUnknownAI, ErrLength, ErrCharacter, ErrCheckDigit, ErrContent,
// ErrQualifier, ErrAttribute, ErrPairing.
func ParseDigitalLink(uri string) (DigitalLink, error) { return ParseDigitalLinkMode(uri, 0) }

// ParseDigitalLinkMode is ParseDigitalLink with some rules relaxed.
func ParseDigitalLinkMode(uri string, mode Mode) (DigitalLink, error) {
	if !hasWebScheme(uri) {
		return DigitalLink{}, withInput(fault(ErrSyntax, "", "neither http:// nor https://"), uri)
	}
	l, err := cutLink(uri, mode)
	if err != nil {
		return DigitalLink{}, withInput(err, uri)
	}
	link, err := l.elements(mode)
	if err != nil {
		return DigitalLink{}, withInput(err, uri)
	}
	return link, nil
}

// elements decodes and verifies path and query.
func (l *linkParts) elements(mode Mode) (DigitalLink, *ParseError) {
	if err := l.checkSequence(); err != nil {
		return DigitalLink{}, err
	}
	link := DigitalLink{Stem: l.stem, Fragment: l.fragment}
	for i := range l.n {
		value, err := l.pairs[i].decode(mode)
		if err != nil {
			return DigitalLink{}, err
		}
		link.Path = append(link.Path, Element{l.pairs[i].entry.ai, value})
	}
	for parameter := range strings.SplitSeq(l.query, "&") {
		if err := l.parameter(&link, parameter, mode); err != nil {
			return DigitalLink{}, err
		}
	}
	return link, nil
}

// parameter reads one parameter of the query into link.
func (l *linkParts) parameter(link *DigitalLink, text string, mode Mode) *ParseError {
	name, raw, valued := strings.Cut(text, "=")
	if !valued || !allDigits(name) || name == "" {
		if text != "" {
			link.Others = append(link.Others, text)
		}
		return nil
	}
	entry := findAI(name, mode)
	if entry == nil {
		return fault(ErrUnknownAI, "", "%q in the query", name)
	}
	value := unescapeQuery(raw)
	if name == "01" && mode&ShortGTIN != 0 {
		value = padGTIN(value)
	}
	if err := entry.check(value); err != nil {
		return err
	}
	if err := l.checkAttribute(link, entry, mode); err != nil {
		return err
	}
	link.Attributes = append(link.Attributes, Element{name, value})
	return nil
}

// checkAttribute verifies that an AI may stand in the query: it is allowed
// there, does not repeat, and would not be a qualifier in the path.
func (l *linkParts) checkAttribute(link *DigitalLink, entry *aiEntry, mode Mode) *ParseError {
	if !entry.attribute || entry.unknown && mode&UnknownAttributes == 0 {
		return fault(ErrAttribute, entry.ai, "belongs in no query")
	}
	_, inPath := link.Path.Value(entry.ai)
	_, inQuery := link.Attributes.Value(entry.ai)
	if inPath || inQuery {
		return fault(ErrPairing, entry.ai, "given twice")
	}
	if l.wouldQualify(entry.ai) {
		return fault(ErrAttribute, entry.ai, "belongs in the path")
	}
	return nil
}

// wouldQualify reports whether the path with ai put in somewhere would be a
// valid sequence of qualifiers.
func (l *linkParts) wouldQualify(ai string) bool {
	for _, order := range l.pairs[0].entry.qualifiers {
		if slices.Contains(order, ai) && l.follows(order) {
			return true
		}
	}
	return false
}

// Elements returns path and attributes as element strings.
func (d DigitalLink) Elements() Elements { return slices.Concat(d.Path, d.Attributes) }

// ID returns the identifier: the key with its finest qualifier. The error
// matches those of Parse.
func (d DigitalLink) ID() (ID, error) { return d.Path.ID() }

// String writes the URI again, in the encoding of ID.String.
func (d DigitalLink) String() string {
	out := make([]byte, 0, 128)
	out = append(out, d.Stem...)
	out = appendPath(out, d.Path)
	mark := byte('?')
	for _, one := range d.Attributes {
		out = append(out, mark)
		out = append(out, one.AI...)
		out = append(out, '=')
		out = appendQueryEscaped(out, one.Value)
		mark = '&'
	}
	for _, other := range d.Others {
		out = append(out, mark)
		out = append(out, other...)
		mark = '&'
	}
	if d.Fragment != "" {
		out = append(out, '#')
		out = append(out, d.Fragment...)
	}
	return string(out)
}

func appendPath(out []byte, path Elements) []byte {
	for _, one := range path {
		out = append(out, '/')
		out = append(out, one.AI...)
		out = append(out, '/')
		out = appendEscaped(out, one.Value)
	}
	return out
}

// Canonical returns the link in canonical form: the constant domain, no stem,
// the attributes in the order of their application identifiers, nothing that is
// no application identifier (GS1 Digital Link URI Syntax 1.4, section 4.12).
func (d DigitalLink) Canonical() DigitalLink {
	attributes := slices.Clone(d.Attributes)
	slices.SortStableFunc(attributes, func(a, b Element) int { return strings.Compare(a.AI, b.AI) })
	return DigitalLink{Stem: Authority, Path: slices.Clone(d.Path), Attributes: attributes}
}
