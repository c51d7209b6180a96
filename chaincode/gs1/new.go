package gs1

// New makes an ID of its parts: the value of the primary key, with its check
// digit, and the value of the qualifier (the serial number of an SGTIN, CPI or
// ITIP, the lot of an LGTIN, the extension of an SGLN, the third-party
// extension of a UPUI), empty for a class or a key that has none. The serial
// number of a GRAI, GDTI or SGCN is part of its key.
//
// The error is a *ParseError and matches ErrUnknownKey, ErrQualifier (one given
// where there is none, or missing where the kind needs it), ErrLength,
// ErrCharacter, ErrCheckDigit or ErrContent.
func New(kind Kind, key, qualifier string) (ID, error) {
	id, err := build(kind, key, qualifier)
	if err != nil {
		return ID{}, withInput(err, key)
	}
	return id, nil
}

// qualifierOf is the AI that qualifies a kind, and whether it has to be there.
func qualifierOf(kind Kind) (ai string, required bool) {
	switch kind {
	case SGTIN:
		return "21", true
	case LGTIN:
		return "10", true
	case UPUI:
		return "235", true
	case ITIP:
		return "21", false
	case SGLN:
		return "254", false
	case CPI:
		return "8011", false
	default:
		return "", false
	}
}

func build(kind Kind, key, value string) (ID, *ParseError) {
	if kind == KindNone || kind >= kindCount {
		return ID{}, fault(ErrUnknownKey, "", "kind %d", kind)
	}
	ai, required := qualifierOf(kind)
	if value == "" && required || value != "" && ai == "" {
		return ID{}, fault(ErrQualifier, kind.scheme().key, "a %s", kind)
	}
	if err := lookupAI(kind.scheme().key).check(key); err != nil {
		return ID{}, err
	}
	if value == "" {
		return newID(kind, key, "", ""), nil
	}
	if err := lookupAI(ai).check(value); err != nil {
		return ID{}, err
	}
	return newID(kind, key, ai, value), nil
}

// Verify checks a key of unknown kind, as people type it. An identifier that
// Parse knows, or element strings, are verified whole; a number of 8, 12, 13,
// 14, 17 or 18 digits by its check digit; anything else as a GMN, by its check
// character pair. The error matches those of the parsers.
func Verify(key string) error {
	if key == "" {
		return withInput(fault(ErrSyntax, "", "empty"), key)
	}
	if hasWebScheme(key) || key[0] == '/' || len(key) > 4 && key[:4] == "urn:" {
		_, err := Parse(key)
		return err
	}
	if key[0] == '(' || key[0] == GS || key[0] == Caret || hasSymbology(key) {
		elements, err := ParseElementString(key)
		if err != nil {
			return err
		}
		return elements.Validate()
	}
	if !allDigits(key) {
		return withModel(key)
	}
	switch len(key) {
	case 8, 12, 13, 14, 17, 18:
		return VerifyCheckDigit(key)
	default:
		return withInput(fault(ErrLength, "", "no GS1 key of digits has %d", len(key)), key)
	}
}

// withModel verifies a GMN.
func withModel(key string) error {
	if err := lookupAI("8013").check(key); err != nil {
		if err.Detail == "" {
			err.Detail = "taken for a GMN, since it is nothing else"
		}
		return withInput(err, key)
	}
	return nil
}
