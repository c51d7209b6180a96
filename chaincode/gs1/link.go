package gs1

import "strings"

// maxPairs is how many AI and value pairs the path of a Digital Link can have:
// a key and the longest sequence of qualifiers.
const maxPairs = 4

// linkPair is an AI with its value in a Digital Link path, still encoded.
type linkPair struct {
	entry *aiEntry
	value string
}

// linkParts is a Digital Link cut into its parts.
type linkParts struct {
	stem     string // scheme, domain and what stands before the key
	pairs    [maxPairs]linkPair
	n        int
	query    string
	fragment string
}

// uriCharacters are all that a URI may contain (RFC 3986), besides letters and digits.
const uriCharacters = "-._~:/?#[]@!$&'()*+,;=%"

// domainExcluded are those of them that no domain contains.
const domainExcluded = "_~?#@!$&'()*+,;=%"

// cutLink parts a Digital Link URI.
func cutLink(uri string, mode Mode) (linkParts, *ParseError) {
	if mode&RawReserved == 0 {
		if c, bad := notOfURI(uri); bad {
			return linkParts{}, fault(ErrSyntax, "", "%q cannot stand in a URI", c)
		}
	}
	start := strings.Index(uri, "://") + len("://")
	slash := strings.IndexByte(uri[start:], '/')
	if slash < 1 {
		return linkParts{}, fault(ErrSyntax, "", "no domain or no path")
	}
	if i := strings.IndexAny(uri[start:start+slash], domainExcluded); i >= 0 {
		return linkParts{}, fault(ErrSyntax, "", "%q cannot stand in a domain", uri[start+i])
	}
	path := uri[start+slash:]
	var l linkParts
	if mode&RawReserved == 0 {
		path, l.fragment, _ = strings.Cut(path, "#")
		path, l.query, _ = strings.Cut(path, "?")
	}
	root, err := l.cutPath(path, mode)
	if err != nil {
		return linkParts{}, err
	}
	l.stem = uri[:start+slash+root]
	return l, nil
}

func notOfURI(uri string) (byte, bool) {
	for i := range len(uri) {
		if !isUnreserved(uri[i]) && strings.IndexByte(uriCharacters, uri[i]) < 0 {
			return uri[i], true
		}
	}
	return 0, false
}

// cutPath finds the key, reading pairs from the right so that a stem may look
// like pairs, too, and returns where the key begins.
func (l *linkParts) cutPath(path string, mode Mode) (int, *ParseError) {
	if mode&RawReserved != 0 {
		return l.cutRawPath(path, mode)
	}
	var found [maxPairs]linkPair
	end, n := len(path), 0
	for n < maxPairs {
		valueAt := strings.LastIndexByte(path[:end], '/')
		if valueAt <= 0 {
			break
		}
		aiAt := strings.LastIndexByte(path[:valueAt], '/')
		if aiAt < 0 {
			break
		}
		entry := linkAI(path[aiAt+1:valueAt], mode)
		if entry == nil {
			break
		}
		found[n] = linkPair{entry, path[valueAt+1 : end]}
		n++
		end = aiAt
		if entry.key {
			for i := range n {
				l.pairs[i] = found[n-1-i]
			}
			l.n = n
			return aiAt, nil
		}
	}
	return 0, fault(ErrUnknownKey, "", "no primary key in the path")
}

func (e *aiEntry) hasQualifier(ai string) bool {
	for _, alternative := range e.qualifiers {
		for _, one := range alternative {
			if one == ai {
				return true
			}
		}
	}
	return false
}

// linkAI finds what a path segment names.
func linkAI(segment string, mode Mode) *aiEntry {
	if mode&ShortNames != 0 {
		if ai, ok := shortNames[segment]; ok {
			segment = ai
		}
	}
	return lookupAI(segment)
}

// shortNames are the names that Digital Link 1.0 and 1.1 allowed for some AIs.
var shortNames = map[string]string{
	"cpid": "8010", "cpsn": "8011", "cpv": "22", "gcn": "255", "gdti": "253", "giai": "8004",
	"ginc": "401", "gln": "414", "glnx": "254", "gmn": "8013", "grai": "8003", "gsin": "402",
	"gsrn": "8018", "gsrnp": "8017", "gtin": "01", "itip": "8006", "lot": "10", "party": "417",
	"refno": "8020", "ser": "21", "srin": "8019", "sscc": "00",
}

// checkSequence verifies that the qualifiers are the key's, in its order.
func (l *linkParts) checkSequence() *ParseError {
	key := l.pairs[0].entry
	if l.n == 1 {
		return nil
	}
	for _, alternative := range key.qualifiers {
		if l.follows(alternative) {
			return nil
		}
	}
	return fault(ErrQualifier, key.ai, "the path has the qualifiers %s", l.qualifierNames())
}

// follows reports whether the qualifiers are a subsequence of order.
func (l *linkParts) follows(order []string) bool {
	i := 1
	for _, ai := range order {
		if i < l.n && l.pairs[i].entry.ai == ai {
			i++
		}
	}
	return i == l.n
}

func (l *linkParts) qualifierNames() string {
	names := make([]string, 0, maxPairs)
	for _, pair := range l.pairs[1:l.n] {
		names = append(names, pair.entry.ai)
	}
	return strings.Join(names, ", ")
}

// value decodes and verifies the value of a pair.
func (p *linkPair) decode(mode Mode) (string, *ParseError) {
	value := unescape(p.value)
	if p.entry.ai == "01" && mode&ShortGTIN != 0 {
		value = padGTIN(value)
	}
	return value, p.entry.check(value)
}

// padGTIN fills a GTIN-8, -12 or -13 up to 14 digits.
func padGTIN(gtin string) string {
	switch len(gtin) {
	case 8, 12, 13:
		return "00000000000000"[:14-len(gtin)] + gtin
	default:
		return gtin
	}
}
