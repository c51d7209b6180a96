package gs1

import (
	"strings"
	"unicode/utf8"
)

// notDigit is the dictionary's code for a character that is no digit.
const notDigit = "NON_DIGIT_CHARACTER"

// cset82 is GS1's character set 82 in the order that gives each its value
// (General Specifications, figure 7.11-1).
const cset82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

// cset82Values holds the value of each character plus one; 0 for the others.
var cset82Values = func() (values [256]uint8) {
	for i := range len(cset82) {
		values[cset82[i]] = uint8(i + 1)
	}
	return values
}()

// cset82Value returns the value of c in CSET 82, or -1.
func cset82Value(c byte) int { return int(cset82Values[c]) - 1 }

func lintCSET82(value string) string {
	for i := range len(value) {
		if cset82Values[value[i]] == 0 {
			return "INVALID_CSET82_CHARACTER"
		}
	}
	return ""
}

func lintCSET39(value string) string {
	for i := range len(value) {
		c := value[i]
		if !isDigit(c) && (c < 'A' || c > 'Z') && c != '#' && c != '-' && c != '/' {
			return "INVALID_CSET39_CHARACTER"
		}
	}
	return ""
}

func isCSET64(c byte) bool { return isUnreserved(c) && c != '.' && c != '~' }

func lintCSET64(value string) string {
	data := strings.TrimRight(value, "=")
	pads := len(value) - len(data)
	if pads > 2 || pads > 0 && len(value)%3 != 0 {
		return "INVALID_CSET64_PADDING"
	}
	for i := range len(data) {
		if !isCSET64(data[i]) {
			return "INVALID_CSET64_CHARACTER"
		}
	}
	return ""
}

func lintDigits(value string) string {
	if !allDigits(value) {
		return notDigit
	}
	return ""
}

func lintCheckDigit(value string) string {
	switch {
	case value == "":
		return "TOO_SHORT_FOR_CHECK_DIGIT"
	case !allDigits(value):
		return notDigit
	case checkDigit(value[:len(value)-1]) != value[len(value)-1]:
		return "INCORRECT_CHECK_DIGIT"
	}
	return ""
}

func lintCheckPair(value string) string {
	cut := len(value) - 2
	switch {
	case cut < 0:
		return "TOO_SHORT_FOR_CHECK_PAIR"
	case cut > maxPairData:
		return "TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION"
	case lintCSET82(value[:cut]) != "":
		return "INVALID_CSET82_CHARACTER"
	}
	sum := pairSum(value[:cut])
	if value[cut] != gmnCharacters[sum>>5] || value[cut+1] != gmnCharacters[sum&31] {
		return "INCORRECT_CHECK_PAIR"
	}
	return ""
}

// minPrefix is the length of the shortest GS1 company prefix.
const minPrefix = 4

func lintPrefix(value string) string {
	if len(value) < minPrefix {
		return "TOO_SHORT_FOR_GCP"
	}
	if !allDigits(value[:minPrefix]) {
		return "INVALID_GCP_PREFIX"
	}
	return ""
}

func lintPrefix2(value string) string {
	if len(value) < 2 {
		return "TOO_SHORT_FOR_GCP"
	}
	return lintPrefix(value[1:])
}

func lintHasNonDigit(value string) string {
	if allDigits(value) {
		return "REQUIRES_NON_DIGIT_CHARACTER"
	}
	return ""
}

func lintHyphen(value string) string {
	if value == "" || strings.Trim(value, "-") != "" {
		return "NOT_HYPHEN"
	}
	return ""
}

func lintZero(value string) string {
	if value == "" || strings.Trim(value, "0") != "" {
		return "NOT_ZERO"
	}
	return ""
}

func lintNonZero(value string) string {
	if !allDigits(value) {
		return notDigit
	}
	if strings.Trim(value, "0") == "" {
		return "ILLEGAL_ZERO_VALUE"
	}
	return ""
}

func lintNoZeroPrefix(value string) string {
	if strings.HasPrefix(value, "0") {
		return "ILLEGAL_ZERO_PREFIX"
	}
	return lintDigits(value)
}

func lintImporterIndex(value string) string {
	if utf8.RuneCountInString(value) != 1 {
		return "IMPORTER_IDX_MUST_BE_ONE_CHARACTER"
	}
	if !isCSET64(value[0]) {
		return "INVALID_IMPORT_IDX_CHARACTER"
	}
	return ""
}

func lintPercent(value string) string {
	for i := range len(value) {
		if value[i] != '%' {
			continue
		}
		if _, ok := escapeAt(value, i); !ok {
			return "INVALID_PERCENT_SEQUENCE"
		}
	}
	return ""
}
