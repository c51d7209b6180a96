package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parse reads a signature policy in Fabric's language: AND, OR and OutOf over
// principals such as 'CarrierMSP.peer'.
func parse(text string) (rule, error) {
	p := &parser{rest: text}
	r, err := p.rule(0)
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("%q stands behind the end", p.rest)
	}
	if err != nil {
		return rule{}, fmt.Errorf("policy %q: %w", text, err)
	}
	return r, nil
}

type parser struct{ rest string }

// take consumes a token if it comes next.
func (p *parser) take(token string) bool {
	trimmed := strings.TrimLeft(p.rest, " \t\n")
	rest, found := strings.CutPrefix(trimmed, token)
	if found {
		p.rest = rest
	}
	return found
}

// until consumes what comes before a character, and the character.
func (p *parser) until(end string) (string, error) {
	before, rest, found := strings.Cut(p.rest, end)
	if !found {
		return "", fmt.Errorf("%q is missing", end)
	}
	p.rest = rest
	return strings.TrimSpace(before), nil
}

func (p *parser) rule(depth int) (rule, error) {
	if depth > maxDepth {
		return rule{}, fmt.Errorf("more than %d deep", maxDepth)
	}
	if p.take("'") {
		return p.principal()
	}
	gate, err := p.until("(")
	if err != nil {
		return rule{}, err
	}
	required := 0
	switch strings.ToLower(gate) {
	case "and":
	case "or":
		required = 1
	case "outof":
		number, err := p.until(",")
		if err != nil {
			return rule{}, err
		}
		if required, err = strconv.Atoi(number); err != nil || required < 1 {
			return rule{}, fmt.Errorf("%q is no number", number)
		}
	default:
		return rule{}, fmt.Errorf("%q is none of AND, OR and OutOf", gate)
	}
	return p.gate(required, depth)
}

// gate reads the rules below a gate; required 0 asks for all of them.
func (p *parser) gate(required, depth int) (rule, error) {
	made := rule{required: required}
	for {
		below, err := p.rule(depth + 1)
		if err != nil {
			return rule{}, err
		}
		made.of = append(made.of, below)
		if p.take(")") {
			break
		}
		if !p.take(",") {
			return rule{}, fmt.Errorf("a comma or a parenthesis is missing before %q", p.rest)
		}
	}
	if required == 0 {
		made.required = len(made.of)
	}
	return made, nil
}

func (p *parser) principal() (rule, error) {
	name, err := p.until("'")
	if err != nil {
		return rule{}, err
	}
	dot := strings.LastIndexByte(name, '.')
	if dot < 1 || !slices.Contains([]string{"admin", "client", memberRole, "orderer", "peer"}, name[dot+1:]) {
		return rule{}, fmt.Errorf("%q is no role of an organisation, such as 'CarrierMSP.peer'", name)
	}
	return rule{who: principal{msp: name[:dot], role: name[dot+1:]}}, nil
}
