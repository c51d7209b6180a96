package readings

import "strings"

// scanner takes a time apart from the left.
type scanner struct{ rest string }

func (s *scanner) done() bool { return s.rest == "" }

// digits takes least to most digits.
func (s *scanner) digits(least, most int) (number, length int, ok bool) {
	for length < most && length < len(s.rest) && s.rest[length] >= '0' && s.rest[length] <= '9' {
		number = number*10 + int(s.rest[length]-'0')
		length++
	}
	if length < least {
		return 0, 0, false
	}
	s.rest = s.rest[length:]
	return number, length, true
}

// any takes one of some characters.
func (s *scanner) any(of string) (byte, bool) {
	if s.rest == "" || strings.IndexByte(of, s.rest[0]) < 0 {
		return 0, false
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, true
}

func (s *scanner) spaces() { s.rest = strings.TrimLeft(s.rest, " ") }

// date takes a date, or leaves everything as it was.
func (s *scanner) date() (stamp, bool) {
	s.weekday()
	for _, form := range []func(*scanner) (stamp, bool){(*scanner).compactDate, (*scanner).numericDate, (*scanner).dayMonthName, (*scanner).monthNameDay} {
		try := *s
		if at, ok := form(&try); ok {
			*s = try
			return at, true
		}
	}
	return stamp{}, false
}

// weekday takes an English day of the week, and the comma behind it.
func (s *scanner) weekday() {
	n := 0
	for n < len(s.rest) && isLetter(s.rest[n]) {
		n++
	}
	if n < 3 || !strings.Contains(" mon tue wed thu fri sat sun ", " "+strings.ToLower(s.rest[:3])+" ") {
		return
	}
	s.rest = strings.TrimLeft(s.rest[n:], ", ")
}

// compactDate takes 20260301.
func (s *scanner) compactDate() (stamp, bool) {
	number, _, ok := s.digits(8, 8)
	if !ok || !s.done() && s.rest[0] != 'T' && s.rest[0] != ' ' {
		return stamp{}, false
	}
	return valid(stamp{year: number / 10_000, first: number / 100 % 100, second: number % 100})
}

// numericDate takes 2026-03-01, 01/03/2026 or 01.03.26.
func (s *scanner) numericDate() (stamp, bool) {
	a, length, ok := s.digits(1, 4)
	if !ok || length == 3 {
		return stamp{}, false
	}
	mark, ok := s.any("-/.")
	if !ok {
		return stamp{}, false
	}
	b, _, ok := s.digits(1, 2)
	if !ok {
		return stamp{}, false
	}
	if again, ok := s.any("-/."); !ok || again != mark {
		return stamp{}, false
	}
	if length == 4 {
		c, _, ok := s.digits(1, 2)
		if !ok {
			return stamp{}, false
		}
		return valid(stamp{year: a, first: b, second: c})
	}
	c, length, ok := s.digits(2, 4)
	if !ok || length == 3 {
		return stamp{}, false
	}
	at := stamp{year: c, first: a, second: b, either: true}
	if length == 2 {
		at.year, at.short = 2000+c, true
	}
	return valid(at)
}

// dayMonthName takes 1 Mar 2026 and 01-Mar-26.
func (s *scanner) dayMonthName() (stamp, bool) {
	day, _, ok := s.digits(1, 2)
	if !ok {
		return stamp{}, false
	}
	s.any(" -/.")
	month, ok := s.monthName()
	if !ok {
		return stamp{}, false
	}
	s.any(" -/.,")
	return s.named(day, month)
}

// monthNameDay takes Mar 1, 2026.
func (s *scanner) monthNameDay() (stamp, bool) {
	month, ok := s.monthName()
	if !ok {
		return stamp{}, false
	}
	s.any(" -/.")
	day, _, ok := s.digits(1, 2)
	if !ok {
		return stamp{}, false
	}
	s.any(",-/ ")
	return s.named(day, month)
}

func (s *scanner) named(day, month int) (stamp, bool) {
	s.spaces()
	year, length, ok := s.digits(2, 4)
	if !ok || length == 3 {
		return stamp{}, false
	}
	if length == 2 {
		year += 2000
	}
	return valid(stamp{year: year, first: month, second: day})
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec"

// monthName takes an English month, whole or its first three letters.
func (s *scanner) monthName() (int, bool) {
	n := 0
	for n < len(s.rest) && (s.rest[n]|0x20) >= 'a' && (s.rest[n]|0x20) <= 'z' {
		n++
	}
	if n < 3 || n > len("september") {
		return 0, false
	}
	at := strings.Index(months, strings.ToLower(s.rest[:3]))
	if at < 0 || at%4 != 0 {
		return 0, false
	}
	s.rest = s.rest[n:]
	return at/4 + 1, true
}

// valid reports whether month and day can be such, in either order where both
// may be meant.
func valid(s stamp) (stamp, bool) {
	low, high := s.first, s.second
	if s.either && low > high {
		low, high = high, low
	}
	return s, low >= 1 && low <= 12 && high >= 1 && high <= 31
}

// between takes what stands between date and clock.
func (s *scanner) between() bool {
	before := s.rest
	s.any(",")
	s.spaces()
	if before == s.rest {
		_, ok := s.any("Tt")
		return ok
	}
	return true
}

// clock takes 08:00, 8:00:00.5 PM or 080000, in milliseconds since midnight.
func (s *scanner) clock() (ms int64, ok bool) {
	hour, length, ok := s.digits(1, 2)
	if !ok {
		return 0, false
	}
	_, colon := s.any(":")
	if !colon && length != 2 {
		return 0, false
	}
	minute, _, ok := s.digits(2, 2)
	if !ok {
		return 0, false
	}
	second, fraction := 0, int64(0)
	if _, again := s.any(":"); again || !colon {
		if again != colon {
			return 0, false
		}
		if second, _, ok = s.digits(2, 2); !ok {
			return 0, false
		}
		if fraction, ok = s.fraction(); !ok {
			return 0, false
		}
	}
	if hour, ok = s.half(hour); !ok || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return int64(hour*3600+minute*60+second)*1000 + fraction, true
}

func (s *scanner) fraction() (int64, bool) {
	if _, ok := s.any(".,"); !ok {
		return 0, true
	}
	n := 0
	for n < len(s.rest) && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	digits := s.rest[:n]
	s.rest = s.rest[n:]
	if digits == "" {
		return 0, false
	}
	return millis(digits)
}

// half takes AM or PM, if it follows.
func (s *scanner) half(hour int) (int, bool) {
	text := strings.TrimLeft(s.rest, " ")
	for _, form := range []struct {
		text string
		add  int
	}{{"AM", 0}, {"PM", 12}, {"A.M.", 0}, {"P.M.", 12}} {
		if len(text) >= len(form.text) && strings.EqualFold(text[:len(form.text)], form.text) {
			s.rest = text[len(form.text):]
			return hour%12 + form.add, hour >= 1 && hour <= 12
		}
	}
	return hour, true
}

// zone takes what says the offset from UTC, if anything does.
func (s *scanner) zone() (offset int, has, ok bool) {
	s.spaces()
	if s.done() {
		return 0, false, true
	}
	for _, name := range []string{"Z", "UTC", "GMT"} {
		if len(s.rest) >= len(name) && strings.EqualFold(s.rest[:len(name)], name) {
			s.rest = strings.TrimLeft(s.rest[len(name):], " ")
			break
		}
	}
	if s.done() {
		return 0, true, true
	}
	sign, ok := s.any("+-")
	if !ok {
		return 0, false, false
	}
	hours, length, ok := s.digits(1, 2)
	if !ok {
		return 0, false, false
	}
	minutes := 0
	if _, colon := s.any(":"); colon || length == 2 && !s.done() {
		if minutes, _, ok = s.digits(2, 2); !ok {
			return 0, false, false
		}
	}
	if hours > 18 || minutes > 59 {
		return 0, false, false
	}
	offset = hours*3600 + minutes*60
	if sign == '-' {
		offset = -offset
	}
	return offset, true, true
}
