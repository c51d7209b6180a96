package gs1

import (
	"slices"
	"strings"
)

// DigitalLink makes a link of element strings: the first primary key among
// them with as many of its qualifiers as there are goes into the path, the rest
// into the query, fields of predefined length first. A repeated element stands
// once. stem is scheme, domain and path before the key; empty means Authority.
//
// The error is a *ParseError and matches ErrUnknownKey when there is no
// primary key, ErrAttribute when something can stand neither in path nor query,
// ErrPairing when an element repeats with another value, or what the parsers
// return for a bad field.
func (e Elements) DigitalLink(stem string) (DigitalLink, error) { return e.DigitalLinkMode(stem, 0) }

// DigitalLinkMode is DigitalLink with some rules relaxed; only UnknownAIs and
// UnknownAttributes matter.
func (e Elements) DigitalLinkMode(stem string, mode Mode) (DigitalLink, error) {
	if stem == "" {
		stem = Authority
	}
	link := DigitalLink{Stem: strings.TrimSuffix(stem, "/")}
	if err := e.link(&link, mode); err != nil {
		return DigitalLink{}, withInput(err, e.Bracketed())
	}
	return link, nil
}

func (e Elements) link(link *DigitalLink, mode Mode) *ParseError {
	entries, err := e.entries(mode)
	if err != nil {
		return err
	}
	key := slices.IndexFunc(entries, func(entry *aiEntry) bool { return entry.key })
	if key < 0 {
		return fault(ErrUnknownKey, "", "no primary key among the element strings")
	}
	link.Path = append(Elements{e[key]}, e.pickQualifiers(entries[key])...)
	for _, fixed := range []bool{true, false} {
		for i, entry := range entries {
			if entry.fixed != fixed {
				continue
			}
			if err := link.attach(entry, e[i], mode); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries looks up and verifies every element.
func (e Elements) entries(mode Mode) ([]*aiEntry, *ParseError) {
	entries := make([]*aiEntry, len(e))
	for i, one := range e {
		entry := findAI(one.AI, mode)
		if entry == nil {
			return nil, fault(ErrUnknownAI, "", "%q", one.AI)
		}
		if err := entry.check(one.Value); err != nil {
			return nil, err
		}
		if first, _ := e.Value(one.AI); first != one.Value {
			return nil, fault(ErrPairing, one.AI, "two values")
		}
		entries[i] = entry
	}
	return entries, nil
}

// pickQualifiers returns the qualifiers of the alternative that most of are there.
func (e Elements) pickQualifiers(key *aiEntry) Elements {
	var best Elements
	for _, order := range key.qualifiers {
		var found Elements
		for _, ai := range order {
			if value, ok := e.Value(ai); ok {
				found = append(found, Element{ai, value})
			}
		}
		if len(found) > len(best) {
			best = found
		}
	}
	return best
}

// attach puts an element that the path does not have into the query, once.
func (d *DigitalLink) attach(entry *aiEntry, one Element, mode Mode) *ParseError {
	if _, ok := d.Path.Value(entry.ai); ok {
		return nil
	}
	if _, ok := d.Attributes.Value(entry.ai); ok {
		return nil
	}
	if !entry.attribute || entry.unknown && mode&UnknownAttributes == 0 {
		return fault(ErrAttribute, entry.ai, "can stand neither in the path nor in the query")
	}
	d.Attributes = append(d.Attributes, one)
	return nil
}

// ID returns the identifier that the element strings carry: that of the first
// primary key with the finest of its qualifiers. The error is a *ParseError and
// matches ErrUnknownKey when there is none, or what the parsers return for a bad
// field.
func (e Elements) ID() (ID, error) {
	id, err := e.identify()
	if err != nil {
		return ID{}, withInput(err, e.Bracketed())
	}
	return id, nil
}

func (e Elements) identify() (ID, *ParseError) {
	entries, err := e.entries(UnknownAIs)
	if err != nil {
		return ID{}, err
	}
	at := slices.IndexFunc(entries, func(entry *aiEntry) bool {
		return entry.key && kindOfKey(entry.ai) != KindNone
	})
	if at < 0 {
		return ID{}, fault(ErrUnknownKey, "", "no key that has an EPC among the element strings")
	}
	path := append(Elements{e[at]}, e.pickQualifiers(entries[at])...)
	var l linkParts
	for _, one := range path[:min(len(path), maxPairs)] {
		l.pairs[l.n] = linkPair{entry: lookupAI(one.AI)}
		l.n++
	}
	kind, finest := l.kind()
	if finest == 0 {
		return newID(kind, path[0].Value, "", ""), nil
	}
	return newID(kind, path[0].Value, path[finest].AI, path[finest].Value), nil
}
