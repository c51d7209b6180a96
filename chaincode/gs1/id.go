package gs1

import "strings"

// Authority is the constant that a canonical Digital Link begins with.
const Authority = "https://id.gs1.org"

// ID identifies a class, lot or instance by a GS1 key. It is a comparable
// value: two IDs are equal exactly when they identify the same thing, however
// they were spelled. The zero ID is invalid and identifies nothing.
//
// An ID keeps the finest level only, as the CBV event hash does: of a Digital
// Link with lot and serial number it keeps the serial number. Consumer product
// variant (22), SRIN (8019) and UIC (7040) identify no other thing and are
// dropped; ParseDigitalLink keeps everything.
type ID struct {
	uri  string // canonical Digital Link, whole
	kind Kind
}

// Kind returns the key the ID belongs to, KindNone for the zero ID.
func (id ID) Kind() Kind { return id.kind }

// IsZero reports whether id is the zero ID, which identifies nothing.
func (id ID) IsZero() bool { return id.kind == KindNone }

// String returns the canonical Digital Link, https://id.gs1.org/01/.../21/...:
// the key and at most one qualifier, every character but A-Z a-z 0-9 - . _ ~
// percent-encoded in upper case (GS1 Digital Link URI Syntax 1.4, section 5.9).
// It is empty for the zero ID. It does not allocate.
func (id ID) String() string { return id.uri }

// Path returns the canonical Digital Link without Authority, "/01/.../21/...",
// which Parse reads back. Ledger keys have this form. It does not allocate.
func (id ID) Path() string {
	if len(id.uri) < len(Authority) {
		return ""
	}
	return id.uri[len(Authority):]
}

// fields cuts the canonical form into key AI, key value, qualifier AI and
// qualifier value, the values still percent-encoded.
func (id ID) fields() (ai, key, qualifier, value string) {
	rest := id.Path()
	if rest == "" {
		return "", "", "", ""
	}
	ai, rest, _ = strings.Cut(rest[1:], "/")
	key, rest, _ = strings.Cut(rest, "/")
	qualifier, value, _ = strings.Cut(rest, "/")
	return ai, key, qualifier, value
}

// Key returns the value of the primary key, decoded: 14 digits of a GTIN, 18 of
// an SSCC, the whole of a GRAI with its serial number, ...
func (id ID) Key() string {
	_, key, _, _ := id.fields()
	return unescape(key)
}

// Qualifier returns the application identifier and decoded value of the one
// qualifier (10, 21, 235, 254, 8011), or two empty strings.
func (id ID) Qualifier() (ai, value string) {
	_, _, ai, value = id.fields()
	return ai, unescape(value)
}

// Serial returns the serial number of an instance that has one: AI 21, 235 or
// 8011, or what follows the class part of a GRAI, GDTI or SGCN.
func (id ID) Serial() string {
	ai, value := id.Qualifier()
	switch ai {
	case "21", "235", "8011":
		return value
	}
	if n := id.kind.scheme().fixed; n > 0 {
		if key := id.Key(); len(key) > n {
			return key[n:]
		}
	}
	return ""
}

// Lot returns the batch or lot number (AI 10), empty when there is none.
func (id ID) Lot() string {
	if ai, value := id.Qualifier(); ai == "10" {
		return value
	}
	return ""
}

// Level returns how fine the identifier is.
func (id ID) Level() Level {
	switch id.kind {
	case KindNone:
		return LevelNone
	case GTIN, GMN:
		return LevelClass
	case LGTIN:
		return LevelLot
	case CPI, ITIP:
		return id.levelByQualifier()
	case GRAI, GDTI, SGCN:
		_, key, _, _ := id.fields()
		// Escapes only make the encoded key longer, and never in the class part.
		if len(key) > id.kind.scheme().fixed {
			return LevelInstance
		}
		return LevelClass
	default:
		return LevelInstance
	}
}

func (id ID) levelByQualifier() Level {
	switch _, _, ai, _ := id.fields(); ai {
	case "":
		return LevelClass
	case "10":
		return LevelLot
	default:
		return LevelInstance
	}
}

// IsInstance reports whether id identifies one thing, place or party.
func (id ID) IsInstance() bool { return id.Level() == LevelInstance }

// IsLot reports whether id identifies a lot.
func (id ID) IsLot() bool { return id.Level() == LevelLot }

// IsClass reports whether id identifies a class without a lot.
func (id ID) IsClass() bool { return id.Level() == LevelClass }

// Class returns the class id belongs to: the GTIN of an SGTIN, LGTIN or UPUI,
// the type of a GRAI, GDTI, SGCN, CPI or ITIP. It returns id itself when the
// key knows no coarser level (SSCC, SGLN, GIAI, ...) or id is a class already.
// It does not allocate.
func (id ID) Class() ID {
	switch id.kind {
	case SGTIN, LGTIN, UPUI:
		return ID{uri: id.keyURI(), kind: GTIN}
	case CPI, ITIP:
		return ID{uri: id.keyURI(), kind: id.kind}
	case GRAI, GDTI, SGCN:
		s := id.kind.scheme()
		return ID{uri: id.uri[:len(Authority)+len(s.key)+2+s.fixed], kind: id.kind}
	default:
		return id
	}
}

// keyURI cuts the qualifier off the canonical form.
func (id ID) keyURI() string {
	ai, key, _, _ := id.fields()
	return id.uri[:len(Authority)+len(ai)+len(key)+2]
}

// LicenceDigits returns the digits of the key that begin with its GS1 company
// prefix, without what stands before (indicator, extension digit, filler) and
// without the check digit: 12 for a GTIN, 16 for an SSCC, the leading digits of
// a GIAI, GINC, CPI or GMN. A licence of a prefix covers the key exactly when
// they begin with that prefix. Empty for the zero ID. It does not allocate.
func (id ID) LicenceDigits() string {
	_, key, _, _ := id.fields()
	s := id.kind.scheme()
	if s.digits == 0 {
		return key[:leadingDigits(key)]
	}
	if s.lead+s.licence() > len(key) {
		return ""
	}
	return key[s.lead : s.lead+s.licence()]
}

// licence is how many digits company prefix and reference have where they
// stand together: the URN counts the indicator or extension digit, too, but
// not the filler of a GRAI.
func (s *scheme) licence() int {
	if s.lead > 0 && s.fixed == 0 {
		return s.digits - s.lead
	}
	return s.digits
}

func leadingDigits(s string) int {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return i
		}
	}
	return len(s)
}
