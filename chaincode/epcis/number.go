package epcis

import "strings"

// Number is an exact decimal as canonical text: no exponent, no leading plus or
// zeros, no trailing zeros after the point, no negative zero. The empty Number
// is absent.
type Number string

// maxNumberLen bounds the canonical text of a number written with an exponent,
// so that a few bytes cannot become megabytes.
const maxNumberLen = 128

// maxExponent stands for every exponent at least as large.
const maxExponent = 1 << 20

// ParseNumber reads a decimal: an optional sign, digits with an optional point,
// an optional exponent. It reports whether s is one; a number whose exponent
// would spell out to more than 128 characters is not.
func ParseNumber(s string) (Number, bool) {
	var stack [64]byte
	b, ok := appendNumber(stack[:0], s)
	if !ok {
		return "", false
	}
	if string(b) == s {
		return Number(s), true
	}
	return Number(b), true
}

// decimal is the spelling of a number taken apart.
type decimal struct {
	negative    bool
	whole, frac string
	exp         int
	hasExp      bool
}

// appendNumber appends the canonical text of s, if s is a number.
func appendNumber[T ~string | ~[]byte](dst []byte, s T) ([]byte, bool) {
	if len(s) == 0 || s[0] > '9' {
		return dst, false
	}
	d, ok := splitDecimal(string(s))
	if !ok {
		return dst, false
	}
	return d.append(dst)
}

func splitDecimal(s string) (decimal, bool) {
	var d decimal
	if s[0] == '-' || s[0] == '+' {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	n := digits(s)
	d.whole, s = s[:n], s[n:]
	if strings.HasPrefix(s, ".") {
		n = digits(s[1:])
		d.frac, s = s[1:1+n], s[1+n:]
	}
	if d.whole == "" && d.frac == "" {
		return d, false
	}
	if s == "" {
		return d, true
	}
	return d.withExponent(s)
}

func (d decimal) withExponent(s string) (decimal, bool) {
	if s[0] != 'e' && s[0] != 'E' {
		return d, false
	}
	s = s[1:]
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || digits(s) != len(s) {
		return d, false
	}
	for _, c := range []byte(s) {
		// Saturate: beyond this only zero can be written out.
		d.exp = min(d.exp*10+int(c-'0'), maxExponent)
	}
	if negative {
		d.exp = -d.exp
	}
	d.hasExp = true
	return d, true
}

func digits[T ~string | ~[]byte](s T) int {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return n
}

func (d decimal) append(dst []byte) ([]byte, bool) {
	if !d.hasExp {
		return appendPlain(dst, d.negative, strings.TrimLeft(d.whole, "0"), strings.TrimRight(d.frac, "0")), true
	}
	all := strings.TrimLeft(d.whole+d.frac, "0")
	scale := len(d.frac) - d.exp // digits of all behind the point
	if all == "" {
		return append(dst, '0'), true
	}
	trimmed := strings.TrimRight(all, "0")
	scale -= len(all) - len(trimmed)
	if d.exp == maxExponent || d.exp == -maxExponent {
		return dst, false
	}
	if max(len(trimmed), scale, len(trimmed)-scale) > maxNumberLen && scale != 0 {
		return dst, false
	}
	switch {
	case scale <= 0:
		return appendPlain(dst, d.negative, trimmed+strings.Repeat("0", -scale), ""), true
	case scale >= len(trimmed):
		return appendPlain(dst, d.negative, "", strings.Repeat("0", scale-len(trimmed))+trimmed), true
	default:
		at := len(trimmed) - scale
		return appendPlain(dst, d.negative, trimmed[:at], trimmed[at:]), true
	}
}

func appendPlain(dst []byte, negative bool, whole, frac string) []byte {
	if negative && (whole != "" || frac != "") {
		dst = append(dst, '-')
	}
	if whole == "" {
		whole = "0"
	}
	dst = append(dst, whole...)
	if frac != "" {
		dst = append(dst, '.')
		dst = append(dst, frac...)
	}
	return dst
}

// negative reports whether n is below zero.
func (n Number) negative() bool { return strings.HasPrefix(string(n), "-") }
