package epcis

import "time"

const halfMillisecond = 500 * time.Microsecond

// parseTime reads an RFC 3339 date-time, which must have a zone, as UTC. It
// refuses what a time.Time cannot hold exactly: a fraction finer than a
// nanosecond, a leap second, a year that is not 1 to 9999 in UTC, even once the
// event hash has rounded it. The first moment of year 1 is Go's zero time, which
// stands for an absent one, so it is refused too.
func parseTime[T ~string | ~[]byte](s T) (time.Time, bool) {
	const head = len("2006-01-02T15:04:05")
	if len(s) <= head || s[10]|0x20 != 't' {
		return time.Time{}, false
	}
	date, ok := parseDate(s)
	if !ok {
		return time.Time{}, false
	}
	clock, ok := parseClock(s)
	if !ok {
		return time.Time{}, false
	}
	nanos, at, ok := parseFraction(s, head)
	if !ok {
		return time.Time{}, false
	}
	offset, ok := parseZone(s, at)
	if !ok {
		return time.Time{}, false
	}
	t := date.Add(clock + time.Duration(nanos) - offset)
	return t, t.Year() >= 1 && !t.IsZero() && t.Add(halfMillisecond).Year() <= 9999
}

// parseDate reads year, month and day at the beginning of s.
func parseDate[T ~string | ~[]byte](s T) (time.Time, bool) {
	year, ok1 := number4(s, 0)
	month, ok2 := number2(s, 5)
	day, ok3 := number2(s, 8)
	ok := ok1 && ok2 && ok3 && s[4] == '-' && s[7] == '-'
	if !ok || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), true
}

// parseClock reads hour, minute and second behind the date.
func parseClock[T ~string | ~[]byte](s T) (time.Duration, bool) {
	hour, ok1 := number2(s, 11)
	minute, ok2 := number2(s, 14)
	second, ok3 := number2(s, 17)
	ok := ok1 && ok2 && ok3 && s[13] == ':' && s[16] == ':'
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return d, ok && hour <= 23 && minute <= 59 && second <= 59
}

func parseFraction[T ~string | ~[]byte](s T, at int) (nanos, next int, ok bool) {
	if at >= len(s) || s[at] != '.' {
		return 0, at, true
	}
	at++
	start, unit := at, 100_000_000
	for at < len(s) && s[at]-'0' <= 9 {
		d := int(s[at] - '0')
		if unit == 0 && d != 0 {
			return 0, at, false
		}
		nanos += d * unit
		unit /= 10
		at++
	}
	return nanos, at, at > start
}

func parseZone[T ~string | ~[]byte](s T, at int) (time.Duration, bool) {
	if at+1 == len(s) && s[at]|0x20 == 'z' {
		return 0, true
	}
	if at+6 != len(s) || s[at+3] != ':' || (s[at] != '+' && s[at] != '-') {
		return 0, false
	}
	h, ok1 := number2(s, at+1)
	m, ok2 := number2(s, at+4)
	if ok := ok1 && ok2; !ok || h > 23 || m > 59 {
		return 0, false
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[at] == '-' {
		d = -d
	}
	return d, true
}

func number2[T ~string | ~[]byte](s T, at int) (int, bool) {
	a, b := s[at]-'0', s[at+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

func number4[T ~string | ~[]byte](s T, at int) (int, bool) {
	a, ok1 := number2(s, at)
	b, ok2 := number2(s, at+2)
	return a*100 + b, ok1 && ok2
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// appendTime writes t as RFC 3339 in UTC with no more digits than it needs.
func appendTime(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, time.RFC3339Nano)
}

// HashTime returns a time as the event hash has it: UTC, in milliseconds, rounded half
// up (CBV 2.0 event hash, rule 9). Events with the same hash have the same.
func HashTime(t time.Time) time.Time { return t.UTC().Add(halfMillisecond).Truncate(time.Millisecond) }

// appendHashTime writes t as the event hash wants it: with three decimals.
func appendHashTime(dst []byte, t time.Time) []byte {
	t = HashTime(t)
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	ms := t.Nanosecond() / 1_000_000
	dst = append2(append2(dst, year/100), year%100)
	dst = append2(append(dst, '-'), int(month))
	dst = append2(append(dst, '-'), day)
	dst = append2(append(dst, 'T'), hour)
	dst = append2(append(dst, ':'), minute)
	dst = append2(append(dst, ':'), second)
	return append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

func append2(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10%10), byte('0'+n%10))
}

// validOffset reports whether s is a time zone offset of EPCIS: a sign, hours
// and minutes, up to 14:00.
func validOffset[T ~string | ~[]byte](s T) bool {
	if len(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' {
		return false
	}
	h, ok1 := number2(s, 1)
	m, ok2 := number2(s, 4)
	return ok1 && ok2 && m < 60 && (h < 14 || h == 14 && m == 0)
}
