package gs1

// URN returns the EPC URN of id: urn:epc:id:... of an instance,
// urn:epc:class:lgtin:... of a lot, urn:epc:idpat:...:* of a class. src tells
// the length of the company prefix, which the ID does not carry.
//
// Errors: ErrPrefixLength when src does not know it or it is not 6 to 12,
// ErrNoURN when no URN means the same (a GMN, a lot of an ITIP, an SGLN whose
// extension is "0"), any other error of src as it is. The error is a
// *ParseError in the first two cases.
func (id ID) URN(src PrefixSource) (string, error) {
	if reason := id.noURN(); reason != "" {
		return "", withInput(fault(ErrNoURN, id.kind.scheme().key, "%s", reason), id.uri)
	}
	digits := id.LicenceDigits()
	n, err := src.PrefixLength(digits)
	if err != nil {
		return "", err
	}
	if n < MinURNPrefix || n > MaxURNPrefix || n > len(digits) {
		return "", withInput(fault(ErrPrefixLength, id.kind.scheme().key,
			"%d digits of %q make no prefix that a URN can have", n, digits), id.uri)
	}
	_, key, _, value := id.fields()
	key, value = unescape(key), unescape(value)
	if id.kind.scheme().digits == 0 {
		return id.textURN(key, value, n)
	}
	return id.digitURN(key, value, n), nil
}

// noURN says why id has no URN, "" if it has one.
func (id ID) noURN() string {
	ai, value := id.Qualifier()
	switch {
	case id.kind == KindNone:
		return "the zero ID"
	case id.kind.scheme().urn == "":
		return "no URN scheme for this key"
	case id.kind == ITIP && ai == "10":
		return "no URN scheme for a lot of an ITIP"
	case id.kind == SGLN && value == "0":
		return "the extension 0 of a URN means that there is none"
	default:
		return ""
	}
}

// head begins the URN: form and scheme.
func (id ID) head() []byte {
	out := make([]byte, 0, 96)
	out = append(out, "urn:epc:"...)
	switch {
	case id.kind == LGTIN:
		out = append(out, "class:"...)
	case id.Level() == LevelClass:
		out = append(out, "idpat:"...)
	default:
		out = append(out, "id:"...)
	}
	out = append(out, id.kind.scheme().urn...)
	return append(out, ':')
}

// digitURN writes a key of digits whose prefix has n of them.
func (id ID) digitURN(key, value string, n int) string {
	s := id.kind.scheme()
	digits := id.LicenceDigits()
	out := append(id.head(), digits[:n]...)
	out = append(out, '.')
	if s.lead > 0 && s.fixed == 0 { // the indicator or extension digit leads the reference
		out = append(out, key[:s.lead]...)
	}
	out = append(out, digits[n:]...)
	if id.kind == ITIP {
		out = append(out, '.')
		out = append(out, key[14:16]...)
		out = append(out, '.')
		out = append(out, key[16:18]...)
	}
	switch {
	case id.Level() == LevelClass:
		out = append(out, ".*"...)
	case id.kind == SGLN && value == "":
		out = append(out, ".0"...)
	case s.fixed > 0:
		out = append(out, '.')
		out = appendURNEscaped(out, key[s.fixed:])
	case value != "":
		out = append(out, '.')
		out = appendURNEscaped(out, value)
	}
	return string(out)
}

// textURN writes a GIAI, GINC or CPI, whose reference is text.
func (id ID) textURN(key, value string, n int) (string, error) {
	if len(key) == n && n != MaxURNPrefix {
		return "", withInput(fault(ErrPrefixLength, id.kind.scheme().key, "no reference after %d digits", n), id.uri)
	}
	out := append(id.head(), key[:n]...)
	out = append(out, '.')
	out = appendURNEscaped(out, key[n:])
	switch {
	case id.Level() == LevelClass:
		out = append(out, ".*"...)
	case value != "":
		out = append(out, '.')
		out = appendURNEscaped(out, value)
	}
	return string(out), nil
}
