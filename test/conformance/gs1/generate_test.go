package gs1_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// made is an identifier with the company prefix it was made under.
type made struct {
	id     gs1.ID
	prefix string
}

const (
	text82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
	text39 = `#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ`
)

func digits(t *rapid.T, n int, label string) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), n, n, n).Draw(t, label)
}

func text(t *rapid.T, set string, longest int, label string) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune(set)), 1, longest, -1).Draw(t, label)
}

func withCheckDigit(body string) string {
	digit, _ := gs1.CheckDigit(body)
	return body + string(digit)
}

// anyID makes identifiers of all kinds and levels.
func anyID() *rapid.Generator[made] {
	return rapid.Custom(func(t *rapid.T) made {
		prefix := digits(t, rapid.IntRange(gs1.MinURNPrefix, gs1.MaxURNPrefix).Draw(t, "length"), "prefix")
		kind := rapid.SampledFrom([]gs1.Kind{
			gs1.GTIN, gs1.SGTIN, gs1.LGTIN, gs1.UPUI, gs1.SSCC, gs1.SGLN, gs1.PGLN, gs1.GRAI, gs1.GIAI, gs1.GSRN,
			gs1.GSRNP, gs1.GDTI, gs1.CPI, gs1.SGCN, gs1.ITIP, gs1.GINC, gs1.GSIN, gs1.GMN,
		}).Draw(t, "kind")
		key, qualifier := keyOf(t, kind, prefix)
		id, err := gs1.New(kind, key, qualifier)
		if err != nil {
			t.Fatalf("%s %q %q: %v", kind, key, qualifier, err)
		}
		return made{id, prefix}
	})
}

func keyOf(t *rapid.T, kind gs1.Kind, prefix string) (key, qualifier string) {
	fill := func(n int) string { return prefix + digits(t, n-len(prefix), "reference") }
	serial := func(longest int) string { return text(t, text82, longest, "serial") }
	optional := func(of func() string) string {
		if rapid.Bool().Draw(t, "class") {
			return ""
		}
		return of()
	}
	gtin := func() string { return withCheckDigit(digits(t, 1, "indicator") + fill(12)) }
	number := func() string {
		return strings.TrimLeft(digits(t, rapid.IntRange(1, 12).Draw(t, "size"), "number"), "0") + "7"
	}
	switch kind {
	case gs1.GTIN:
		return gtin(), ""
	case gs1.SGTIN, gs1.LGTIN:
		return gtin(), serial(20)
	case gs1.UPUI:
		return gtin(), serial(28)
	case gs1.SSCC:
		return withCheckDigit(digits(t, 1, "extension") + fill(16)), ""
	case gs1.SGLN:
		extension := optional(func() string { return serial(20) })
		return withCheckDigit(fill(12)), extension
	case gs1.PGLN:
		return withCheckDigit(fill(12)), ""
	case gs1.GRAI:
		return withCheckDigit("0"+fill(12)) + optional(func() string { return serial(16) }), ""
	case gs1.GIAI, gs1.GINC:
		return prefix + serial(30-len(prefix)), ""
	case gs1.GSRN, gs1.GSRNP:
		return withCheckDigit(fill(17)), ""
	case gs1.GDTI:
		return withCheckDigit(fill(12)) + optional(func() string { return serial(17) }), ""
	case gs1.CPI:
		return prefix + text(t, text39, 30-len(prefix), "part"), optional(func() string { return number()[:1] })
	case gs1.SGCN:
		return withCheckDigit(fill(12)) + optional(func() string { return digits(t, 5, "number") }), ""
	case gs1.ITIP:
		return gtin() + "0203", optional(func() string { return serial(20) })
	case gs1.GSIN:
		return withCheckDigit(fill(16)), ""
	default: // GMN
		body := prefix + text(t, text82, 23-len(prefix), "model")
		pair, _ := gs1.CheckPair(body)
		return body + pair, ""
	}
}
