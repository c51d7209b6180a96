package gs1

import "strings"

// hashNames are the short names the normaliser replaces; it knows fewer than
// Digital Link did.
var hashNames = map[string]string{
	"gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017",
	"gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
	"grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21",
}

// hashKey is what the normaliser accepts after a primary key: a number of
// digits, then up to text further characters (digits again for a coupon), and
// the qualifiers of which one may follow.
type hashKey struct {
	ai           string
	digits, text int
	qualifiers   map[string]int // to their length
}

// hashKeys are in the order in which the normaliser looks for them in a path.
var hashKeys = [...]hashKey{
	{ai: "00", digits: 18},
	{ai: "01", digits: 14, qualifiers: map[string]int{"21": 20, "10": 20, "235": 28}},
	{ai: "253", digits: 13, text: 17},
	{ai: "255", digits: 13, text: 12},
	{ai: "401", digits: 4, text: 26},
	{ai: "402", digits: 17},
	{ai: "414", digits: 13, qualifiers: map[string]int{"254": 20}},
	{ai: "417", digits: 13},
	{ai: "8003", digits: 14, text: 16},
	{ai: "8004", digits: 4, text: 26},
	{ai: "8006", digits: 18, qualifiers: map[string]int{"21": 20, "10": 20}},
	{ai: "8010", digits: 4, text: 26},
	{ai: "8017", digits: 18},
	{ai: "8018", digits: 18},
}

// hashLink converts a Digital Link, or what passes for one.
func hashLink(uri string) (string, bool) {
	whole := uri
	uri, _, _ = strings.Cut(uri, "#")
	uri, _, _ = strings.Cut(uri, "?")
	uri = replaceNames(uri)
	key, rest := findHashKey(uri)
	if key == nil {
		return "", false
	}
	value, qualifier, text, ok := key.cut(rest)
	if !ok {
		return "", false
	}
	var buffer [160]byte
	out := append(buffer[:0], Authority...)
	out = append(out, '/')
	out = append(out, key.ai...)
	out = append(out, '/')
	out = append(out, value...)
	if qualifier != "" {
		out = append(out, '/')
		out = append(out, qualifier...)
		out = append(out, '/')
		out = append(out, text...)
	}
	if string(out) == whole {
		return whole, true
	}
	return string(out), true
}

// replaceNames puts application identifiers for short names, wherever one is a
// path segment with another behind it.
func replaceNames(uri string) string {
	for start := 0; ; {
		open := strings.IndexByte(uri[start:], '/')
		if open < 0 {
			return uri
		}
		open += start + 1
		length := strings.IndexByte(uri[open:], '/')
		if length < 0 {
			return uri
		}
		start = open + length
		if ai, ok := hashNames[uri[open:start]]; ok {
			uri = uri[:open] + ai + uri[start:]
			start = open + len(ai)
		}
	}
}

// findHashKey finds the primary key and what stands behind it. Under the
// canonical domain the path begins with it; elsewhere the first key in the
// normaliser's order wins.
func findHashKey(uri string) (*hashKey, string) {
	if path, ok := strings.CutPrefix(uri, Authority+"/"); ok {
		ai, rest, _ := strings.Cut(path, "/")
		for i := range hashKeys {
			if hashKeys[i].ai == ai && leadingDigits(rest) >= 4 {
				return &hashKeys[i], rest //determinism:ok callers read it only
			}
		}
	}
	for i := range hashKeys {
		if _, rest, ok := cutSegment(uri, hashKeys[i].ai); ok {
			return &hashKeys[i], rest //determinism:ok callers read it only
		}
	}
	return nil, ""
}

// cutSegment cuts uri around the first path segment that is ai.
func cutSegment(uri, ai string) (before, after string, found bool) {
	for start := 0; start < len(uri); {
		at := strings.Index(uri[start:], ai)
		if at < 0 {
			break
		}
		at += start
		end := at + len(ai)
		if at > 0 && uri[at-1] == '/' && end < len(uri) && uri[end] == '/' {
			return uri[:at-1], uri[end+1:], true
		}
		start = at + 1
	}
	return "", "", false
}

// cut parts what follows the key into its value and the one qualifier that the
// hash keeps; ok is false when something else is there.
func (k *hashKey) cut(rest string) (value, qualifier, text string, ok bool) {
	if k.ai == "8010" { // whose value may contain slashes
		return k.cutPart(rest)
	}
	value, tail, more := strings.Cut(rest, "/")
	if k.ai == "01" {
		value = padGTIN(value)
	}
	if !k.validValue(value) {
		return "", "", "", false
	}
	if !more {
		return value, "", "", true
	}
	qualifier, text, more = strings.Cut(tail, "/")
	if qualifier == "22" && more && (k.ai == "01" || k.ai == "8006") { // never kept
		variant, tail, more := strings.Cut(text, "/")
		if !validText(variant, 20) {
			return "", "", "", false
		}
		if !more {
			return value, "", "", true
		}
		qualifier, text, _ = strings.Cut(tail, "/")
	}
	if lot, serial, both := strings.Cut(text, "/21/"); both && qualifier == "10" {
		if !validText(lot, 20) {
			return "", "", "", false
		}
		qualifier, text = "21", serial
	}
	length, allowed := k.qualifiers[qualifier]
	if !allowed || !more || !validText(text, length) {
		return "", "", "", false
	}
	return value, qualifier, text, true
}

// cutPart is cut for a component or part.
func (k *hashKey) cutPart(rest string) (value, qualifier, text string, ok bool) {
	value, text, more := strings.Cut(rest, "/8011/")
	if leadingDigits(value) < 4 || !validPart(value, 30) {
		return "", "", "", false
	}
	if !more {
		return value, "", "", true
	}
	return value, "8011", text, allDigits(text) && len(text) <= 12
}

func (k *hashKey) validValue(value string) bool {
	if leadingDigits(value) < k.digits {
		return false
	}
	// The normaliser asks for one character more than four digits.
	if k.digits == 4 && len(value) == 4 {
		return false
	}
	if k.ai == "255" {
		return allDigits(value) && len(value) <= k.digits+k.text
	}
	return validText(value[k.digits:], k.text)
}

// validText reports whether text has at most n characters of CSET 82, an escape
// counted as one.
func validText(text string, n int) bool {
	for i := 0; i < len(text); i++ {
		n--
		if _, ok := escapeAt(text, i); ok {
			i += 2
			continue
		}
		if cset82Values[text[i]] == 0 || text[i] == '/' || text[i] == '%' {
			return false
		}
	}
	return n >= 0
}

// validPart is validText for CSET 39.
func validPart(text string, n int) bool {
	for i := 0; i < len(text); i++ {
		n--
		if _, ok := escapeAt(text, i); ok {
			i += 2
			continue
		}
		if lintCSET39(text[i:i+1]) != "" {
			return false
		}
	}
	return n >= 0
}
