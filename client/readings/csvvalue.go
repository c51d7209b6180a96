package readings

import (
	"slices"
	"strconv"
	"strings"
)

func columnNumber(column int) string { return "#" + strconv.Itoa(column+1) }

func isNumbered(name string) bool { return strings.HasPrefix(name, "#") }

// emptyValues are what loggers write for no value.
var emptyValues = []string{"", "-", "--", "---", "----", "nan", "n/a", "na", "#n/a", "null", "none", "unknown", "unavailable"}

func isEmpty(text string) bool {
	return len(text) <= len("unavailable") && slices.Contains(emptyValues, strings.ToLower(text))
}

// switchWords are what loggers write for a door and the like.
var switchWords = map[string]string{"open": "1", "opened": "1", "true": "1", "closed": "0", "close": "0", "false": "0"}

// cutUnit parts a value such as "5.2 °C" from the unit behind it.
func cutUnit(text string) (number, unit string) {
	end := len(text)
	for i, c := range text {
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.,eE", c) {
			end = i
			break
		}
	}
	if !strings.ContainsAny(text[:end], "0123456789") {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// findDecimal finds the decimal separator that values are written with. A comma
// with three digits behind it could also part thousands, so that such values
// alone prove nothing.
func findDecimal(rows []csvRow, given rune) (rune, error) {
	if given != 0 {
		return given, nil
	}
	point, comma, thousands := "", "", ""
	for _, row := range rows {
		switch i := strings.IndexByte(row.value, ','); {
		case i < 0:
			if strings.Contains(row.value, ".") {
				point = row.value
			}
		case couldBeThousands(row.value, i):
			thousands = row.value
		default:
			comma = row.value
		}
	}
	switch {
	case comma == "" && thousands == "":
		return '.', nil
	case point != "":
		return 0, unsaid(formatError("some values have a point, such as %q, others a comma, such as %q; say which is the decimal separator", clip(point), clip(comma+thousands)), "Decimal")
	case comma == "":
		return 0, unsaid(formatError("values such as %q could have a decimal comma, or one between thousands; say which is the decimal separator", clip(thousands)), "Decimal")
	}
	return ',', nil
}

// couldBeThousands reports whether a value with a comma at i may be grouped, as
// 1,234 is.
func couldBeThousands(value string, i int) bool {
	whole := strings.TrimLeft(value[:i], "+-")
	return isDigits(whole) && len(whole) <= 3 && whole[0] != '0' && isDigits(value[i+1:]) && len(value) == i+4
}

// number reads a value with the decimal separator of the file, rounded to places
// after the point if that is above 0.
func number(text string, decimal rune, places int) (value int64, scale int, err error) {
	other := ","
	if decimal == ',' {
		other = "."
	}
	if strings.Contains(text, other) {
		return 0, 0, formatError("%q is not a number with the decimal separator %c", clip(text), decimal)
	}
	return rounded(strings.Replace(text, ",", ".", 1), places)
}
