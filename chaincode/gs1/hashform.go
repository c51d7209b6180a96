package gs1

import "strings"

// HashForm returns the form in which the CBV 2.0 event hash takes an
// identifier: the constrained canonical Digital Link that the reference
// implementation's normaliser makes of EPC URNs, class and pattern URNs and
// Digital Links of any domain (CBV 2.0, section 8.9; RalphTro
// epcis-event-hash-generator, dl_normaliser, rules of 2026). ok is false when s
// is none of these; the hash then takes s as it is.
//
// The rules are looser than Parse: check digits are not verified, short names
// and short GTINs are accepted, percent escapes stay as they are, and
// characters of a URN are copied unchanged. Do not use the result as a key;
// ID.Path is for that.
func HashForm(s string) (canonical string, ok bool) {
	switch {
	case strings.IndexByte(s, '.') < 0: // a rule of the normaliser: no dot, no identifier
		return "", false
	case strings.HasPrefix(s, "urn:epc:"):
		return hashURN(s[len("urn:epc:"):])
	case strings.HasPrefix(s, "https:") || strings.HasPrefix(s, "http:"):
		return hashLink(s)
	default:
		return "", false
	}
}

// hashURN converts an EPC URN, copying its free characters unchanged.
func hashURN(rest string) (string, bool) {
	form, rest, _ := strings.Cut(rest, ":")
	name, rest, _ := strings.Cut(rest, ":")
	kind := kindOfURN(name)
	u := urnParts{kind: kind, pattern: form == "idpat"}
	if !hasForm(kind, form) || u.cut(rest) != nil || !u.hashable() {
		return "", false
	}
	s := kind.scheme()
	var buffer [160]byte
	out := append(buffer[:0], Authority...)
	out = append(out, '/')
	out = append(out, s.key...)
	out = append(out, '/')
	if s.digits == 0 {
		out = append(out, u.prefix...)
		out = append(out, u.reference...)
	} else {
		out = u.appendDigitKey(out)
	}
	switch qualifier := u.hashQualifier(); {
	case u.pattern:
	case s.fixed > 0:
		out = append(out, u.serial...)
	case qualifier != "":
		out = append(out, '/')
		out = append(out, qualifier...)
		out = append(out, '/')
		out = append(out, u.serial...)
	}
	return string(out), true
}

func (u *urnParts) hashQualifier() string {
	if u.kind == CPI {
		return "8011"
	}
	return u.qualifier(u.serial)
}

// hashable verifies what the normaliser's patterns ask: digits and lengths of
// prefix and reference, and how many characters, an escape counted as one, the
// last component has.
func (u *urnParts) hashable() bool {
	s := u.kind.scheme()
	if !allDigits(u.prefix) || len(u.prefix) < MinURNPrefix || len(u.prefix) > MaxURNPrefix {
		return false
	}
	if s.digits == 0 {
		n := hashCharacters(u.reference, u.kind == CPI)
		if n < 1 || n+len(u.prefix) > 30 {
			return false
		}
	} else if !allDigits(u.reference) || len(u.prefix)+len(u.reference) != s.digits || !allDigits(u.piece) {
		return false
	}
	switch {
	case u.pattern:
		return u.serial == "*"
	case u.kind == CPI || u.kind == SGCN:
		return allDigits(u.serial) && len(u.serial) <= 12
	case u.serial == "":
		return true // a scheme without: cut has seen to the others
	default:
		n := hashCharacters(u.serial, false)
		return n >= 1 && n <= u.hashSerialMax()
	}
}

// hashSerialMax is the longest last component, in characters.
func (u *urnParts) hashSerialMax() int {
	switch u.kind {
	case GRAI:
		return 16
	case UPUI:
		return 28
	default:
		return 20
	}
}

// hashCharacters counts the characters of a component, -1 when one of them is
// not allowed in a URN. A component of a CPI has fewer.
func hashCharacters(component string, part bool) int {
	n := 0
	for i := 0; i < len(component); i++ {
		n++
		c := component[i]
		switch {
		case c == '%':
			decoded, ok := escapeAt(component, i)
			if !ok || !hashEscapable(decoded, part) {
				return -1
			}
			i += 2
		case part && (isDigit(c) || c >= 'A' && c <= 'Z' || c == '-'):
		case !part && cset82Values[c] != 0 && strings.IndexByte(urnReserved, c) < 0:
		default:
			return -1
		}
	}
	return n
}

// hashEscapable reports whether an escape may stand for c.
func hashEscapable(c byte, part bool) bool {
	if part {
		return lintCSET39(string(rune(c))) == ""
	}
	return cset82Values[c] != 0
}
