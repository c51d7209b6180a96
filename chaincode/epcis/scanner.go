package epcis

import "io"

// syntaxError is malformed JSON. It becomes a Violation.
type syntaxError struct{ msg string }

func (e *syntaxError) Error() string { return e.msg }

// scanner reads JSON tokens (RFC 8259, strictly, UTF-8 only) from a stream
// through one buffer, which grows only when a single string needs it. Its first
// error stays; after it every method returns zero values.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	read     int64 // bytes taken from r
	limits   Limits
	depth    int
	err      error
	scratch  []byte // an unescaped string
}

// The buffer begins small, since most documents are, and grows with every read.
const (
	firstBuffer = 4 << 10
	bufferSize  = 64 << 10
)

func newScanner(r io.Reader, l Limits) *scanner {
	size := firstBuffer
	if sized, ok := r.(interface{ Len() int }); ok { // bytes.Reader and its like
		size = max(min(sized.Len()+1, bufferSize), firstBuffer)
	}
	return &scanner{r: r, buf: make([]byte, size), limits: l}
}

// newByteScanner scans data without copying it.
func newByteScanner(data []byte, l Limits) *scanner {
	s := &scanner{buf: data, end: len(data), read: int64(len(data)), limits: l}
	if s.read > l.Bytes {
		s.err = &LimitError{What: "bytes", Max: l.Bytes}
	}
	return s
}

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *scanner) syntax(msg string) { s.fail(&syntaxError{msg}) }

// more reads further bytes, keeping those from index keep on, which it moves to
// the front. It reports whether there are any.
func (s *scanner) more(keep int) bool {
	if s.err != nil || s.r == nil {
		return false
	}
	s.makeRoom(keep)
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.read += int64(n)
		if err == io.EOF { // a Reader returns it bare; wrapped it is an error
			s.r = nil
		} else if err != nil {
			s.fail(err)
			return false
		}
		if s.read > s.limits.Bytes {
			s.fail(&LimitError{What: "bytes", Max: s.limits.Bytes})
			return false
		}
		if n > 0 || s.r == nil {
			return n > 0
		}
	}
	s.fail(io.ErrNoProgress)
	return false
}

// makeRoom moves what is kept to the front and makes space behind it.
func (s *scanner) makeRoom(keep int) {
	if keep > 0 {
		copy(s.buf, s.buf[keep:s.end])
		s.end -= keep
		s.pos -= keep
	}
	if s.end == len(s.buf) || s.read >= int64(len(s.buf)) && len(s.buf) < bufferSize {
		grown := make([]byte, max(2*len(s.buf), min(4*len(s.buf), bufferSize)))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
}

// peek returns the next byte that is not white space, or 0 at the end.
func (s *scanner) peek() byte {
	if s.err != nil {
		return 0
	}
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\n', '\t', '\r':
				s.pos++
			default:
				return c
			}
		}
		if !s.more(s.pos) {
			return 0
		}
	}
}

// atEnd reports whether nothing but white space is left.
func (s *scanner) atEnd() bool {
	return s.peek() == 0 && s.err == nil && s.pos >= s.end
}

// expect consumes c or fails.
func (s *scanner) expect(c byte, what string) bool {
	if got := s.peek(); got != c || s.pos >= s.end {
		s.unexpected(what)
		return false
	}
	s.pos++
	return true
}

func (s *scanner) unexpected(what string) {
	if s.err != nil {
		return
	}
	if s.pos >= s.end {
		s.syntax("input ends where " + what + " is expected")
		return
	}
	s.syntax("expected " + what + ", found " + quote(s.buf[s.pos:min(s.end, s.pos+12)]))
}

// open consumes { or [ and counts the depth.
func (s *scanner) open(c byte, what string) bool {
	if !s.expect(c, what) {
		return false
	}
	s.depth++
	if s.depth > s.limits.Depth {
		s.fail(&LimitError{What: "depth", Max: int64(s.limits.Depth)})
		return false
	}
	return true
}

// next moves to the next element of an object or array and reports whether there
// is one; first says that none was read yet. At the end it consumes close.
func (s *scanner) next(close byte, first bool) bool {
	c := s.peek()
	if c == close && s.err == nil {
		s.pos++
		s.depth--
		return false
	}
	if first {
		return s.err == nil
	}
	if !s.expect(',', "a comma or "+string(rune(close))) {
		return false
	}
	if s.peek() == close {
		s.unexpected("a value after the comma")
		return false
	}
	return s.err == nil
}

// key reads a member's name and the colon. The bytes are valid until the next call.
func (s *scanner) key() []byte {
	k := s.string()
	if s.err != nil {
		return nil
	}
	// The colon may lie beyond the buffer, and refilling moves k.
	if s.pos >= s.end || s.buf[s.pos] != ':' {
		s.scratch = append(s.scratch[:0], k...)
		k = s.scratch
		if !s.expect(':', "a colon") {
			return nil
		}
		return k
	}
	s.pos++
	return k
}

// number reads a number as written. The bytes are valid until the next call.
func (s *scanner) number() []byte {
	s.peek()
	start := s.pos
	for {
		for s.pos < s.end && numeric(s.buf[s.pos]) {
			s.pos++
		}
		if s.pos < s.end || !s.more(start) {
			break
		}
		start = 0
	}
	if s.err != nil {
		return nil
	}
	b := s.buf[start:s.pos]
	if !jsonNumber(b) {
		s.syntax("malformed number " + quote(b))
		return nil
	}
	return b
}

func numeric(c byte) bool {
	return c-'0' <= 9 || c == '.' || c == '-' || c == '+' || c|0x20 == 'e'
}

// jsonNumber checks the grammar of RFC 8259 §6.
func jsonNumber(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	n := digits(b)
	if n == 0 || n > 1 && b[0] == '0' {
		return false
	}
	b = b[n:]
	if len(b) > 0 && b[0] == '.' {
		if n = digits(b[1:]); n == 0 {
			return false
		}
		b = b[1+n:]
	}
	return len(b) == 0 || jsonExponent(b)
}

func jsonExponent(b []byte) bool {
	if b[0]|0x20 != 'e' {
		return false
	}
	b = b[1:]
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		b = b[1:]
	}
	return len(b) > 0 && digits(b) == len(b)
}

// literal reads true, false or null.
func (s *scanner) literal() string {
	for _, word := range [...]string{"true", "false", "null"} {
		if s.peek() != word[0] {
			continue
		}
		if !s.need(len(word)) || string(s.buf[s.pos:s.pos+len(word)]) != word {
			break
		}
		s.pos += len(word)
		return word
	}
	s.unexpected("a value")
	return ""
}

// skip reads over one value.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case c == '"':
		s.string()
	case c == '{':
		s.skipObject()
	case c == '[':
		s.skipArray()
	case c == '-' || c-'0' <= 9:
		s.number()
	default:
		s.literal()
	}
}

func (s *scanner) skipObject() {
	if !s.open('{', "an object") {
		return
	}
	for first := true; s.next('}', first); first = false {
		s.key()
		s.skip()
	}
}

func (s *scanner) skipArray() {
	if !s.open('[', "an array") {
		return
	}
	for first := true; s.next(']', first); first = false {
		s.skip()
	}
}
