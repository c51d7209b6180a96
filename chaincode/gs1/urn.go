package gs1

import "strings"

// parseURN reads what follows "urn:epc:" (Tag Data Standard 2.x, section 6):
// id:..., class:lgtin:... or idpat:... with a last component of "*".
func parseURN(rest string, mode Mode) (ID, *ParseError) {
	form, rest, _ := strings.Cut(rest, ":")
	name, rest, ok := strings.Cut(rest, ":")
	if !ok {
		return ID{}, fault(ErrSyntax, "", "an EPC URN is urn:epc:id:scheme:components")
	}
	kind := kindOfURN(name)
	switch form {
	case "id", "class", "idpat":
	default:
		return ID{}, fault(ErrSyntax, "", "urn:epc:%s: is neither id, class nor idpat", form)
	}
	if !hasForm(kind, form) {
		return ID{}, fault(ErrUnknownKey, "", "no GS1 key has the URN scheme %s:%s", form, name)
	}
	u := urnParts{kind: kind, pattern: form == "idpat", mode: mode}
	return u.parse(rest)
}

// hasForm reports whether there is a URN urn:epc:form: of the kind.
func hasForm(kind Kind, form string) bool {
	switch form {
	case "id":
		return kind != KindNone && kind != LGTIN
	case "class":
		return kind == LGTIN
	case "idpat":
		switch kind {
		case SGTIN, UPUI, GRAI, GDTI, SGCN, CPI, ITIP:
			return true
		}
	}
	return false
}

// urnParts are the components of an EPC URN.
type urnParts struct {
	kind      Kind
	pattern   bool // the serial number has to be "*"
	mode      Mode
	prefix    string // GS1 company prefix
	reference string // what follows it
	piece     string // of an ITIP: piece and total
	serial    string // the last component, still encoded; empty when there is none
}

// parse cuts the components and builds the ID.
func (u *urnParts) parse(text string) (ID, *ParseError) {
	if err := u.cut(text); err != nil {
		return ID{}, err
	}
	if !allDigits(u.prefix) || len(u.prefix) < MinURNPrefix || len(u.prefix) > MaxURNPrefix {
		return ID{}, fault(ErrSyntax, "", "a GS1 company prefix has %d to %d digits in a URN", MinURNPrefix, MaxURNPrefix)
	}
	if u.pattern {
		if u.serial != "*" {
			return ID{}, fault(ErrSyntax, "", "a class pattern ends in .*")
		}
		u.serial = ""
	}
	if u.kind.scheme().digits == 0 {
		return u.textKey()
	}
	return u.digitKey()
}

// cut parts the components at their dots. Only the last one may contain dots.
func (u *urnParts) cut(text string) *ParseError {
	var ok, ended bool
	u.prefix, text, ok = strings.Cut(text, ".")
	switch u.kind {
	case SGTIN, LGTIN, UPUI, SGLN, GRAI, GDTI, SGCN, CPI:
		u.reference, u.serial, ended = strings.Cut(text, ".")
		ok = ok && ended && u.serial != ""
	case ITIP:
		var piece, total string
		var pieced, totalled bool
		u.reference, text, ended = strings.Cut(text, ".")
		piece, text, pieced = strings.Cut(text, ".")
		total, u.serial, totalled = strings.Cut(text, ".")
		ok = ok && ended && pieced && totalled && u.serial != "" && len(piece) == 2 && len(total) == 2
		u.piece = piece + total
	default:
		u.reference = text
	}
	if !ok {
		return fault(ErrSyntax, "", "components missing")
	}
	return nil
}

// digitKey builds a key whose company prefix and reference are a fixed number
// of digits together.
func (u *urnParts) digitKey() (ID, *ParseError) {
	s := u.kind.scheme()
	if len(u.prefix)+len(u.reference) != s.digits {
		return ID{}, fault(ErrLength, s.key, "company prefix and reference have %d digits, not %d",
			s.digits, len(u.prefix)+len(u.reference))
	}
	if !allDigits(u.reference) {
		return ID{}, fault(ErrCharacter, s.key, "the reference is digits only")
	}
	var buffer [64]byte
	key := u.appendDigitKey(buffer[:0])
	serial, err := u.decode(u.serial)
	if err != nil {
		return ID{}, err
	}
	if s.fixed > 0 {
		return u.build(string(append(key, serial...)), "", "")
	}
	return u.build(string(key), u.qualifier(serial), serial)
}

// appendDigitKey appends the key that prefix and reference make, with its check
// digit and, for an ITIP, piece and total.
func (u *urnParts) appendDigitKey(out []byte) []byte {
	s, start := u.kind.scheme(), len(out)
	switch {
	case s.fixed > 0 && s.lead > 0: // the filler of a GRAI
		out = append(out, '0')
		out = append(out, u.prefix...)
		out = append(out, u.reference...)
	case s.lead > 0: // indicator or extension digit, which the URN has after the prefix
		out = append(out, u.reference[0])
		out = append(out, u.prefix...)
		out = append(out, u.reference[1:]...)
	default:
		out = append(out, u.prefix...)
		out = append(out, u.reference...)
	}
	out = append(out, checkDigitOf(out[start:]))
	return append(out, u.piece...)
}

// checkDigitOf is checkDigit for bytes.
func checkDigitOf(digits []byte) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += int(digits[i]-'0') * weight
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// qualifier is the AI the last component goes to; empty when there is none.
func (u *urnParts) qualifier(serial string) string {
	switch u.kind {
	case SGTIN, ITIP:
		if u.pattern {
			return ""
		}
		return "21"
	case UPUI:
		if u.pattern {
			return ""
		}
		return "235"
	case LGTIN:
		return "10"
	case SGLN:
		if serial == "0" { // the URN's way to say that there is no extension
			return ""
		}
		return "254"
	default:
		return ""
	}
}

// textKey builds a key whose reference is free text: GIAI, GINC and CPI.
func (u *urnParts) textKey() (ID, *ParseError) {
	reference, err := u.decode(u.reference)
	if err != nil {
		return ID{}, err
	}
	// Nothing but the prefix is left only where a whole key of twelve digits is one.
	if reference == "" && len(u.prefix) != MaxURNPrefix {
		return ID{}, fault(ErrLength, u.kind.scheme().key, "no reference after the company prefix")
	}
	if u.serial == "" {
		return u.build(u.prefix+reference, "", "")
	}
	return u.build(u.prefix+reference, "8011", u.serial)
}

// build verifies the fields against the table and makes the ID.
func (u *urnParts) build(key, qualifier, value string) (ID, *ParseError) {
	kind := u.kind
	if u.pattern && (kind == SGTIN || kind == UPUI) {
		kind = GTIN
	}
	if err := lookupAI(kind.scheme().key).check(key); err != nil {
		return ID{}, err
	}
	if qualifier != "" {
		if err := lookupAI(qualifier).check(value); err != nil {
			return ID{}, err
		}
	}
	return newID(kind, key, qualifier, value), nil
}

// decode decodes a component and refuses what ought to be escaped.
func (u *urnParts) decode(component string) (string, *ParseError) {
	if u.mode&RawReserved == 0 {
		if i := strings.IndexAny(component, `"#&/<>?`); i >= 0 {
			return "", fault(ErrSyntax, "", "%q has to be percent-encoded in a URN", component[i])
		}
	}
	return unescape(component), nil
}
