package gs1

import "strings"

func lintCountryOr999(value string) string {
	if value == "999" || listed(countryNumbers, value) {
		return ""
	}
	return "NOT_ISO3166_OR_999"
}

// number reads up to ten digits; they fit any int of 64 bits.
func number(digits string) int64 {
	var n int64
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	return n
}

// twoDigits checks a number of two digits up to a maximum; name begins the codes.
func twoDigits(value, name string, maximum int64) string {
	switch {
	case len(value) < 2:
		return name + "_TOO_SHORT"
	case len(value) > 2:
		return name + "_TOO_LONG"
	case !allDigits(value):
		return notDigit
	case number(value) > maximum:
		return "ILLEGAL_" + name
	}
	return ""
}

func lintHour(value string) string   { return twoDigits(value, "HOUR", 23) }
func lintMinute(value string) string { return twoDigits(value, "MINUTE", 59) }
func lintSecond(value string) string { return twoDigits(value, "SECOND", 59) }

func lintHourMinute(value string) string {
	switch {
	case len(value) < 4:
		return "HOUR_WITH_MINUTE_TOO_SHORT"
	case len(value) > 4:
		return "HOUR_WITH_MINUTE_TOO_LONG"
	}
	if code := lintHour(value[:2]); code != "" {
		return code
	}
	return lintMinute(value[2:])
}

// lintDate0 checks YYYYMMDD, where the day may be 00 for the end of the month.
func lintDate0(value string) string {
	if code := dateForm(value, 8); code != "" {
		return code
	}
	return dateContent(number(value[:4]), value[4:])
}

func lintDate(value string) string {
	if code := lintDate0(value); code != "" {
		return code
	}
	return dayGiven(value)
}

// lintShortDate0 checks YYMMDD. The century matters for leap years only, and
// every century that two digits can mean now has the leap years of 2000 to 2099.
func lintShortDate0(value string) string {
	if code := dateForm(value, 6); code != "" {
		return code
	}
	return dateContent(2000+number(value[:2]), value[2:])
}

func lintShortDate(value string) string {
	if code := lintShortDate0(value); code != "" {
		return code
	}
	return dayGiven(value)
}

func dateForm(value string, length int) string {
	switch {
	case len(value) < length:
		return "DATE_TOO_SHORT"
	case len(value) > length:
		return "DATE_TOO_LONG"
	}
	return lintDigits(value)
}

func dayGiven(value string) string {
	if strings.HasSuffix(value, "00") {
		return "ILLEGAL_DAY"
	}
	return ""
}

var daysOfMonth = [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func dateContent(year int64, monthDay string) string {
	month, day := number(monthDay[:2]), number(monthDay[2:])
	if month < 1 || month > 12 {
		return "ILLEGAL_MONTH"
	}
	days := daysOfMonth[month-1]
	if month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0) {
		days++
	}
	if day > days {
		return "ILLEGAL_DAY"
	}
	return ""
}

func lintLatitude(value string) string  { return coordinate(value, "LATITUDE", 1800000000) }
func lintLongitude(value string) string { return coordinate(value, "LONGITUDE", 3600000000) }

// coordinate checks ten digits: degrees times ten million, moved to begin at zero.
func coordinate(value, name string, maximum int64) string {
	switch {
	case len(value) != 10:
		return name + "_INVALID_LENGTH"
	case !allDigits(value):
		return notDigit
	case number(value) > maximum:
		return "INVALID_" + name
	}
	return ""
}

func lintPieceOfTotal(value string) string {
	if !allDigits(value) {
		return notDigit
	}
	half := len(value) / 2
	if half == 0 || len(value)%2 != 0 {
		return "INVALID_LENGTH_FOR_PIECE_OF_TOTAL"
	}
	piece, total := value[:half], value[half:]
	switch {
	case strings.Trim(piece, "0") == "":
		return "ZERO_PIECE_NUMBER"
	case strings.Trim(total, "0") == "":
		return "ZERO_TOTAL_PIECES"
	case piece > total:
		return "PIECE_NUMBER_EXCEEDS_TOTAL"
	}
	return ""
}

// lintPosition checks "3/7", a position in a sequence.
func lintPosition(value string) string {
	position, end, _ := strings.Cut(value, "/")
	switch {
	case position == "" || end == "" || !allDigits(position) || !allDigits(end):
		return "POSITION_IN_SEQUENCE_MALFORMED"
	case position[0] == '0' || end[0] == '0':
		return "ILLEGAL_ZERO_PREFIX"
	case len(position) > len(end) || len(position) == len(end) && position > end:
		return "POSITION_EXCEEDS_END"
	}
	return ""
}

// The lengths an IBAN can have, exclusive and inclusive.
const (
	ibanMin = 10
	ibanMax = 34
)

// lintIBAN checks country, characters and the mod 97 check digits of ISO 13616.
func lintIBAN(value string) string {
	switch {
	case len(value) < 4:
		return "IBAN_TOO_SHORT"
	case !listed(countryLetters, value[:2]):
		return "ILLEGAL_IBAN_COUNTRY_CODE"
	case len(value) > ibanMax:
		return "IBAN_TOO_LONG"
	case len(value) <= ibanMin:
		return "IBAN_TOO_SHORT"
	}
	sum := 0
	for i := range len(value) {
		c := value[(i+4)%len(value)]
		switch {
		case isDigit(c):
			sum = (sum*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			sum = (sum*100 + int(c-'A') + 10) % 97
		default:
			return "INVALID_IBAN_CHARACTER"
		}
	}
	if sum != 1 {
		return "INCORRECT_IBAN_CHECKSUM"
	}
	return ""
}
