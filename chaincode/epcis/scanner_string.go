package epcis

import "unicode/utf8"

// plain marks the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// string reads a string. The bytes are valid until the next call.
func (s *scanner) string() []byte {
	if !s.expect('"', "a string") {
		return nil
	}
	start := s.pos
	high := false
	for {
		for s.pos < s.end && plain[s.buf[s.pos]] {
			s.pos++
		}
		if s.pos == s.end {
			if !s.more(start) {
				s.unexpected("the end of a string")
				return nil
			}
			start = 0
			continue
		}
		switch c := s.buf[s.pos]; {
		case c == '"':
			b := s.buf[start:s.pos]
			s.pos++
			if high && !utf8.Valid(b) {
				s.syntax("a string is not UTF-8")
				return nil
			}
			return b
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.syntax("a control character in a string is not escaped")
			return nil
		default:
			high = true
			s.pos++
		}
	}
}

// escaped reads the rest of a string that has escapes, from the first of them.
func (s *scanner) escaped(start int) []byte {
	s.scratch = append(s.scratch[:0], s.buf[start:s.pos]...)
	for {
		if s.pos == s.end && !s.more(s.pos) {
			s.unexpected("the end of a string")
			return nil
		}
		c := s.buf[s.pos]
		s.pos++
		switch {
		case c == '"':
			if !utf8.Valid(s.scratch) {
				s.syntax("a string is not UTF-8")
				return nil
			}
			return s.scratch
		case c < 0x20:
			s.syntax("a control character in a string is not escaped")
			return nil
		case c == '\\':
			if !s.escape() {
				return nil
			}
		default:
			s.scratch = append(s.scratch, c)
		}
	}
}

// need makes n bytes available at pos.
func (s *scanner) need(n int) bool {
	for s.end-s.pos < n {
		if !s.more(s.pos) {
			s.unexpected("the rest of an escape")
			return false
		}
	}
	return true
}

func (s *scanner) escape() bool {
	if !s.need(1) {
		return false
	}
	c := s.buf[s.pos]
	s.pos++
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.unicode()
	default:
		s.syntax("an unknown escape in a string")
		return false
	}
	s.scratch = append(s.scratch, c)
	return true
}

// unicode reads the four digits after \u, and a second escape if they are half of
// a surrogate pair. A half without the other is refused (I-JSON, RFC 7493 §2.1).
func (s *scanner) unicode() bool {
	r, ok := s.hex4()
	if !ok {
		return false
	}
	if r >= 0xD800 && r < 0xE000 {
		if r >= 0xDC00 || !s.need(6) || s.buf[s.pos] != '\\' || s.buf[s.pos+1] != 'u' {
			s.syntax("half of a surrogate pair in a string")
			return false
		}
		s.pos += 2
		low, ok := s.hex4()
		if !ok || low < 0xDC00 || low > 0xDFFF {
			s.syntax("half of a surrogate pair in a string")
			return false
		}
		r = (r-0xD800)<<10 + (low - 0xDC00) + 0x10000
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return true
}

func (s *scanner) hex4() (rune, bool) {
	if !s.need(4) {
		return 0, false
	}
	var r rune
	for _, c := range s.buf[s.pos : s.pos+4] {
		if !isHex(c) {
			s.syntax("an escape needs four hexadecimal digits")
			return 0, false
		}
		d := rune(c - '0')
		if c > '9' {
			d = rune(c|0x20-'a') + 10
		}
		r = r<<4 | d
	}
	s.pos += 4
	return r, true
}
