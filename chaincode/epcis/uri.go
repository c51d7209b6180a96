package epcis

import "unicode/utf8"

// uriClass marks the ASCII characters that may stand in a URI (RFC 3986 §2).
var uriClass = func() (t [128]bool) {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"
	for i := range len(allowed) {
		t[allowed[i]] = true
	}
	return t
}()

// isURI reports whether s is an absolute URI: a scheme, a colon, and characters
// that a URI may have, percent signs only as escapes (RFC 3986). Characters
// beyond ASCII are let through, as in an IRI (RFC 3987). A CURIE is a URI here.
func isURI[T ~string | ~[]byte](s T) bool {
	n := schemeLen(s)
	if n == 0 || n+1 >= len(s) {
		return false
	}
	for i := n + 1; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			continue
		}
		if !uriClass[c] {
			return false
		}
		if c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

// schemeLen returns the length of the scheme in front of the first colon, or 0
// if there is none.
func schemeLen[T ~string | ~[]byte](s T) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c-'0' <= 9 || c == '+' || c == '-' || c == '.'):
		case c == ':':
			return i
		default:
			return 0
		}
	}
	return 0
}

func isHex(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'
}
