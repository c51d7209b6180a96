package gs1

import "strings"

// Pattern is an EPC pure identity pattern, as EPCIS queries use it to ask for
// all identifiers of a company, of a type, or for one (Tag Data Standard 2.x,
// section 8): urn:epc:idpat:sgtin:9506000.*.*, urn:epc:idpat:sscc:*.*. The zero
// Pattern matches nothing.
type Pattern struct {
	kind   Kind
	digits string // what the key begins with, leading digits of it aside
	lead   string // the indicator or extension digit, empty for any
	piece  string // of an ITIP, empty for any
	id     ID     // of a pattern without wildcards
	text   string
}

// ParsePattern reads a pattern. Wildcards stand for whole components and only at
// the end. A pure identity URN (urn:epc:id:...) is a pattern that matches itself.
//
// The error is a *ParseError and matches ErrSyntax, ErrUnknownKey, or what Parse
// returns for a pattern without wildcards.
func ParsePattern(s string) (Pattern, error) {
	rest, ok := strings.CutPrefix(s, "urn:epc:idpat:")
	if !ok {
		id, err := Parse(s)
		if err != nil {
			return Pattern{}, err
		}
		return Pattern{kind: id.kind, id: id, text: s}, nil
	}
	p, err := parsePattern(rest)
	if err != nil {
		return Pattern{}, withInput(err, s)
	}
	p.text = s
	return p, nil
}

func parsePattern(rest string) (Pattern, *ParseError) {
	name, text, ok := strings.Cut(rest, ":")
	kind := kindOfURN(name)
	if !ok || kind == KindNone || kind == LGTIN {
		return Pattern{}, fault(ErrUnknownKey, "", "no GS1 key has patterns of the scheme %q", name)
	}
	if !strings.HasSuffix(text, "*") {
		id, err := parseURN("id:"+rest, 0)
		return Pattern{kind: kind, id: id}, err
	}
	components := strings.Split(text, ".")
	wild := 0
	for wild < len(components) && components[len(components)-1-wild] == "*" {
		wild++
	}
	fixed := components[:len(components)-wild]
	if len(components) != componentsOf(kind) || strings.Contains(strings.Join(fixed, ""), "*") {
		return Pattern{}, fault(ErrSyntax, "", "wildcards stand for whole components, at the end")
	}
	p := Pattern{kind: kind}
	return p, p.fix(fixed)
}

// componentsOf is how many components the URN of a kind has.
func componentsOf(kind Kind) int {
	switch kind {
	case SGTIN, UPUI, SGLN, GRAI, GDTI, SGCN, CPI:
		return 3
	case ITIP:
		return 5
	default:
		return 2
	}
}

// fix takes the components that are no wildcards.
func (p *Pattern) fix(components []string) *ParseError {
	if len(components) == 0 {
		return nil
	}
	prefix := components[0]
	if !allDigits(prefix) || len(prefix) < MinURNPrefix || len(prefix) > MaxURNPrefix {
		return fault(ErrSyntax, "", "a GS1 company prefix has %d to %d digits in a URN", MinURNPrefix, MaxURNPrefix)
	}
	p.digits = prefix
	if len(components) > 1 {
		if err := p.fixReference(prefix, components[1]); err != nil {
			return err
		}
	}
	for _, piece := range components[min(len(components), 2):] { // of an ITIP
		if len(piece) != 2 || !allDigits(piece) {
			return fault(ErrSyntax, "", "piece and total have two digits")
		}
		p.piece += piece
	}
	return nil
}

func (p *Pattern) fixReference(prefix, reference string) *ParseError {
	s := p.kind.scheme()
	if s.digits == 0 {
		p.digits = prefix + unescape(reference)
		return nil
	}
	if !allDigits(reference) || len(prefix)+len(reference) != s.digits {
		return fault(ErrLength, s.key, "company prefix and reference have %d digits", s.digits)
	}
	if s.lead > 0 && s.fixed == 0 {
		p.lead, reference = reference[:1], reference[1:]
	}
	p.digits = prefix + reference
	return nil
}

// String returns the pattern as it was read.
func (p Pattern) String() string { return p.text }

// Matches reports whether the pattern matches an identifier. A class matches
// the pattern of its own instances: the GTIN of urn:epc:idpat:sgtin:...:*.
func (p Pattern) Matches(id ID) bool {
	if !p.id.IsZero() {
		return p.id == id
	}
	if p.kind == KindNone || id.kind != p.kind && (p.kind != SGTIN || id.kind != GTIN) {
		return false
	}
	key, s := id.Key(), p.kind.scheme()
	if s.digits == 0 {
		return p.matchesText(key)
	}
	return strings.HasPrefix(key[s.lead:], p.digits) &&
		(p.lead == "" || strings.HasPrefix(key, p.lead)) &&
		(p.piece == "" || strings.HasPrefix(key[14:], p.piece))
}

// matchesText is Matches for a GIAI, GINC or CPI. A pattern whose reference is
// given matches that reference only, not longer ones.
func (p Pattern) matchesText(key string) bool {
	if p.kind == CPI && len(p.digits) > 0 && strings.Count(p.text, "*") == 1 {
		return key == p.digits
	}
	return strings.HasPrefix(key, p.digits)
}
