package gs1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

func TestEverySpellingOfAnIdentifierReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := anyID().Draw(t, "id").id
		for _, spelling := range []string{
			id.String(), id.Path(),
			strings.Replace(id.String(), gs1.Authority, "http://shop.example.com:8443/a/01/b", 1),
			id.String() + "?linkType=all#top",
		} {
			back, err := gs1.Parse(spelling)
			require.NoError(t, err)
			require.Equal(t, id, back, spelling)
		}
		elements, err := gs1.ParseElementString(id.ElementString())
		require.NoError(t, err)
		back, err := elements.ID()
		require.NoError(t, err)
		require.Equal(t, id, back)
	})
}

func TestAnIdentifierSurvivesItsURN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyID().Draw(t, "id")
		urn, err := m.id.URN(gs1.PrefixLength(len(m.prefix)))
		_, extension := m.id.Qualifier()
		if m.id.Kind() == gs1.GMN || m.id.Kind() == gs1.SGLN && extension == "0" {
			require.ErrorIs(t, err, gs1.ErrNoURN)
			return
		}
		require.NoError(t, err)
		back, err := gs1.Parse(urn)
		require.NoError(t, err)
		require.Equal(t, m.id, back, urn)
		prefix, ok := gs1.URNPrefix(urn)
		require.True(t, ok)
		require.Equal(t, m.prefix, prefix)
		again, err := back.URN(gs1.NewPrefixTable(prefix))
		require.NoError(t, err)
		require.Equal(t, urn, again)
	})
}

func TestLicenceDigitsBeginWithTheCompanyPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyID().Draw(t, "id")
		require.True(t, strings.HasPrefix(m.id.LicenceDigits(), m.prefix), "%s %s", m.id, m.id.LicenceDigits())
		require.True(t, strings.HasPrefix(m.id.Class().LicenceDigits(), m.prefix))
	})
}

func TestTheClassOfAnIdentifierIsACoarserIdentifier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := anyID().Draw(t, "id").id
		class := id.Class()
		back, err := gs1.Parse(class.String())
		require.NoError(t, err)
		require.Equal(t, class, back)
		require.Equal(t, class, class.Class(), "a class is its own class")
		require.LessOrEqual(t, class.Level(), id.Level())
		require.True(t, strings.HasPrefix(id.String(), class.String()))
	})
}

func TestHashFormIsTheCanonicalLinkWhereNothingIsEscaped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyID().Draw(t, "id")
		if m.id.Kind() == gs1.GMN {
			return // the hash does not know it
		}
		form, ok := gs1.HashForm(m.id.String())
		require.True(t, ok, m.id.String())
		require.Equal(t, m.id.String(), form)
		again, ok := gs1.HashForm(form)
		require.True(t, ok)
		require.Equal(t, form, again)
		urn, err := m.id.URN(gs1.PrefixLength(len(m.prefix)))
		if err != nil {
			return
		}
		form, ok = gs1.HashForm(urn)
		require.True(t, ok, urn)
		back, err := gs1.Parse(form)
		require.NoError(t, err)
		require.Equal(t, m.id, back, form)
	})
}

func TestAnAlteredDigitIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := digits(t, rapid.IntRange(7, 17).Draw(t, "length"), "body")
		key := []byte(withCheckDigit(body))
		require.NoError(t, gs1.VerifyCheckDigit(string(key)))
		at := rapid.IntRange(0, len(key)-1).Draw(t, "at")
		key[at] = '0' + (key[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		require.ErrorIs(t, gs1.VerifyCheckDigit(string(key)), gs1.ErrCheckDigit)
	})
}

func TestAnAlteredCharacterOfAModelNumberIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := text(t, text82, 23, "body")
		pair, err := gs1.CheckPair(body)
		require.NoError(t, err)
		require.NoError(t, gs1.VerifyCheckPair(body+pair))
		at := rapid.IntRange(0, len(body)-1).Draw(t, "at")
		other := text82[rapid.IntRange(0, len(text82)-1).Draw(t, "other")]
		if other == body[at] {
			return
		}
		require.ErrorIs(t, gs1.VerifyCheckPair(body[:at]+string(other)+body[at+1:]+pair), gs1.ErrCheckDigit)
	})
}

func TestElementStringsReadBackInBothForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := append(anyID().Draw(t, "id").id.Elements(),
			gs1.Element{AI: "10", Value: text(t, text82, 20, "lot")},
			gs1.Element{AI: "17", Value: "260131"},
			gs1.Element{AI: "3103", Value: digits(t, 6, "weight")},
			gs1.Element{AI: "99", Value: text(t, text82, 90, "internal")})
		for _, written := range []string{
			elements.Bracketed(), elements.FNC1(gs1.GS), elements.FNC1(gs1.Caret), "]C1" + elements.FNC1(gs1.GS)[1:], "]d2" + elements.FNC1(gs1.GS),
		} {
			back, err := gs1.ParseElementString(written)
			require.NoError(t, err, "%q", written)
			require.Equal(t, elements, back, "%q", written)
		}
	})
}

func TestALinkReadsBackWithAllItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := append(anyID().Draw(t, "id").id.Elements(),
			gs1.Element{AI: "17", Value: "260131"},
			gs1.Element{AI: "99", Value: text(t, text82, 90, "internal")})
		link, err := elements.DigitalLink("https://example.com/a/b/")
		require.NoError(t, err)
		back, err := gs1.ParseDigitalLink(link.String())
		require.NoError(t, err, link.String())
		require.Equal(t, link.Elements(), back.Elements())
		require.Equal(t, link.String(), back.String())
		canonical := back.Canonical()
		require.Equal(t, canonical.String(), canonical.Canonical().String())
		require.True(t, strings.HasPrefix(canonical.String(), gs1.Authority+"/"))
	})
}

func TestAPatternMatchesWhatItWasMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyID().Draw(t, "id")
		urn, err := m.id.URN(gs1.PrefixLength(len(m.prefix)))
		if err != nil || m.id.IsLot() {
			return
		}
		parts := strings.SplitN(urn, ":", 5)
		components := strings.Split(parts[4], ".")
		fixed := rapid.IntRange(0, 1).Draw(t, "fixed")
		n := map[gs1.Kind]int{gs1.ITIP: 5, gs1.SSCC: 2, gs1.PGLN: 2, gs1.GIAI: 2, gs1.GINC: 2, gs1.GSIN: 2, gs1.GSRN: 2, gs1.GSRNP: 2}[m.id.Kind()]
		if n == 0 {
			n = 3
		}
		pattern, err := gs1.ParsePattern("urn:epc:idpat:" + parts[3] + ":" +
			strings.Join(append(components[:fixed:fixed], slicesOf("*", n-fixed)...), "."))
		require.NoError(t, err)
		require.True(t, pattern.Matches(m.id), "%s %s", pattern, m.id)
		exact, err := gs1.ParsePattern(urn)
		require.NoError(t, err)
		require.True(t, exact.Matches(m.id), "%s %s", exact, m.id)
		require.False(t, pattern.Matches(gs1.ID{}))
	})
}

func slicesOf(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

func TestErrorsMatchTheirReasonsAndNameTheirInput(t *testing.T) {
	for input, reason := range map[string]error{
		"":                                    gs1.ErrSyntax,
		"Hello World!":                        gs1.ErrSyntax,
		"urn:epc:id:sgtin:9506000":            gs1.ErrSyntax,
		"urn:epc:id:gid:1.2.3":                gs1.ErrUnknownKey,
		"urn:epc:id:sgtin:9506000.013435.a/b": gs1.ErrSyntax,
		"https://example.com/product/4711":    gs1.ErrUnknownKey,
		"https://example.com/415/9506000134352/8020/1":             gs1.ErrUnknownKey,
		"https://id.gs1.org/01/09506000134351":                     gs1.ErrCheckDigit,
		"https://id.gs1.org/01/9506000134352":                      gs1.ErrLength,
		"https://id.gs1.org/01/0950600013435A":                     gs1.ErrCharacter,
		"https://id.gs1.org/01/09506000134352/21/A%20B":            gs1.ErrCharacter,
		"https://id.gs1.org/01/09506000134352/21/V1/10/L1":         gs1.ErrQualifier,
		"https://id.gs1.org/01/09506000134352/235/V1/21/L1":        gs1.ErrQualifier,
		"https://id.gs1.org/8006/095060001343520302":               gs1.ErrContent,
		"https://id.gs1.org/01/09506000134352?17=261301":           gs1.ErrContent,
		"https://id.gs1.org/01/09506000134352?10=L1":               gs1.ErrAttribute,
		"https://id.gs1.org/01/09506000134352?17=260131&17=260131": gs1.ErrPairing,
		"https://id.gs1.org/01/09506000134352?8888=1":              gs1.ErrUnknownAI,
		"https://id.gs1.org/01/09506000134352/21/V1\u00e9":         gs1.ErrSyntax,
		"/01/09506000134352?17=260131":                             gs1.ErrSyntax,
		"/stem/01/09506000134352":                                  gs1.ErrSyntax,
		"https://id.gs1.org/01/09506000134352/21/" + long:          gs1.ErrLength,
		"urn:epc:id:sgtin:9506000.013435." + long:                  gs1.ErrLength,
		"Https://id.gs1.org/01/09506000134352":                     gs1.ErrSyntax,
		"https://user@example.com/01/09506000134352":               gs1.ErrSyntax,
	} {
		_, err := gs1.Parse(input)
		require.ErrorIs(t, err, reason, input)
		var parse *gs1.ParseError
		require.True(t, errors.As(err, &parse))
		require.Equal(t, input, parse.Input)
		require.Less(t, len(err.Error()), 400, "an error text stays short whatever the input")
	}
}

var long = strings.Repeat("x", 5000)
