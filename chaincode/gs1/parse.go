package gs1

import "strings"

// Mode relaxes what the parsers accept. The zero Mode is strict: what the
// current standards call valid, and nothing else. Values can be combined.
type Mode uint8

// The relaxations.
const (
	// ShortNames accepts the names that Digital Link 1.0 and 1.1 knew for some
	// application identifiers: gtin, lot, ser, sscc, ...
	ShortNames Mode = 1 << iota
	// ShortGTIN accepts a GTIN-8, -12 or -13 for AI 01 and pads it to 14 digits.
	ShortGTIN
	// RawReserved accepts characters that a URI must percent-encode but some
	// systems leave as they are: / ? # " < > and & in the last value of a
	// Digital Link or URN. Such a Digital Link can then have no query.
	RawReserved
	// UnknownAIs accepts application identifiers that are not in the table, in
	// element strings.
	UnknownAIs
	// UnknownAttributes, together with UnknownAIs, accepts them in the query of
	// a Digital Link, too.
	UnknownAttributes
)

// Parse reads an identifier in any of its forms: an EPC URN (urn:epc:id:...),
// a class or pattern URN (urn:epc:class:lgtin:..., urn:epc:idpat:...:*), a GS1
// Digital Link of any domain, or the canonical path that ID.Path gives. Check
// digits, lengths, characters and the order of qualifiers are verified. What a
// Digital Link says beyond the identifier (attributes, coarser levels) is left
// out; ParseDigitalLink keeps it.
//
// The error is a *ParseError and matches one of ErrSyntax, ErrUnknownKey,
// ErrUnknownAI, ErrCheckDigit, ErrLength, ErrCharacter, ErrContent,
// ErrQualifier, ErrAttribute, ErrPairing.
func Parse(s string) (ID, error) { return ParseMode(s, 0) }

// ParseMode is Parse with some rules relaxed.
func ParseMode(s string, mode Mode) (ID, error) {
	var (
		id  ID
		err *ParseError
	)
	switch {
	case strings.HasPrefix(s, "urn:epc:"):
		id, err = parseURN(s[len("urn:epc:"):], mode)
	case strings.HasPrefix(s, "/"):
		id, err = parseCanonicalPath(s, mode)
	case hasWebScheme(s):
		id, err = parseLinkID(s, mode)
	default:
		err = fault(ErrSyntax, "", "neither an EPC URN nor a GS1 Digital Link")
	}
	if err != nil {
		return ID{}, withInput(err, s)
	}
	return id, nil
}

// hasWebScheme reports a scheme that a Digital Link can have: all lower or all
// upper case, as the GS1 syntax engine has it.
func hasWebScheme(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") ||
		strings.HasPrefix(s, "HTTPS://") || strings.HasPrefix(s, "HTTP://")
}

// newID builds the ID of a key and at most one qualifier, both decoded and
// verified.
func newID(kind Kind, key, qualifier, value string) ID {
	var buffer [160]byte
	out := append(buffer[:0], Authority...)
	out = append(out, '/')
	out = append(out, kind.scheme().key...)
	out = append(out, '/')
	out = appendEscaped(out, key)
	if qualifier != "" {
		out = append(out, '/')
		out = append(out, qualifier...)
		out = append(out, '/')
		out = appendEscaped(out, value)
	}
	return ID{uri: string(out), kind: kind}
}
