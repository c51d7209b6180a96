package gs1

import (
	"fmt"
	"strconv"
	"strings"
	"sync" //determinism:ok a table of constants is compiled once, whoever asks first
)

// aiEntry is one application identifier, compiled from its row.
type aiEntry struct {
	ai        string
	title     string
	format    string
	rules     string
	fixed     bool // length predefined: no FNC1 follows
	attribute bool // may stand in the query of a Digital Link
	key       bool // primary key of a Digital Link
	unknown   bool // made up for an AI that is not in the table
	min, max  int
	parts     []component
	required  [][]string // each: alternatives, of which one group has to be there
	excluded  []string
	// qualifiers are the alternatives of ordered, optional qualifiers of a key.
	qualifiers [][]string
}

// component is a part of a field with checks of its own.
type component struct {
	min, max int
	optional bool
	charset  lint
	checks   []lint
}

type lint struct {
	name string
	run  checkFunc
}

// aiTable is the compiled table.
type aiTable struct {
	entries map[string]*aiEntry
	lengths map[string]int // of the AIs that begin with two digits
	err     error          // what was wrong with the rows; a test asserts that nothing is
}

var table = sync.OnceValue(func() *aiTable { return compile(aiRows[:]) })

// lookupAI finds an application identifier; nil when there is none.
func lookupAI(ai string) *aiEntry { return table().entries[ai] }

func compile(rows []aiRow) *aiTable {
	t := &aiTable{entries: make(map[string]*aiEntry, 600), lengths: make(map[string]int, 60)}
	for _, row := range rows {
		if err := t.add(row); err != nil {
			t.err = fmt.Errorf("gs1: row %q: %w", row.ais, err)
		}
	}
	return t
}

func (t *aiTable) add(row aiRow) error {
	entry := aiEntry{
		title:     row.title,
		format:    row.components,
		rules:     row.attributes,
		fixed:     strings.Contains(row.flags, "*"),
		attribute: strings.Contains(row.flags, "?"),
	}
	for _, spec := range strings.Fields(row.components) {
		part, err := compileComponent(spec)
		if err != nil {
			return err
		}
		entry.parts = append(entry.parts, part)
		entry.max += part.max
		if !part.optional {
			entry.min += part.min
		}
	}
	entry.attributes(row.attributes)
	first, last, isRange := strings.Cut(row.ais, "-")
	if !isRange {
		last = first
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	to, err := strconv.Atoi(last)
	if err != nil {
		return err
	}
	for n := from; n <= to; n++ {
		one := entry
		one.ai = fmt.Sprintf("%0*d", len(first), n)
		t.entries[one.ai] = &one
		t.lengths[one.ai[:2]] = len(one.ai)
	}
	return nil
}

func (e *aiEntry) attributes(text string) {
	for attribute := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(attribute, "=")
		switch name {
		case "req":
			e.required = append(e.required, strings.Split(value, ","))
		case "ex":
			e.excluded = append(e.excluded, strings.Split(value, ",")...)
		case "dlpkey":
			e.key = true
			for alternative := range strings.SplitSeq(value, "|") {
				if alternative != "" {
					e.qualifiers = append(e.qualifiers, strings.Split(alternative, ","))
				}
			}
		}
	}
}

// charsets are the checks behind the letters of the notation.
var charsets = map[byte]string{'N': "csetnumeric", 'X': "cset82", 'Y': "cset39", 'Z': "cset64"}

func compileComponent(spec string) (component, error) {
	names := strings.Split(spec, ",")
	form := names[0]
	var c component
	if inner, ok := strings.CutPrefix(form, "["); ok {
		c.optional = true
		form = strings.TrimSuffix(inner, "]")
	}
	charset, ok := charsets[form[0]]
	if !ok {
		return c, fmt.Errorf("no character set %q", form[0])
	}
	c.charset = lint{charset, checks[charset]}
	length, variable := strings.CutPrefix(form[1:], "..")
	n, err := strconv.Atoi(length)
	if err != nil {
		return c, err
	}
	c.min, c.max = n, n
	if variable {
		c.min = 1
	}
	for _, name := range names[1:] {
		run, ok := checks[name]
		if !ok {
			return c, fmt.Errorf("no check %q", name)
		}
		c.checks = append(c.checks, lint{name, run})
	}
	return c, nil
}

// check verifies a whole, decoded value.
func (e *aiEntry) check(value string) *ParseError {
	if len(value) < e.min || value == "" {
		return fault(ErrLength, e.ai, "%d characters, at least %d", len(value), max(e.min, 1))
	}
	if len(value) > e.max {
		return fault(ErrLength, e.ai, "%d characters, at most %d", len(value), e.max)
	}
	rest := value
	for i := range e.parts {
		part := &e.parts[i]
		n := min(part.max, len(rest))
		if n == 0 && part.optional {
			continue
		}
		if n < part.min {
			return fault(ErrLength, e.ai, "a component of %d characters has %d", part.min, n)
		}
		if err := part.check(e.ai, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if rest != "" {
		return fault(ErrLength, e.ai, "%d characters too many", len(rest))
	}
	return nil
}

func (c *component) check(ai, value string) *ParseError {
	if code := c.charset.run(value); code != "" {
		return &ParseError{AI: ai, Err: &LintError{Check: c.charset.name, Code: code}}
	}
	for i := range c.checks {
		if code := c.checks[i].run(value); code != "" {
			return &ParseError{AI: ai, Err: &LintError{Check: c.checks[i].name, Code: code}}
		}
	}
	return nil
}

// fixedLengths are the predefined lengths by the first two digits of an AI
// (General Specifications, figure 7.8.5-2), which hold for AIs yet to come.
var fixedLengths = map[string]int{
	"00": 18, "01": 14, "02": 14, "03": 14, "04": 16,
	"11": 6, "12": 6, "13": 6, "14": 6, "15": 6, "16": 6, "17": 6, "18": 6, "19": 6, "20": 2,
	"31": 6, "32": 6, "33": 6, "34": 6, "35": 6, "36": 6, "41": 13,
}

// maxUnknown is the length the longest known field has; unknown ones get it, too.
const maxUnknown = 90

// unknownAI makes up an entry for a well-formed AI that is not in the table,
// nil when ai cannot be one: the first two digits of an AI tell its length.
func unknownAI(ai string) *aiEntry {
	if len(ai) < 2 || len(ai) > 4 || !allDigits(ai) {
		return nil
	}
	if n := table().lengths[ai[:2]]; n != 0 && n != len(ai) {
		return nil
	}
	e := &aiEntry{ai: ai, format: "X..90", unknown: true, attribute: true, min: 1, max: maxUnknown}
	if n, ok := fixedLengths[ai[:2]]; ok {
		e.fixed, e.min, e.max = true, n, n
	}
	e.parts = []component{{min: e.min, max: e.max, charset: lint{"cset82", lintCSET82}}}
	return e
}

// findAI is lookupAI that makes up an entry if the mode allows it.
func findAI(ai string, mode Mode) *aiEntry {
	if e := lookupAI(ai); e != nil || mode&UnknownAIs == 0 {
		return e
	}
	return unknownAI(ai)
}
