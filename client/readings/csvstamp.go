package readings

import (
	"strings"
	"time"
)

// stamp is a time as a line spells it, before the order of its date and its
// zone are known.
type stamp struct {
	epoch bool  // ms counts from 1970, and nothing else is set
	ms    int64 // since 1970, or since midnight

	year int
	// first and second are month and day, or day and month if either order may
	// be meant.
	first, second int
	either        bool
	short         bool // a year of two digits

	hasZone bool
	offset  int // seconds east of UTC
}

// stampParts says which part of a time a field holds, and whether it is a bare
// number.
type stampParts struct{ date, clock, epoch bool }

// parseStamp reads a date, a clock, or both. It takes
//
//	2026-03-01T08:00:00.5Z   also with / . or a space, without seconds, with +01:00
//	20260301T080000Z
//	01/03/2026 8:00 AM       also with - or .
//	1 Mar 2026, Mar 1, 2026
//	1772352000, 1772352000.25, 1772352000500
func parseStamp(text string) (s stamp, parts stampParts, ok bool) {
	text = strings.TrimSpace(text)
	if s, ok := parseEpoch(text); ok {
		return s, stampParts{date: true, clock: true, epoch: true}, true
	}
	scan := scanner{rest: text}
	s, parts.date = scan.date()
	if parts.date {
		if scan.done() {
			return s, parts, true
		}
		if !scan.between() {
			return s, parts, false
		}
	}
	ms, ok := scan.clock()
	if !ok {
		return s, parts, false
	}
	s.ms, parts.clock = ms, true
	s.offset, s.hasZone, ok = scan.zone()
	return s, parts, ok && scan.done()
}

// parseEpoch reads seconds (nine or ten digits, with or without a fraction) or
// milliseconds (twelve or thirteen digits) since 1970: both from 1973 to 2286,
// so that none can be taken for the other.
func parseEpoch(text string) (stamp, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if !isDigits(whole) || whole[0] == '0' {
		return stamp{}, false
	}
	number := int64(0)
	for _, c := range []byte(whole[:min(len(whole), 13)]) {
		number = number*10 + int64(c-'0')
	}
	switch len(whole) {
	case 9, 10:
		ms, ok := millis(fraction)
		return stamp{epoch: true, ms: number*1000 + ms}, ok
	case 12, 13:
		return stamp{epoch: true, ms: number}, fraction == ""
	}
	return stamp{}, false
}

// millis reads the digits of a fraction of a second, cut to three.
func millis(fraction string) (int64, bool) {
	ms := int64(0)
	for i := range 3 {
		ms *= 10
		if i < len(fraction) {
			ms += int64(fraction[i] - '0')
		}
	}
	return ms, fraction == "" || isDigits(fraction)
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// day returns midnight of the stamp's date, UTC, in milliseconds.
func (s stamp) day(order DateOrder) (int64, error) {
	month, day := s.first, s.second
	if s.either && order == DayFirst {
		month, day = day, month
	}
	date := time.Date(s.year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Month() != time.Month(month) || date.Day() != day {
		return 0, formatError("there is no day %d of month %d in %d", day, month, s.year)
	}
	return date.UnixMilli(), nil
}
