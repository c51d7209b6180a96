package epcis

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// encoder writes JSON, compact, members in a fixed order.
type encoder struct {
	b     []byte
	err   error
	comma bool // the next member or item needs a comma in front
}

func (w *encoder) open(c byte) {
	w.separate()
	w.b = append(w.b, c)
	w.comma = false
}

func (w *encoder) close(c byte) {
	w.b = append(w.b, c)
	w.comma = true
}

func (w *encoder) separate() {
	if w.comma {
		w.b = append(w.b, ',')
	}
}

// key writes a member's name; the value must follow.
func (w *encoder) key(name string) {
	w.separate()
	w.b = append(appendString(w.b, name), ':')
	w.comma = false
}

func (w *encoder) raw(s string) {
	w.separate()
	w.b = append(w.b, s...)
	w.comma = true
}

func (w *encoder) string(s string) {
	w.separate()
	w.b = appendString(w.b, s)
	w.comma = true
}

// optional writes a string member unless it is empty.
func (w *encoder) optional(name, s string) {
	if s != "" {
		w.key(name)
		w.string(s)
	}
}

func (w *encoder) term(name string, v *vocabulary, s string) {
	if s != "" {
		w.key(name)
		w.string(v.normal(s))
	}
}

func (w *encoder) time(name string, t time.Time) {
	w.key(name)
	w.separate()
	w.b = append(appendTime(append(w.b, '"'), t), '"')
	w.comma = true
}

func (w *encoder) optionalTime(name string, t *time.Time) {
	if t != nil {
		w.time(name, *t)
	}
}

func (w *encoder) number(name string, n Number) {
	if n == "" {
		return
	}
	w.key(name)
	w.decimal(string(n))
}

func (w *encoder) decimal(s string) {
	n, ok := ParseNumber(s)
	if !ok && w.err == nil {
		w.err = fmt.Errorf("epcis: %s is not a number", quote(s))
	}
	w.raw(string(n))
}

// strings writes a list unless it is nil.
func (w *encoder) strings(name string, list []string) {
	if list == nil {
		return
	}
	w.key(name)
	w.open('[')
	for _, s := range list {
		w.string(s)
	}
	w.close(']')
}

func (w *encoder) value(v Value) {
	switch v.Kind {
	case String:
		w.string(v.Text)
	case Numeric:
		w.decimal(v.Text)
	case Boolean:
		if v.Text != "true" && v.Text != "false" && w.err == nil {
			w.err = fmt.Errorf("epcis: %s is not a boolean", quote(v.Text))
		}
		w.raw(v.Text)
	case Object:
		w.open('{')
		w.members(v.Members)
		w.close('}')
	default:
		w.open('[')
		for _, item := range v.Items {
			w.value(item)
		}
		w.close(']')
	}
}

func (w *encoder) members(list []Member) {
	for i := range list {
		w.key(list[i].Name)
		w.value(list[i].Value)
	}
}

func (w *encoder) optionalValue(name string, v *Value) {
	if v != nil {
		w.key(name)
		w.value(*v)
	}
}

// context writes an @context: one address as a string, all else as an array.
func (w *encoder) context(c *Context) {
	w.key("@context")
	if len(c.Entries) == 1 && c.Entries[0].URI != "" {
		w.string(c.Entries[0].URI)
		return
	}
	w.open('[')
	for _, e := range c.Entries {
		if e.URI != "" {
			w.string(e.URI)
			continue
		}
		w.open('{')
		w.members(e.Terms)
		w.close('}')
	}
	w.close(']')
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string with no escapes but those that are needed.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + n
			}
			i += n
			continue
		}
		dst = appendEscape(append(dst, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}
