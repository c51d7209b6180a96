package exactjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MaxDepth bounds how deep values nest.
const MaxDepth = 256

var (
	errEnd      = errors.New("json: it ends too early")
	errLeftOver = errors.New("json: something stands after the value")
	errDepth    = fmt.Errorf("json: it nests deeper than %d", MaxDepth)
)

// Compact checks that a text is one JSON value (RFC 8259) in UTF-8, without white
// space between its parts. It does not look for members that stand twice:
// [Shape.Check] does.
func Compact(text []byte) error { return loose.Check(text) }

// Check holds a text against the shape: one compact JSON value that encoding/json,
// told to allow no unknown fields, would decode into the type; with members by
// their exact names, and none twice in one object.
func (s *Shape) Check(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("json: it is not UTF-8")
	}
	c := scan{text: text}
	if err := c.value(s); err != nil {
		return err
	}
	if c.at != len(text) {
		return errLeftOver
	}
	return nil
}

// scan is a walk through a text.
type scan struct {
	text  []byte
	at    int
	depth int
}

// peek is the byte at hand, 0 at the end.
func (c *scan) peek() byte {
	if c.at < len(c.text) {
		return c.text[c.at]
	}
	return 0
}

func (c *scan) unexpected() error {
	if c.at >= len(c.text) {
		return errEnd
	}
	return fmt.Errorf("json: %q is not expected at byte %d", c.text[c.at], c.at)
}

func (c *scan) expect(b byte) error {
	if c.peek() != b {
		return c.unexpected()
	}
	c.at++
	return nil
}

// value walks through one value and holds it against its shape.
func (c *scan) value(of *Shape) error {
	from := c.at
	var err error
	switch b := c.peek(); b {
	case '{':
		err = c.object(of)
	case '[':
		err = c.list(of)
	case '"':
		err = c.string()
	case 't':
		err = c.word("true")
	case 'f':
		err = c.word("false")
	case 'n':
		err = c.word("null")
	default:
		err = c.number()
	}
	if err != nil {
		return err
	}
	return of.takes(c.text[from:c.at])
}

func (c *scan) word(word string) error {
	if len(c.text)-c.at < len(word) || string(c.text[c.at:c.at+len(word)]) != word {
		return c.unexpected()
	}
	c.at += len(word)
	return nil
}

func (c *scan) down() error {
	if c.depth++; c.depth > MaxDepth {
		return errDepth
	}
	c.at++
	return nil
}

func (c *scan) list(of *Shape) error {
	if err := c.down(); err != nil {
		return err
	}
	defer func() { c.depth-- }()
	if c.peek() == ']' {
		c.at++
		return nil
	}
	for {
		if err := c.value(of.element()); err != nil {
			return err
		}
		if c.peek() == ']' {
			c.at++
			return nil
		}
		if err := c.expect(','); err != nil {
			return err
		}
	}
}

func (c *scan) object(of *Shape) error {
	if err := c.down(); err != nil {
		return err
	}
	defer func() { c.depth-- }()
	if c.peek() == '}' {
		c.at++
		return nil
	}
	seen := names{of: of}
	for {
		name, err := c.name()
		if err != nil {
			return err
		}
		member, err := seen.add(name)
		if err != nil {
			return err
		}
		if err := c.expect(':'); err != nil {
			return err
		}
		if err := c.value(member); err != nil {
			return err
		}
		if c.peek() == '}' {
			c.at++
			return nil
		}
		if err := c.expect(','); err != nil {
			return err
		}
	}
}

// name reads a member's name: its bytes as they stand, if there is no escape.
func (c *scan) name() ([]byte, error) {
	from := c.at
	if c.peek() != '"' {
		return nil, c.unexpected()
	}
	if err := c.string(); err != nil {
		return nil, err
	}
	return unquote(c.text[from:c.at])
}

// unquote returns the content of a string that has been walked through.
func unquote(quoted []byte) ([]byte, error) {
	inner := quoted[1 : len(quoted)-1]
	for _, b := range inner {
		if b == '\\' {
			var text string
			err := json.Unmarshal(quoted, &text)
			return []byte(text), err
		}
	}
	return inner, nil
}

func (c *scan) string() error {
	for c.at++; c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; {
		case b == '"':
			c.at++
			return nil
		case b < 0x20:
			return c.unexpected()
		case b == '\\':
			if err := c.escape(); err != nil {
				return err
			}
		}
	}
	return errEnd
}

// escape walks to the last byte of an escape.
func (c *scan) escape() error {
	c.at++
	switch c.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			c.at++
			if b := c.peek(); (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'f') {
				return c.unexpected()
			}
		}
		return nil
	}
	return c.unexpected()
}

func (c *scan) number() error {
	if c.peek() == '-' {
		c.at++
	}
	switch b := c.peek(); {
	case b == '0':
		c.at++
	case !c.digits():
		return c.unexpected()
	}
	if c.peek() == '.' {
		c.at++
		if !c.digits() {
			return c.unexpected()
		}
	}
	if c.peek()|0x20 == 'e' {
		c.at++
		if b := c.peek(); b == '+' || b == '-' {
			c.at++
		}
		if !c.digits() {
			return c.unexpected()
		}
	}
	return nil
}

func (c *scan) digits() bool {
	from := c.at
	for b := c.peek(); b >= '0' && b <= '9'; b = c.peek() {
		c.at++
	}
	return c.at > from
}
