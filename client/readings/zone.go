package readings

import (
	"strings"
	"time"
)

// ParseZone reads the name of a zone: UTC, an offset such as +01:00, or a name of
// the IANA time zone database such as Europe/Berlin, which needs that database
// on the machine or in the program (package time/tzdata). It fails with
// [telemetry.ErrFormat].
func ParseZone(text string) (*time.Location, error) {
	scan := scanner{rest: text}
	if offset, has, ok := scan.zone(); ok && has && scan.done() {
		if offset == 0 {
			return time.UTC, nil
		}
		return time.FixedZone("", offset), nil
	}
	if text == "" || strings.EqualFold(text, "local") {
		return nil, formatError("%q is no zone; name one such as Europe/Berlin, +01:00 or UTC", clip(text))
	}
	zone, err := time.LoadLocation(text)
	if err != nil {
		return nil, formatError("%q is no zone such as Europe/Berlin, +01:00 or UTC: %w", clip(text), err)
	}
	return zone, nil
}

// headerZone finds the zone that a column's name says, such as "time_utc" or
// "Date Time, GMT-05:00"; nil if it says none.
func headerZone(name string) *time.Location {
	upper := strings.ToUpper(name)
	for _, word := range []string{"UTC", "GMT"} {
		at := strings.Index(upper, word)
		if at < 0 || at > 0 && isLetter(upper[at-1]) {
			continue
		}
		rest := upper[at+len(word):]
		if rest != "" && isLetter(rest[0]) {
			continue
		}
		end := 0
		for end < len(rest) && strings.IndexByte("+-:0123456789", rest[end]) >= 0 {
			end++
		}
		scan := scanner{rest: strings.TrimRight(word+rest[:end], ":-+")}
		if offset, has, ok := scan.zone(); ok && has && scan.done() {
			return time.FixedZone("", offset)
		}
	}
	return nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// wallClock turns local times of a zone into moments.
type wallClock struct {
	zone    *time.Location
	overlap Overlap
	last    int64 // the moment of the line before
}

// moment returns when a zone's clocks show local, which is milliseconds since
// 1970 as if the zone were UTC.
func (w *wallClock) moment(local int64) (int64, error) {
	first, second, ok := w.passes(local)
	switch {
	case !ok:
		return 0, formatError("clocks in %s never showed this time: they were put forward over it", w.zone)
	case first == second:
		return first, nil
	case w.overlap != OverlapByOrder:
		return 0, unsaid(formatError("clocks in %s showed this time twice, when they were put back; say that the lines are in order (overlap), or have the logger write the zone", w.zone), "Overlap")
	case first > w.last:
		return first, nil
	case second > w.last:
		return second, nil
	}
	return 0, unsaid(formatError("clocks in %s showed this time twice, and the lines are not in order there", w.zone), "Overlap")
}

// passes returns the earlier and the later moment at which the zone's clocks
// show local: the same if there is one. ok is false if there is none.
func (w *wallClock) passes(local int64) (first, second int64, ok bool) {
	const day = 24 * 3600 * 1000
	for _, near := range []int64{local - day, local + day} {
		_, offset := time.UnixMilli(near).In(w.zone).Zone()
		at := local - int64(offset)*1000
		if _, there := time.UnixMilli(at).In(w.zone).Zone(); there != offset {
			continue
		}
		if !ok {
			first, second, ok = at, at, true
		}
		first, second = min(first, at), max(second, at)
	}
	return first, second, ok
}
