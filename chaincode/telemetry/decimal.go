package telemetry

import (
	"math"
	"strconv"
	"strings"
)

// Scales of values: a value is an integer times ten to the power of its scale.
const (
	// MinScale is the finest scale: thousand-millionths.
	MinScale = -9
	// MaxScale is the coarsest.
	MaxScale = 9
)

// Factor returns what a value of the given scale is multiplied with to count
// in thousand-millionths (10^-9) of its unit, the one scale in which values are
// compared. scale is within [MinScale, MaxScale]; 0 is returned outside.
func Factor(scale int) int64 {
	if scale < MinScale || scale > MaxScale {
		return 0
	}
	factor := int64(1)
	for range scale - MinScale {
		factor *= 10
	}
	return factor
}

// maxValue is the largest magnitude of a value at a valid scale.
func maxValue(scale int) int64 { return MaxMagnitude * 1_000_000_000 / Factor(scale) }

// ParseDecimal reads a decimal number exactly: an optional sign, digits, and
// optionally a point and more digits; no exponent, no spaces, no grouping. The
// result is value times 10^scale with the scale nearest to zero that is exact,
// and never above zero: "2.50" is 25, -1.
//
// It fails with [ErrFormat] for anything else, and with [ErrLimit] beyond
// [MaxMagnitude] or with more than nine decimals other than zeros.
func ParseDecimal(text string) (value int64, scale int, err error) {
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 {
		return 0, 0, formatError("%q has more than one sign", clip(text))
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || point && fraction == "" || !isDigits(whole) || !isDigits(fraction) {
		return 0, 0, formatError("%q is not a decimal number such as -2.5", clip(text))
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(fraction) > -MinScale {
		return 0, 0, limitError("%q has more than %d decimals", clip(text), -MinScale)
	}
	scale = -len(fraction)
	if len(whole) > 10 {
		return 0, 0, limitError("%q is beyond %d", clip(text), MaxMagnitude)
	}
	if whole+fraction != "" { // at most 19 digits: fits uint64
		magnitude, err := strconv.ParseUint(whole+fraction, 10, 64)
		if err != nil || magnitude > uint64(maxValue(scale)) {
			return 0, 0, limitError("%q is beyond %d", clip(text), MaxMagnitude)
		}
		value = int64(magnitude)
	}
	if text[0] == '-' {
		value = -value
	}
	return value, scale, nil
}

// FormatDecimal writes value times 10^scale as a decimal number without
// trailing zeros or exponent: 250, -2 is "2.5". It is the inverse of
// [ParseDecimal].
func FormatDecimal(value int64, scale int) string {
	sign, magnitude := "", uint64(value)
	if value < 0 {
		sign, magnitude = "-", -uint64(value)
	}
	digits := strconv.FormatUint(magnitude, 10)
	if scale >= 0 {
		if value == 0 {
			return "0"
		}
		return sign + digits + strings.Repeat("0", scale)
	}
	if pad := -scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	cut := len(digits) + scale
	fraction := strings.TrimRight(digits[cut:], "0")
	if fraction == "" {
		return sign + digits[:cut]
	}
	return sign + digits[:cut] + "." + fraction
}

// Rescale returns the value at another scale; ok is false when it is not a
// whole number there, or too large.
func Rescale(value int64, from, to int) (rescaled int64, ok bool) {
	for ; from > to; from-- {
		if value > math.MaxInt64/10 || value < math.MinInt64/10 {
			return 0, false
		}
		value *= 10
	}
	for ; from < to; from++ {
		if value%10 != 0 {
			return 0, false
		}
		value /= 10
	}
	return value, true
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func clip(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
