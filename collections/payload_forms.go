package collections

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// form is what a value must look like.
type form struct {
	// is names it; says describes it, to be read behind "must be".
	is, says string
	// max bounds a value, in bytes.
	max   int
	valid func(string) bool
}

func (f form) takes(value string) bool {
	return value != "" && len(value) <= f.max && utf8.ValidString(value) && f.valid(value)
}

const (
	maxExtension  = 2000
	maxPerimeter  = 4000
	maxDisclosure = 5 << 10
	minCorners    = 3
)

var (
	amountForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$`)
	shareForm  = regexp.MustCompile(`^((0|[1-9][0-9]?)(\.[0-9]{1,9})?|100(\.0{1,9})?)$`)
	daysForm   = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})$`)
	dateForm   = regexp.MustCompile(`^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$`)
	timeForm   = regexp.MustCompile(`^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$`)
	unitForm   = regexp.MustCompile(`^[A-Z0-9]{2,3}$`)
	hsForm     = regexp.MustCompile(`^[0-9]{6}([0-9]{2}){0,2}$`)
	glnForm    = regexp.MustCompile(`^[0-9]{13}$`)
	casForm    = regexp.MustCompile(`^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$`)
	sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// Six decimal digits at least: Regulation (EU) 2023/1115, article 2, number 28.
	degreesForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,2})\.[0-9]{6,12}$`)
)

// incoterms are the rules of Incoterms 2020.
const incoterms = "CFR CIF CIP CPT DAP DDP DPU EXW FAS FCA FOB"

// forms are those without a number or list of their own, by name.
var forms = map[string]form{
	"amount":   {says: "a decimal number that is not negative, without exponent, of at most 15 digits before the point and 9 behind it", max: 25, valid: amountForm.MatchString},
	"percent":  {says: "a decimal number from 0 to 100, without exponent, of at most 9 digits behind the point", max: 13, valid: shareForm.MatchString},
	"days":     {says: "a whole number of days from 0 to 9999", max: 4, valid: daysForm.MatchString},
	"date":     {says: "a date such as 2026-03-01", max: 10, valid: isDate},
	"time":     {says: "a time in UTC such as 2026-03-01T12:00:00Z", max: 30, valid: isTime},
	"country":  {says: "a code of ISO 3166-1 alpha-2 such as DE", max: 2, valid: IsCountry},
	"currency": {says: "a code of ISO 4217 such as EUR", max: 3, valid: isCurrency},
	"unit":     {says: "a code of UN/ECE Recommendation 20 such as KGM", max: 3, valid: unitForm.MatchString},
	"incoterm": {says: "a rule of Incoterms 2020 such as DAP", max: 3, valid: func(v string) bool { return listed(incoterms, v, 3) }},
	"hs":       {says: "a code of the Harmonized System: 6, 8 or 10 digits", max: 10, valid: hsForm.MatchString},
	"gln":      {says: "a GLN: 13 digits with their check digit", max: 13, valid: isGLN},
	"cas":      {says: "a CAS registry number with its check digit such as 7732-18-5", max: 12, valid: isCAS},
	"sha256":   {says: "a SHA-256: 64 hexadecimal digits in lower case", max: 64, valid: sha256Form.MatchString},
	"latitude": {says: "decimal degrees from -90 to 90 with 6 to 12 digits behind the point", max: 17, valid: func(v string) bool { return isDegrees(v, 90) }},
	"longitude": {
		says: "decimal degrees from -180 to 180 with 6 to 12 digits behind the point", max: 17,
		valid: func(v string) bool { return isDegrees(v, 180) },
	},
	"perimeter": {
		says: "three corners or more, parted by single blanks, each a latitude, a comma and a longitude in degrees with 6 to 12 digits behind the point, the first not repeated as the last; at most 4000 bytes",
		max:  maxPerimeter, valid: isPerimeter,
	},
	extensionForm: {says: "a text of 1 to 2000 bytes without control characters", max: maxExtension, valid: IsPlain},
	"disclosure":  {says: "the text of a disclosure, at most 5120 bytes", max: maxDisclosure, valid: isJSONText},
}

// formOf returns the form that a tag names. One that is none takes no value.
func formOf(is string) form {
	if size, found := strings.CutPrefix(is, "text "); found {
		n, err := strconv.Atoi(size)
		if err != nil {
			n = 0
		}
		return form{is: is, says: "a text of 1 to " + size + " bytes without control characters", max: n, valid: IsPlain}
	}
	if list, found := strings.CutPrefix(is, "one of "); found {
		words := " " + strings.ReplaceAll(list, ",", "") + " "
		return form{is: is, says: is, max: len(list), valid: func(v string) bool {
			return !strings.Contains(v, " ") && strings.Contains(words, " "+v+" ")
		}}
	}
	f := forms[is]
	f.is = is
	return f
}

// IsPlain refuses what a reader would not see: control characters, line and
// paragraph separators, and the marks that turn the direction of a text around.
func IsPlain(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

// isJSONText refuses what JSON writes as an escape.
func isJSONText(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' })
}

func isDate(value string) bool {
	_, err := time.Parse(time.DateOnly, value)
	return err == nil && dateForm.MatchString(value)
}

func isTime(value string) bool {
	_, err := time.Parse(time.RFC3339Nano, value)
	return err == nil && timeForm.MatchString(value)
}

// isGLN checks the digits by those of GS1 (General Specifications, section 7.9).
func isGLN(value string) bool {
	if !glnForm.MatchString(value) {
		return false
	}
	sum := 0
	for i, c := range []byte(value) {
		weight := 1
		if i%2 == 1 {
			weight = 3
		}
		sum += weight * int(c-'0')
	}
	return sum%10 == 0
}

// isCAS checks the last digit: the others, counted from the right, times their
// place, modulo 10.
func isCAS(value string) bool {
	if !casForm.MatchString(value) {
		return false
	}
	digits := strings.ReplaceAll(value, "-", "")
	last := len(digits) - 1
	sum := 0
	for i := range last {
		sum += (last - i) * int(digits[i]-'0')
	}
	return sum%10 == int(digits[last]-'0')
}

func isDegrees(value string, limit int) bool {
	if !degreesForm.MatchString(value) {
		return false
	}
	text, negative := strings.CutPrefix(value, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	degrees, err := strconv.Atoi(whole)
	zero := strings.Trim(fraction, "0") == ""
	if negative && degrees == 0 && zero { // zero has one spelling
		return false
	}
	return err == nil && (degrees < limit || degrees == limit && zero)
}

func isPerimeter(value string) bool {
	corners := strings.Split(value, " ")
	for _, corner := range corners {
		latitude, longitude, _ := strings.Cut(corner, ",")
		if !isDegrees(latitude, 90) || !isDegrees(longitude, 180) {
			return false
		}
	}
	return len(corners) >= minCorners && corners[0] != corners[len(corners)-1]
}
