package assess

import (
	"strconv"
	"strings"
)

// Duration writes milliseconds for people, exactly: "1 d 2 h 3 min 4.5 s".
func Duration(ms int64) string {
	if ms == 0 {
		return "0 s"
	}
	var parts []string
	for _, unit := range []struct {
		name string
		ms   int64
	}{{" d", 86_400_000}, {" h", 3_600_000}, {" min", 60_000}} {
		if n := ms / unit.ms; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+unit.name)
			ms %= unit.ms
		}
	}
	if ms > 0 {
		seconds := strconv.FormatInt(ms/1000, 10)
		if rest := ms % 1000; rest > 0 {
			seconds += "." + strings.TrimRight(strconv.FormatInt(1000+rest, 10)[1:], "0")
		}
		parts = append(parts, seconds+" s")
	}
	return strings.Join(parts, " ")
}

// Count writes a number with commas between groups of three digits.
func Count[N int | uint64](n N) string {
	digits := strconv.FormatUint(uint64(n), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
