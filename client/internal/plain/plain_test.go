package plain_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/client/internal/plain"
)

func TestWhatPrintsStaysAndWhatDoesNotIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		`{"id":"é € 漢","n":"\"}`: `{"id":"é € 漢","n":"\"}`,
		"a\nVERIFIED":            `a\nVERIFIED`,
		"\x1b[2J\"x\"":           `\x1b[2J"x"`,
		"\u009b1A":               `\u009b1A`,
		"\u202egnp":              `\u202egnp`,
		"\xff":                   `\xff`,
	} {
		if got := plain.Text(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

func FuzzNothingUnprintableIsLeft(f *testing.F) {
	f.Add("a\r\x9b\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		got := plain.Text(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q keeps %U", got, r)
			}
		}
	})
}
