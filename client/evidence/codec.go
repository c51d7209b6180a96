package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writer writes a file: JSON with two spaces of indentation, as encoding/json does
// without escaping for HTML.
type writer struct {
	text  []byte
	depth int
	empty bool // nothing stands yet in what was opened last
}

const indentation = "  "

// line begins a line. Once there is too much for a file none is begun any more: a
// short text that nests deep would become gigabytes before anybody counted them.
func (w *writer) line() {
	if len(w.text) > MaxSize {
		return
	}
	w.text = append(w.text, '\n')
	for range w.depth {
		w.text = append(w.text, indentation...)
	}
}

func (w *writer) open(bracket byte) {
	w.text = append(w.text, bracket)
	w.depth++
	w.empty = true
}

func (w *writer) close(bracket byte) {
	w.depth--
	w.line()
	w.text = append(w.text, bracket)
	w.empty = false
}

// item begins an element of a list, or a member.
func (w *writer) item() {
	if !w.empty {
		w.text = append(w.text, ',')
	}
	w.empty = false
	w.line()
}

func (w *writer) name(name string) {
	w.item()
	w.text = append(append(append(w.text, '"'), name...), `": `...)
}

func (w *writer) string(name, text string) {
	w.name(name)
	w.quote(text)
}

func (w *writer) bytes(name string, content []byte) {
	w.name(name)
	w.text = append(w.text, '"')
	w.text = base64.StdEncoding.AppendEncode(w.text, content)
	w.text = append(w.text, '"')
}

func (w *writer) strings(name string, list []string) {
	w.name(name)
	w.open('[')
	for _, text := range list {
		w.item()
		w.quote(text)
	}
	w.close(']')
}

func (w *writer) number(name string, n uint64) {
	w.name(name)
	w.text = strconv.AppendUint(w.text, n, 10)
}

// raw writes a compact JSON value on lines of its own.
func (w *writer) raw(name string, value json.RawMessage) {
	w.name(name)
	within := false
	for i := 0; i < len(value); i++ {
		b := value[i]
		switch {
		case within:
			w.text = append(w.text, b)
			if b == '\\' && i+1 < len(value) {
				i++
				w.text = append(w.text, value[i])
			}
			within = b != '"'
		case b == '{' || b == '[':
			if i+1 < len(value) && value[i+1] == b+2 { // '}' and ']' come two behind
				w.text = append(w.text, b, b+2)
				i++
				continue
			}
			w.open(b)
			w.line()
		case b == '}' || b == ']':
			w.close(b)
		case b == ',':
			w.text = append(w.text, b)
			w.line()
		case b == ':':
			w.text = append(w.text, ": "...)
		default:
			w.text = append(w.text, b)
			within = b == '"'
		}
	}
	w.empty = false
}

// quote writes a text: most need no escape.
func (w *writer) quote(text string) {
	for i := range len(text) {
		if b := text[i]; b < 0x20 || b > 0x7e || b == '"' || b == '\\' {
			w.escaped(text)
			return
		}
	}
	w.text = append(append(append(w.text, '"'), text...), '"')
}

const hexDigits = "0123456789abcdef"

// escaped writes a text with escapes, as encoding/json does without those for HTML.
func (w *writer) escaped(text string) {
	w.text = append(w.text, '"')
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			w.text = append(w.text, '\\', byte(r))
		case r >= 0x20 && r != '\u2028' && r != '\u2029':
			w.text = utf8.AppendRune(w.text, r)
		default:
			w.escape(text[i], r)
		}
	}
	w.text = append(w.text, '"')
}

func (w *writer) escape(first byte, r rune) {
	if short := strings.IndexByte("\b\f\n\r\t", first); short >= 0 {
		w.text = append(w.text, '\\', "bfnrt"[short])
		return
	}
	w.text = append(w.text, '\\', 'u')
	for shift := 12; shift >= 0; shift -= 4 {
		w.text = append(w.text, hexDigits[r>>shift&15])
	}
}

// reader reads what a writer wrote. It is lenient: whoever uses it writes what was
// read again, and compares.
type reader struct {
	text []byte
	at   int
	err  error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = malformed("%s is expected at byte %d (line %d)", what, r.at, 1+bytes.Count(r.text[:r.at], []byte("\n")))
	}
}

// space passes over white space.
func (r *reader) space() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\n') {
		r.at++
	}
}

// is passes over a byte, if it is next.
func (r *reader) is(b byte) bool {
	r.space()
	if r.err != nil || r.at >= len(r.text) || r.text[r.at] != b {
		return false
	}
	r.at++
	return true
}

func (r *reader) expect(b byte) {
	if !r.is(b) {
		r.fail("'" + string(rune(b)) + "'")
	}
}

// member passes over a member's name, if it is next, and the comma before it.
func (r *reader) member(name string) bool {
	r.space()
	rest := bytes.TrimLeft(bytes.TrimPrefix(r.text[r.at:], []byte(",")), " \n")
	after, found := bytes.CutPrefix(rest, []byte(`"`+name+`":`))
	if r.err != nil || !found {
		return false
	}
	r.at = len(r.text) - len(after)
	return true
}

func (r *reader) named(name string) {
	if !r.member(name) {
		r.fail(`"` + name + `"`)
	}
}

// quoted returns a string as it stands, between its quotes, and whether there are
// escapes in it.
func (r *reader) quoted() (inner []byte, escaped bool) {
	r.expect('"')
	if r.err != nil {
		return nil, false
	}
	from := r.at
	if end := bytes.IndexByte(r.text[from:], '"'); end >= 0 && bytes.IndexByte(r.text[from:from+end], '\\') < 0 {
		r.at += end + 1
		return r.text[from : from+end], false
	}
	for ; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '\\':
			r.at++
		case '"':
			r.at++
			return r.text[from : r.at-1], true
		}
	}
	r.fail(`'"'`)
	return nil, false
}

func (r *reader) string() string {
	inner, escaped := r.quoted()
	if !escaped {
		return string(inner)
	}
	if text, ok := zeros(inner); ok {
		return text
	}
	var text string
	if err := json.Unmarshal(append(append([]byte{'"'}, inner...), '"'), &text); err != nil {
		r.fail("a text")
	}
	return text
}

// zeros reads a text in which the only escapes are those of U+0000, as in keys of
// the ledger.
func zeros(inner []byte) (string, bool) {
	text := bytes.ReplaceAll(inner, []byte(`\u0000`), []byte{0})
	return string(text), bytes.IndexByte(text, '\\') < 0
}

func (r *reader) bytes() []byte {
	inner, _ := r.quoted()
	if r.err != nil {
		return nil
	}
	content := make([]byte, base64.StdEncoding.DecodedLen(len(inner)))
	n, err := base64.StdEncoding.Strict().Decode(content, inner)
	if err != nil {
		r.fail("base64")
		return nil
	}
	return content[:n]
}

func (r *reader) number() uint64 {
	r.space()
	from := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	n, err := strconv.ParseUint(string(r.text[from:r.at]), 10, 64)
	if err != nil {
		r.fail("a number")
	}
	return n
}

// list reads the elements of a list.
func (r *reader) list(element func()) {
	r.expect('[')
	if r.is(']') {
		return
	}
	for r.err == nil {
		element()
		if r.is(']') {
			return
		}
		r.expect(',')
	}
}

// raw returns a JSON value without the white space between its parts.
func (r *reader) raw() json.RawMessage {
	r.space()
	value := make([]byte, 0, min(1<<9, len(r.text)-r.at))
	depth, within := 0, false
	for ; r.err == nil && r.at < len(r.text); r.at++ {
		b := r.text[r.at]
		switch {
		case within:
			if b == '\\' && r.at+1 < len(r.text) {
				value = append(value, b)
				r.at++
				b = r.text[r.at]
			} else {
				within = b != '"'
			}
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			if depth--; depth <= 0 {
				r.at++
				return append(value, b)
			}
		case b == ' ' || b == '\n':
			continue
		default:
			within = b == '"'
		}
		if depth == 0 {
			break
		}
		value = append(value, b)
	}
	r.fail("a JSON object")
	return nil
}
