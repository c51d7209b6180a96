package gs1

import "strings"

// parseLinkID reads the identifier of a Digital Link URI.
func parseLinkID(uri string, mode Mode) (ID, *ParseError) {
	l, err := cutLink(uri, mode)
	if err != nil {
		return ID{}, err
	}
	if l.query != "" {
		// What the query says does not touch the identifier, but it has to be
		// sound, and must not contradict the path.
		if _, err := l.elements(mode); err != nil {
			return ID{}, err
		}
	}
	return l.identify(uri, mode)
}

// parseCanonicalPath reads the form that ID.Path gives: no domain, no stem, no query.
func parseCanonicalPath(path string, mode Mode) (ID, *ParseError) {
	if mode&RawReserved == 0 {
		if i := strings.IndexAny(path, "?#"); i >= 0 {
			return ID{}, fault(ErrSyntax, "", "a canonical path has no %q", path[i])
		}
	}
	var l linkParts
	root, err := l.cutPath(path, mode)
	if err != nil {
		return ID{}, err
	}
	if root != 0 {
		return ID{}, fault(ErrSyntax, "", "a canonical path begins with the key")
	}
	return l.identify("", mode)
}

// identify verifies the path and makes the ID of its key and finest qualifier.
// uri is what it was cut from, which serves as the ID when it is canonical.
func (l *linkParts) identify(uri string, mode Mode) (ID, *ParseError) {
	if err := l.checkSequence(); err != nil {
		return ID{}, err
	}
	var values [maxPairs]string
	for i := range l.n {
		value, err := l.pairs[i].decode(mode)
		if err != nil {
			return ID{}, err
		}
		values[i] = value
	}
	kind, finest := l.kind()
	if kind == KindNone {
		return ID{}, fault(ErrUnknownKey, l.pairs[0].entry.ai, "identifies nothing that has an EPC")
	}
	if l.isCanonical(uri, finest, mode) {
		return ID{uri: uri, kind: kind}, nil
	}
	if finest == 0 {
		return newID(kind, values[0], "", ""), nil
	}
	return newID(kind, values[0], l.pairs[finest].entry.ai, values[finest]), nil
}

// kind finds the kind and the pair, counted from the key, that makes the
// identifier finest; 0 when that is the key itself.
func (l *linkParts) kind() (Kind, int) {
	kind := kindOfKey(l.pairs[0].entry.ai)
	for i := l.n - 1; i > 0; i-- {
		switch qualifier := l.pairs[i].entry.ai; {
		case kind == GTIN && qualifier == "21":
			return SGTIN, i
		case kind == GTIN && qualifier == "10":
			return LGTIN, i
		case kind == GTIN && qualifier == "235":
			return UPUI, i
		case kind == ITIP && (qualifier == "21" || qualifier == "10"),
			kind == SGLN && qualifier == "254",
			kind == CPI && qualifier == "8011":
			return kind, i
		}
	}
	return kind, 0
}

// isCanonical reports whether uri is already what the ID keeps: that is so when
// nothing but the canonical constant, the key and its finest qualifier are in
// it, all spelled canonically. A relaxed mode may have rewritten a part.
func (l *linkParts) isCanonical(uri string, finest int, mode Mode) bool {
	if mode != 0 || l.n != finest+1 || finest > 1 || l.stem != Authority {
		return false
	}
	length := len(Authority)
	for i := range l.n {
		pair := &l.pairs[i]
		if !isCanonicalSegment(pair.value) {
			return false
		}
		length += len(pair.entry.ai) + len(pair.value) + len("//")
	}
	return length == len(uri) // else there is a query or a fragment
}
