package gs1

import "strings"

// Element is one application identifier with its value, decoded.
type Element struct {
	AI    string
	Value string
}

// Elements are the element strings of a barcode or the content of a Digital
// Link, in order. The parsers return them with every field verified against the
// table; Validate adds what concerns several of them.
type Elements []Element

// The separators of unbracketed element strings: GS as scanners transmit FNC1,
// and the caret that documents and test data write for it. CSET 82 has neither.
const (
	GS    byte = 0x1D
	Caret byte = '^'
)

// symbologies are the ISO/IEC 15424 identifiers that scanners put before GS1
// element strings: GS1-128, DataBar and composite, DataMatrix, QR, DotCode.
var symbologies = [...]string{"]C1", "]e0", "]d2", "]Q3", "]J1"}

// ParseElementString reads element strings, bracketed, "(01)0950...(10)AB", or
// as they are scanned: GS (or ^) first and after every field of variable
// length, a symbology identifier before that or instead of the first GS. In the
// bracketed form a ( that is data is written \(.
//
// The error is a *ParseError and matches ErrSyntax, ErrUnknownAI, ErrLength,
// ErrCharacter, ErrCheckDigit or ErrContent.
func ParseElementString(s string) (Elements, error) { return ParseElementStringMode(s, 0) }

// ParseElementStringMode is ParseElementString with some rules relaxed; only
// UnknownAIs matters.
func ParseElementStringMode(s string, mode Mode) (Elements, error) {
	var (
		list Elements
		err  *ParseError
	)
	switch {
	case strings.HasPrefix(s, "("):
		list, err = parseBracketed(s, mode)
	case s != "" && (s[0] == GS || s[0] == Caret):
		list, err = parseScanned(s[1:], s[0], mode)
	case hasSymbology(s):
		list, err = parseScanned(strings.TrimPrefix(s[3:], string(rune(GS))), GS, mode)
	default:
		err = fault(ErrSyntax, "", "element strings begin with a bracket, FNC1 or a symbology identifier")
	}
	if err != nil {
		return nil, withInput(err, s)
	}
	return list, nil
}

func hasSymbology(s string) bool {
	for _, one := range symbologies {
		if strings.HasPrefix(s, one) {
			return true
		}
	}
	return false
}

func parseBracketed(s string, mode Mode) (Elements, *ParseError) {
	var list Elements
	for s != "" {
		if s[0] != '(' {
			return nil, fault(ErrSyntax, "", "an application identifier stands in brackets")
		}
		ai, rest, ok := strings.Cut(s[1:], ")")
		if !ok {
			return nil, fault(ErrSyntax, "", "a bracket is not closed")
		}
		entry := findAI(ai, mode)
		if entry == nil {
			return nil, fault(ErrUnknownAI, "", "%q", ai)
		}
		end := bracketAt(rest)
		value := strings.ReplaceAll(rest[:end], `\(`, "(")
		if err := entry.check(value); err != nil {
			return nil, err
		}
		list = append(list, Element{ai, value})
		s = rest[end:]
	}
	return list, nil
}

// bracketAt finds the bracket that opens the next application identifier.
func bracketAt(s string) int {
	for i := range len(s) {
		if s[i] == '(' && (i == 0 || s[i-1] != '\\') {
			return i
		}
	}
	return len(s)
}

// parseScanned reads what follows the first FNC1.
func parseScanned(s string, separator byte, mode Mode) (Elements, *ParseError) {
	if s == "" {
		return nil, fault(ErrSyntax, "", "no data")
	}
	var list Elements
	for s != "" {
		entry := prefixAI(s, mode)
		if entry == nil {
			return nil, fault(ErrUnknownAI, "", "no application identifier begins %q", s[:min(len(s), 4)])
		}
		s = s[len(entry.ai):]
		end := strings.IndexByte(s, separator)
		if end < 0 {
			end = len(s)
		}
		if entry.fixed {
			end = min(end, entry.max)
		}
		if err := entry.check(s[:end]); err != nil {
			return nil, err
		}
		list = append(list, Element{entry.ai, s[:end]})
		s = s[end:]
		// A separator after a field of predefined length is tolerated.
		if s != "" && s[0] == separator {
			s = s[1:]
		}
	}
	return list, nil
}

// prefixAI finds the application identifier that s begins with.
func prefixAI(s string, mode Mode) *aiEntry {
	if len(s) < 2 {
		return nil
	}
	n := table().lengths[s[:2]]
	if n == 0 || n > len(s) {
		return nil
	}
	return findAI(s[:n], mode)
}

// Bracketed writes the element strings for people: "(01)0950...(10)AB". A (
// that is data becomes \(.
func (e Elements) Bracketed() string {
	var out strings.Builder
	for _, one := range e {
		out.WriteString("(" + one.AI + ")" + strings.ReplaceAll(one.Value, "(", `\(`))
	}
	return out.String()
}

// FNC1 writes the element strings for a barcode, with the separator, GS or
// Caret, first and after every field but the last whose length is not
// predefined.
func (e Elements) FNC1(separator byte) string {
	out := make([]byte, 0, 64)
	pending := true
	for _, one := range e {
		if pending {
			out = append(out, separator)
		}
		out = append(out, one.AI...)
		out = append(out, one.Value...)
		entry := findAI(one.AI, UnknownAIs)
		pending = entry == nil || !entry.fixed
	}
	return string(out)
}

// Value returns the value of the first element with that application identifier.
func (e Elements) Value(ai string) (value string, ok bool) {
	for _, one := range e {
		if one.AI == ai {
			return one.Value, true
		}
	}
	return "", false
}

// Elements returns the element strings of id: its key and, if it has one, its
// qualifier. Nil for the zero ID.
func (id ID) Elements() Elements {
	ai, key, qualifier, value := id.fields()
	switch {
	case ai == "":
		return nil
	case qualifier == "":
		return Elements{{ai, unescape(key)}}
	default:
		return Elements{{ai, unescape(key)}, {qualifier, unescape(value)}}
	}
}

// ElementString returns the element strings of id in brackets, "(01)...(21)...".
func (id ID) ElementString() string { return id.Elements().Bracketed() }
