package gs1

// AI is what the table says of one application identifier. The zero AI is none.
type AI struct{ entry *aiEntry }

// LookupAI finds an application identifier by its two to four digits.
func LookupAI(code string) (AI, bool) {
	entry := lookupAI(code)
	return AI{entry}, entry != nil
}

// Code returns the digits, empty for the zero AI.
func (a AI) Code() string {
	if a.entry == nil {
		return ""
	}
	return a.entry.ai
}

// Title returns the data title: "BATCH/LOT".
func (a AI) Title() string {
	if a.entry == nil {
		return ""
	}
	return a.entry.title
}

// Format returns the components with their checks in the notation of the syntax
// dictionary: "N13,csum,gcppos1 [X..17]".
func (a AI) Format() string {
	if a.entry == nil {
		return ""
	}
	return a.entry.format
}

// Rules returns what the AI demands, excludes and is qualified by, in the
// notation of the syntax dictionary: "req=01 ex=235".
func (a AI) Rules() string {
	if a.entry == nil {
		return ""
	}
	return a.entry.rules
}

// Predefined reports whether the length is predefined, so that no FNC1 follows.
func (a AI) Predefined() bool { return a.entry != nil && a.entry.fixed }

// IsKey reports whether the AI is a primary key of a Digital Link.
func (a AI) IsKey() bool { return a.entry != nil && a.entry.key }

// IsAttribute reports whether the AI may stand in the query of a Digital Link.
func (a AI) IsAttribute() bool { return a.entry != nil && a.entry.attribute }

// Validate verifies a value. The error is a *ParseError and matches ErrLength,
// ErrCharacter, ErrCheckDigit or ErrContent, or ErrUnknownAI for the zero AI.
func (a AI) Validate(value string) error {
	if a.entry == nil {
		return withInput(fault(ErrUnknownAI, "", "none given"), value)
	}
	if err := a.entry.check(value); err != nil {
		return withInput(err, value)
	}
	return nil
}
