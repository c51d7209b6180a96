package personal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Member is a member of a JSON object that somebody signs.
type Member struct {
	// Name is ASCII.
	Name string
	// Value is a string, a []string, an [Object] or an []Object. One that is empty,
	// or of another type, is left out of the object.
	Value any
}

// Object is a JSON object to be signed, its members in any order.
type Object []Member

// Canonical writes a JSON object in the form of RFC 8785: members in order of name,
// no white space, nothing escaped but what must be. It is what a person's signature
// covers, so that whoever checks it needs no more than the members.
func Canonical(o Object) []byte {
	sorted := slices.SortedFunc(slices.Values(o), func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	out := []byte{'{'}
	for _, m := range sorted {
		value := canonicalValue(m.Value)
		if value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(appendText(out, m.Name), ':'), value...)
	}
	return append(out, '}')
}

func canonicalValue(value any) []byte {
	switch v := value.(type) {
	case string:
		if v != "" {
			return appendText(nil, v)
		}
	case []string:
		return canonicalArray(v, func(text string) []byte { return appendText(nil, text) })
	case []Object:
		return canonicalArray(v, Canonical)
	case Object:
		if text := Canonical(v); len(text) > len("{}") {
			return text
		}
	}
	return nil
}

func canonicalArray[Item any](items []Item, write func(Item) []byte) []byte {
	if len(items) == 0 {
		return nil
	}
	out := []byte{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, write(item)...)
	}
	return append(out, ']')
}

// appendText writes a JSON string as RFC 8785, section 3.2.2.2 wants it.
func appendText(out []byte, text string) []byte {
	const short = "\b\t\n\f\r\"\\"
	out = append(out, '"')
	for _, c := range []byte(text) {
		switch at := strings.IndexByte(short, c); {
		case at >= 0:
			out = append(out, '\\', `btnfr"\`[at])
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// Time writes a time as statements have it: RFC 3339, UTC, milliseconds, such as
// 2026-03-01T08:00:00.000Z; empty for the zero time, so that it is left out.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// Exact reports whether a time is one that [Time] writes without loss: of the years
// 1970 to 9999, to the millisecond.
func Exact(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1970 && year <= 9999 && t.Equal(t.Truncate(time.Millisecond))
}
