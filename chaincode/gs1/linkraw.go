package gs1

import "strings"

// cutRawPath is cutPath for a path whose values may contain slashes: it reads
// from the left, from the first key on, and ends a value only where a qualifier
// of that key follows.
func (l *linkParts) cutRawPath(path string, mode Mode) (int, *ParseError) {
	for at := 0; at >= 0; at = nextSlash(path, at) {
		name, rest, ok := strings.Cut(path[at+1:], "/")
		key := linkAI(name, mode)
		if ok && key != nil && key.key && l.cutRawPairs(key, rest, mode) {
			return at, nil
		}
	}
	return 0, fault(ErrUnknownKey, "", "no primary key in the path")
}

// cutRawPairs parts what follows the key.
func (l *linkParts) cutRawPairs(key *aiEntry, rest string, mode Mode) bool {
	entry := key
	for l.n = 0; l.n < maxPairs; {
		value, next, tail := cutRawValue(key, rest, mode)
		l.pairs[l.n] = linkPair{entry, value}
		l.n++
		if next == nil {
			return true
		}
		entry, rest = next, tail
	}
	return false
}

// cutRawValue parts rest at the first segment that is a qualifier of the key
// and has a value of its own; next is nil when there is none.
func cutRawValue(key *aiEntry, rest string, mode Mode) (value string, next *aiEntry, tail string) {
	for at := nextSlash(rest, -1); at >= 0; at = nextSlash(rest, at) {
		name, tail, ok := strings.Cut(rest[at+1:], "/")
		if entry := linkAI(name, mode); ok && entry != nil && key.hasQualifier(entry.ai) {
			return rest[:at], entry, tail
		}
	}
	return rest, nil, ""
}

// nextSlash finds the slash after position at, -1 when there is none.
func nextSlash(path string, at int) int {
	i := strings.IndexByte(path[at+1:], '/')
	if i < 0 {
		return -1
	}
	return at + 1 + i
}
