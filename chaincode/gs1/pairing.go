package gs1

import "strings"

// Validate checks what the General Specifications say of element strings
// together (section 4.14): pairs that exclude one another, partners that have to
// be there, the same application identifier with two values, and a digital
// signature without a serial number. Fields by themselves were verified by
// parsing; Validate verifies them again, so that it also serves for Elements
// built by hand.
//
// The error is a *ParseError and matches ErrPairing, or what the parsers return.
func (e Elements) Validate() error {
	if err := e.validate(); err != nil {
		return withInput(err, e.Bracketed())
	}
	return nil
}

func (e Elements) validate() *ParseError {
	for _, one := range e {
		entry := findAI(one.AI, UnknownAIs)
		if entry == nil {
			return fault(ErrUnknownAI, "", "%q", one.AI)
		}
		if err := entry.check(one.Value); err != nil {
			return err
		}
		if err := e.checkPairing(entry, one.Value); err != nil {
			return err
		}
	}
	return e.checkSignature()
}

func (e Elements) checkPairing(entry *aiEntry, value string) *ParseError {
	if first, _ := e.Value(entry.ai); first != value {
		return fault(ErrPairing, entry.ai, "two values")
	}
	for _, pattern := range entry.excluded {
		if other := e.match(pattern, entry.ai); other != "" {
			return fault(ErrPairing, entry.ai, "cannot stand together with (%s)", other)
		}
	}
	for _, alternatives := range entry.required {
		if !e.hasAny(alternatives, entry.ai) {
			return fault(ErrPairing, entry.ai, "needs one of %s", strings.Join(alternatives, ", "))
		}
	}
	return nil
}

// match returns the first application identifier that fits a pattern like 394n
// or 31nn; an AI does not match itself, nor a repetition of itself.
func (e Elements) match(pattern, self string) string {
	for _, one := range e {
		if one.AI != self && fits(pattern, one.AI) {
			return one.AI
		}
	}
	return ""
}

func fits(pattern, ai string) bool {
	stem := strings.TrimRight(pattern, "n")
	return len(pattern) == len(ai) && strings.HasPrefix(ai, stem)
}

// hasAny reports whether every member of one of the groups, like 01+21, is there.
func (e Elements) hasAny(groups []string, self string) bool {
	for _, group := range groups {
		if e.hasAll(group, self) {
			return true
		}
	}
	return false
}

func (e Elements) hasAll(group, self string) bool {
	for pattern := range strings.SplitSeq(group, "+") {
		if e.match(pattern, self) == "" {
			return false
		}
	}
	return true
}

// signature is the AI of a digital signature, which has to sign a serialised key.
const signature = "8030"

func (e Elements) checkSignature() *ParseError {
	if _, signed := e.Value(signature); !signed {
		return nil
	}
	for _, one := range e {
		if n := kindOfKey(one.AI).scheme().fixed; n > 0 && len(one.Value) <= n {
			return fault(ErrPairing, one.AI, "without a serial number cannot be signed")
		}
	}
	return nil
}
