package gs1_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// seed adds a column of files of the corpus, where it is present.
func seed(f *testing.F, column int, names ...string) {
	f.Helper()
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(corpusRoot, filepath.FromSlash(name)))
		if err != nil {
			f.Logf("CORPUS NOT PRESENT: no seeds from %s", name)
			continue
		}
		reader := csv.NewReader(bytes.NewReader(content))
		reader.FieldsPerRecord = -1
		records, err := reader.ReadAll()
		require.NoError(f, err)
		for _, record := range records[1:] {
			if column < len(record) {
				f.Add(record[column])
			}
		}
	}
}

var identifiers = []string{
	"urn:epc:id:sgtin:9506000.013435.V1", "urn:epc:class:lgtin:9506000.013435.L%2F1", "urn:epc:idpat:sgtin:9506000.013435.*",
	"urn:epc:id:itip:9506000.013435.01.02.S", "urn:epc:id:cpi:9506000.%23A.12", "urn:epc:id:sgln:950600013435..0",
	"https://id.gs1.org/01/09506000134352/21/V1", "http://a.b/c/8004/9506000A%2FB?99=x&y=z#f", "/00/095060001343520000",
	"https://id.gs1.org/01/09506000134352/22/A/10/B/21/C", "https://x.y/gtin/9506000134352/ser/1",
}

// FuzzParse: what is accepted has one canonical form, whatever the mode.
func FuzzParse(f *testing.F) {
	seed(f, 3, "digitallink/urn_dl_pairs.csv", "digitallink/urn_dl_invalid.csv")
	seed(f, 0, "digitallink/engine_parse_dl_uri.csv", "digitallink/normalise_to_canonical_dl.csv")
	for _, one := range identifiers {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, mode := range []gs1.Mode{0, gs1.ShortNames | gs1.ShortGTIN, gs1.RawReserved, 0xff} {
			id, err := gs1.ParseMode(s, mode)
			if err != nil {
				require.True(t, id.IsZero())
				continue
			}
			again, err := gs1.Parse(id.String())
			require.NoError(t, err)
			require.Equal(t, id, again)
			again, err = gs1.Parse(id.Path())
			require.NoError(t, err)
			require.Equal(t, id, again)
			require.NotEqual(t, gs1.LevelNone, id.Level())
			checkURN(t, id)
		}
	})
}

func checkURN(t *testing.T, id gs1.ID) {
	for n := gs1.MinURNPrefix; n <= gs1.MaxURNPrefix; n++ {
		urn, err := id.URN(gs1.PrefixLength(n))
		if err != nil {
			continue
		}
		back, err := gs1.Parse(urn)
		require.NoError(t, err, urn)
		require.Equal(t, id, back, urn)
	}
}

// FuzzHashForm: the form is its own form, and names what Parse names.
func FuzzHashForm(f *testing.F) {
	seed(f, 3, "digitallink/urn_dl_pairs.csv")
	seed(f, 0, "digitallink/normalise_to_canonical_dl.csv")
	for _, one := range identifiers {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, s string) {
		form, ok := gs1.HashForm(s)
		if !ok {
			require.Empty(t, form)
			return
		}
		again, ok := gs1.HashForm(form)
		require.True(t, ok, form)
		require.Equal(t, form, again)
		id, err := gs1.Parse(s)
		// A CPI may hold slashes for the hash, so that it can swallow another key.
		if err != nil || strings.Contains(form, "/8010/") {
			return
		}
		same, err := gs1.Parse(form)
		require.NoError(t, err, form)
		require.Equal(t, id, same, form)
	})
}

// FuzzParseElementString: what is accepted reads back from both forms.
func FuzzParseElementString(f *testing.F) {
	seed(f, 0, "keys/ai_bracketed_element_strings.csv", "keys/ai_caret_element_strings.csv", "keys/ai_association_rules.csv")
	f.Add("]C10109506000134352\x1d10AB")
	f.Fuzz(func(t *testing.T, s string) {
		elements, err := gs1.ParseElementString(s)
		if err != nil {
			require.Nil(t, elements)
			return
		}
		for _, written := range []string{elements.Bracketed(), elements.FNC1(gs1.GS)} {
			again, err := gs1.ParseElementString(written)
			require.NoError(t, err, "%q", written)
			require.Equal(t, elements, again)
		}
		_ = elements.Validate()
		if id, err := elements.ID(); err == nil {
			back, err := gs1.Parse(id.String())
			require.NoError(t, err)
			require.Equal(t, id, back)
		}
		if link, err := elements.DigitalLink(""); err == nil {
			_, err := gs1.ParseDigitalLink(link.String())
			require.NoError(t, err, link.String())
		}
	})
}

// FuzzParseDigitalLink: what is accepted reads back, and its canonical form is its own.
func FuzzParseDigitalLink(f *testing.F) {
	seed(f, 0, "digitallink/engine_parse_dl_uri.csv")
	seed(f, 2, "digitallink/engine_generate_dl_uri.csv")
	for _, one := range identifiers {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, s string) {
		link, err := gs1.ParseDigitalLink(s)
		if err != nil {
			return
		}
		again, err := gs1.ParseDigitalLink(link.String())
		require.NoError(t, err, link.String())
		require.Equal(t, link, again)
		canonical := link.Canonical().String()
		again, err = gs1.ParseDigitalLink(canonical)
		require.NoError(t, err, canonical)
		require.Equal(t, canonical, again.Canonical().String())
		_, _ = gs1.ParseDigitalLinkMode(s, 0xff)
	})
}

// FuzzParsePattern: a pattern that is accepted is accepted again, and never panics when it matches.
func FuzzParsePattern(f *testing.F) {
	f.Add("urn:epc:idpat:sscc:*.*", "urn:epc:id:sscc:9506000.1234567890")
	f.Add("urn:epc:idpat:itip:9506000.013435.01.*.*", "urn:epc:id:itip:9506000.013435.01.02.S")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		p, err := gs1.ParsePattern(pattern)
		if err != nil {
			return
		}
		require.Equal(t, pattern, p.String())
		id, err := gs1.Parse(s)
		if err == nil {
			_ = p.Matches(id)
		}
	})
}

// FuzzVerify: no key, field or number makes a check panic.
func FuzzVerify(f *testing.F) {
	seed(f, 1, "keys/check_digit.csv", "keys/gmn_check_pair.csv", "keys/ai_component_lint.csv")
	names := []string{
		"couponcode", "couponposoffer", "cset39", "cset64", "cset82", "csetnumeric", "csum", "csumalpha",
		"gcppos1", "gcppos2", "hasnondigit", "hh", "hhmi", "hyphen", "iban", "importeridx", "iso3166", "iso3166999",
		"iso3166alpha2", "iso4217", "iso5218", "latitude", "longitude", "mediatype", "mi", "nonzero", "nozeroprefix",
		"packagetype", "pcenc", "pieceoftotal", "posinseqslash", "ss", "winding", "yesno", "yymmd0", "yymmdd",
		"yyyymmd0", "yyyymmdd", "zero",
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range names {
			require.NotErrorIs(t, gs1.Lint(name, s), gs1.ErrUnknownCheck)
		}
		_ = gs1.Verify(s)
		_ = gs1.VerifyCheckDigit(s)
		_ = gs1.VerifyCheckPair(s)
		if x, err := gs1.ParseDecimal(s); err == nil {
			require.Less(t, x.Denom().BitLen(), 1000, "no number of unreasonable size")
			require.Less(t, x.Num().BitLen(), 1000)
		}
		escaped := gs1.Escape(s, true)
		require.Equal(t, s, gs1.Unescape(escaped, true))
		require.Equal(t, s, gs1.Unescape(gs1.Escape(s, false), false))
	})
}

// FuzzReadPrefixTable: no list makes the reader panic, or answer a length beyond the digits.
func FuzzReadPrefixTable(f *testing.F) {
	f.Add([]byte(`{"GCPPrefixFormatList":{"entry":[{"prefix":"950600","gcpLength":7},{"prefix":"4","gcpLength":0}]}}`), "950600013435")
	f.Fuzz(func(t *testing.T, list []byte, digits string) {
		table, err := gs1.ReadPrefixTable(bytes.NewReader(list))
		if err != nil {
			return
		}
		if n, err := table.PrefixLength(digits); err == nil {
			require.Positive(t, n)
			require.LessOrEqual(t, n, len(digits))
		} else {
			require.ErrorIs(t, err, gs1.ErrPrefixLength)
		}
	})
}
