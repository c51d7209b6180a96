// Package plain shows text that a stranger wrote. It imports the standard
// library only.
package plain

import (
	"strconv"
	"strings"
	"unicode"
)

// Text returns text with everything that does not print escaped as in Go source:
// line ends, a terminal's control sequences, marks that turn the direction of
// writing, bytes that are no UTF-8. Whoever names a certificate could otherwise
// write a verdict of their own below a report.
func Text(text string) string {
	if strings.ToValidUTF8(text, "") == text && strings.IndexFunc(text, unprintable) < 0 {
		return text
	}
	quoted := strconv.Quote(text)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }
