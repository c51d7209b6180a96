package epcis

import (
	"strconv"
	"unicode/utf8"
)

// quote renders input for a message: quoted, and cut to a length that fits one.
func quote[T ~string | ~[]byte](b T) string {
	s := string(b)
	const most = 80
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return strconv.Quote(s[:cut]) + "..."
	}
	return strconv.Quote(s)
}
