package gs1

import "strings"

const upperHex = "0123456789ABCDEF"

// isUnreserved reports the characters that a canonical Digital Link leaves as
// they are: unreserved of RFC 3986, section 2.3.
func isUnreserved(c byte) bool {
	return isDigit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s string) bool { return leadingDigits(s) == len(s) }

// hexValue returns the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	default:
		return -1
	}
}

// escapeAt decodes the percent escape at s[i]; ok is false when there is none.
func escapeAt(s string, i int) (c byte, ok bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return 0, false
	}
	high, low := hexValue(s[i+1]), hexValue(s[i+2])
	if high < 0 || low < 0 {
		return 0, false
	}
	return byte(high<<4 | low), true
}

// unescape decodes percent escapes of a path segment. A % that begins no
// escape stands for itself, as in the GS1 syntax engine. It allocates only
// when there is something to decode.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if c, ok := escapeAt(s, i); ok {
			out.WriteByte(c)
			i += 2
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// unescapeQuery is unescape for a query, where + stands for a space.
func unescapeQuery(s string) string {
	return unescape(strings.ReplaceAll(s, "+", " "))
}

// appendEscaped appends value with everything but unreserved characters escaped.
func appendEscaped(out []byte, value string) []byte {
	for i := range len(value) {
		out = appendChar(out, value[i], isUnreserved(value[i]))
	}
	return out
}

// appendQueryEscaped is appendEscaped for a query, where a space becomes +.
func appendQueryEscaped(out []byte, value string) []byte {
	for i := range len(value) {
		if value[i] == ' ' {
			out = append(out, '+')
			continue
		}
		out = appendChar(out, value[i], isUnreserved(value[i]))
	}
	return out
}

// appendURNEscaped appends value as a component of an EPC URN, which leaves
// more characters as they are (Tag Data Standard 2.x, table of section 6.3.1).
func appendURNEscaped(out []byte, value string) []byte {
	for i := range len(value) {
		out = appendChar(out, value[i], strings.IndexByte(urnReserved, value[i]) < 0)
	}
	return out
}

// urnReserved are the characters of CSET 82 and CSET 39 that an EPC URN must escape.
const urnReserved = `"#%&/<>?`

func appendChar(out []byte, c byte, plain bool) []byte {
	if plain {
		return append(out, c)
	}
	return append(out, '%', upperHex[c>>4], upperHex[c&15])
}

// isCanonicalSegment reports whether a path segment is escaped as
// appendEscaped would: then it can be used as it is.
func isCanonicalSegment(s string) bool {
	for i := 0; i < len(s); i++ {
		if isUnreserved(s[i]) {
			continue
		}
		c, ok := escapeAt(s, i)
		if !ok || isUnreserved(c) || s[i+1] != upperHex[c>>4] || s[i+2] != upperHex[c&15] {
			return false
		}
		i += 2
	}
	return true
}

// Escape percent-encodes a value for a path segment of a Digital Link, or for
// its query, where a blank becomes +: everything but A-Z a-z 0-9 - . _ ~.
func Escape(value string, query bool) string {
	if query {
		return string(appendQueryEscaped(nil, value))
	}
	return string(appendEscaped(nil, value))
}

// Unescape undoes Escape. A % that begins no escape stands for itself.
func Unescape(text string, query bool) string {
	if query {
		return unescapeQuery(text)
	}
	return unescape(text)
}
