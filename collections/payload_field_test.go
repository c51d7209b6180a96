package collections_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

func TestEveryExampleOfAFormIsTaken(t *testing.T) {
	for _, kind := range collections.Kinds() {
		for _, rule := range collections.Schema(kind) {
			name := strings.NewReplacer("/disclosures/*/*", "/disclosures/"+hash+"/63", "/x-*", "/x-acme/a.b", "*", "63").Replace(rule.Name)
			for _, value := range examples(rule.Form) {
				require.NoError(t, collections.CheckField(kind, name, value), "%s %s", kind, name)
			}
			refused(t, collections.CheckField(kind, name, ""), known(name), "must be")
			refused(t, collections.CheckField(kind, name, strings.Repeat("9", selective.MaxValue+1)), known(name), "must be")
			refused(t, collections.CheckField(kind, name, "secret\x00"), known(name), "must be")
			refused(t, collections.CheckField(kind, name, "secret\xff"), known(name), "must be")
		}
	}
}

func known(name string) string {
	if strings.HasPrefix(name, "/x-") {
		return ""
	}
	return name
}

func TestValuesOutsideOfTheirFormAreRefused(t *testing.T) {
	names := map[string][2]string{
		"text": {"terms", "/contract"}, "amount": {"terms", "/price"}, "percent": {"composition", "/components/0/share"},
		"days": {"terms", "/paymentDays"}, "date": {"certificate", "/expires"}, "time": {"personal", "/informed"},
		"country": {"origin", "/country"}, "currency": {"terms", "/currency"}, "unit": {"terms", "/unit"},
		"incoterm": {"terms", "/incoterm"}, "hs": {"origin", "/hsCode"}, "gln": {"certificate", "/sites/0"},
		"cas": {"composition", "/components/0/cas"}, "sha256": {"certificate", "/document"},
		"latitude": {"origin", "/plots/0/latitude"}, "longitude": {"origin", "/plots/0/longitude"},
		"perimeter": {"origin", "/plots/0/perimeter"}, "word": {"composition", "/basis"}, "words": {"personal", "/basis"},
		"disclosure": {"event", "/disclosures/" + hash + "/0"}, "extension": {"terms", "/x-acme/a"},
	}
	const a, b, c = "6.100000,-1.600000", "6.110000,-1.600000", "6.110000,-1.590000"
	for form, values := range map[string][]string{
		"text":       {strings.Repeat("x", 101), "a\nb", "a\tb", "a\x7f", "a\u0085", "a\u2028b", "a\u202eb", "a\u2066b"},
		"amount":     {"-1", "+1", "1e3", "1.", ".5", "01", "1,5", "1_000", "1234567890123456", "0.1234567890", " 1", "1\n", "١"},
		"percent":    {"100.1", "101", "-0", "00", "12.", "1000", "100.0000000001", "0.1234567890", "12 %"},
		"days":       {"-1", "10000", "30.0", "030", "P30D"},
		"date":       {"2026-02-29", "2026-13-01", "01.03.2026", "2026-3-1", "20260301", "0026-03-01", "2026-03-01T00:00:00Z"},
		"time":       {"2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00", "2026-03-01T25:00:00Z", "2026-03-01T12:00:00,5Z", "2026-02-30T12:00:00Z", "2026-03-01t12:00:00Z", "2026-03-01T12:00:00.1234567891Z"},
		"country":    {"de", "XX", "UK", "DEU", "D", "D ", " D", "276"},
		"currency":   {"eur", "XXX", "XTS", "EU", "EURO", "R A", "978"},
		"unit":       {"kg", "K", "KILO", "K-M", "ÄB"},
		"incoterm":   {"DAT", "DDU", "dap", "DA", "R F"},
		"hs":         {"0901", "0901.11", "09011", "0901111", "090111000000"},
		"gln":        {"9506000134351", "950600013435", "09506000134352", "950600013435X", "/417/9506000134352"},
		"cas":        {"7732-18-6", "7732185", "07732-18-5", "7-18-5", "12345678-18-5", "7732-18-55"},
		"sha256":     {strings.ToUpper(hash), hash[1:], hash + "0", strings.Repeat("g", 64)},
		"latitude":   {"90.000001", "-90.000001", "91.000000", "12.04637", "12", "-0.000000", "+12.046374", "012.046374", "12.0463741234567", "1e1", "12,046374"},
		"longitude":  {"180.000001", "-181.000000", "77.04279", "-00.000001", "-0.0000000"},
		"perimeter":  {a, a + " " + b, a + " " + b + " " + a, a + "  " + b + " " + c, a + " " + b + " " + c + " ", a + ";" + b + ";" + c, strings.Repeat(a+" "+b+" ", 120) + c, "6.1,-1.6 6.11,-1.6 6.11,-1.59"},
		"word":       {"Mass", "mass,", "mass, volume", "weight", " mass", "mass "},
		"words":      {"art6", "legal", "Consent", "consent, contract", "consent contract"},
		"disclosure": {"a\nb", strings.Repeat("x", 5<<10+1)},
		"extension":  {strings.Repeat("x", 2001), "a\nb"},
	} {
		kind, name := names[form][0], names[form][1]
		for _, value := range values {
			err := collections.CheckField(kind, name, value)
			refused(t, err, known(name), "must be")
			require.Equal(t, collections.CheckField(kind, name, ""), err, "what is said does not depend on the value")
		}
	}
}

func TestNamesOutsideOfTheSchemaAreRefusedAndNotQuoted(t *testing.T) {
	hex := hash
	for _, c := range []struct{ kind, name string }{
		{"terms", ""},
		{"terms", "/"},
		{"terms", "price"},
		{"terms", "/Price"},
		{"terms", "/price/"},
		{"terms", "/price/0"},
		{"terms", "//price"},
		{"terms", "/price\x00"},
		{"terms", "/pri~0ce"},
		{"terms", "/tiers"},
		{"terms", "/tiers/0"},
		{"terms", "/tiers/*/price"},
		{"terms", "/tiers/00/price"},
		{"terms", "/tiers/01/price"},
		{"terms", "/tiers/64/price"},
		{"terms", "/tiers/-1/price"},
		{"terms", "/tiers/+1/price"},
		{"terms", "/tiers/-/price"},
		{"terms", "/tiers/٣/price"},
		{"terms", "/tiers/99999999999999999999/price"},
		{"terms", "/share"},
		{"terms", "/extensions"},
		{"terms", "/extensions/0/name"},
		{"terms", "/x-*"},
		{"terms", "/x-"},
		{"terms", "/x-acme"},
		{"terms", "/x-acme/"},
		{"terms", "/x-Acme/a"},
		{"terms", "/x-acme-/a"},
		{"terms", "/x-acme/a b"},
		{"terms", "/x-acme/a~1b"},
		{"terms", "/x-acme/a/b/c/d/e"},
		{"terms", "/x-acme/ä"},
		{"terms", "/x-acme/" + strings.Repeat("a", 41)},
		{"terms", "/x-" + strings.Repeat("a", 126) + "/a"},
		{"terms", "/acme/a"},
		{"certificate", "/sites"},
		{"certificate", "/sites/64"},
		{"certificate", "/sites/0/0"},
		{"event", "/price"},
		{"event", "/x-acme/a"},
		{"event", "/disclosures/*/*"},
		{"event", "/disclosures/" + hex},
		{"event", "/disclosures/" + hex + "/00"},
		{"event", "/disclosures/" + hex + "/64"},
		{"event", "/disclosures/" + hex + "/1/1"},
		{"event", "/disclosures/" + hex[1:] + "/0"},
		{"event", "/disclosures/" + strings.ToUpper(hex) + "/0"},
	} {
		err := collections.CheckField(c.kind, c.name, "1")
		refused(t, err, "", "not in the schema")
		if len(c.name) > 1 {
			require.NotContains(t, err.Error(), c.name)
		}
	}
	for _, kind := range []string{"", "Terms", "price", "terms\x00"} {
		require.Equal(t, collections.ErrUnknownKind, collections.CheckField(kind, "/price", "1"))
	}
	longest := "/x-acme/" + strings.Repeat("a", 40) + "/" + strings.Repeat("b", 40) + "/" + strings.Repeat("c", 38)
	require.Len(t, longest, 128)
	require.LessOrEqual(t, len(longest), selective.MaxName)
	require.NoError(t, collections.CheckField("terms", longest, "1"))
	refused(t, collections.CheckField("terms", longest+"c", "1"), "", "not in the schema")
}

func TestCountriesAreThoseOfGS1(t *testing.T) {
	count := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			require.Equal(t, gs1.Lint("iso3166alpha2", code) == nil, collections.IsCountry(code), code)
			if collections.IsCountry(code) {
				count++
			}
		}
	}
	require.Equal(t, 249, count)
}

// The row of a field in docs/private-records.md: name, form, what it is.
var row = regexp.MustCompile("(?m)^\\| `(/[^`]+)` \\| ([^|]+) \\| [^|]+ \\|$")

func TestTheDocumentHasEveryFieldWithItsForm(t *testing.T) {
	text, err := os.ReadFile("../docs/private-records.md")
	require.NoError(t, err)
	for _, kind := range collections.Kinds() {
		_, section, found := strings.Cut(string(text), "\n## Kind `"+kind+"`")
		require.True(t, found, kind)
		section, _, _ = strings.Cut(section, "\n## ")
		var rows []collections.FieldRule
		for _, match := range row.FindAllStringSubmatch(section, -1) {
			rows = append(rows, collections.FieldRule{Name: match[1], Form: match[2]})
		}
		require.Equal(t, collections.Schema(kind), rows, kind)
	}
}

func TestTheExamplesInTheDocumentAreOfTheirKind(t *testing.T) {
	text, err := os.ReadFile("../docs/private-records.md")
	require.NoError(t, err)
	kind := collections.KindTerms // the first example stands before the kinds
	for _, part := range strings.Split(string(text), "\n## ") {
		if rest, found := strings.CutPrefix(part, "Kind `"); found {
			kind, _, _ = strings.Cut(rest, "`")
		}
		if _, example, found := strings.Cut(part, "```json\n"); found {
			example, _, _ = strings.Cut(example, "```")
			payload, err := collections.ParsePayload(kind, []byte(example))
			require.NoError(t, err, kind)
			if kind == collections.KindTerms {
				fields, err := collections.Fields(payload)
				require.NoError(t, err)
				var table string
				for _, f := range fields {
					table += "| " + f.Name + " | " + f.Value + " |\n"
				}
				require.Contains(t, part, "|---|---|\n"+table+"\n")
			}
		}
	}
}

func TestTheDocumentDescribesEveryForm(t *testing.T) {
	text, err := os.ReadFile("../docs/private-records.md")
	require.NoError(t, err)
	forms := regexp.MustCompile("(?m)^\\| `([a-z0-9 N]+)` \\| ").FindAllStringSubmatch(string(text), -1)
	var documented []string
	for _, match := range forms {
		documented = append(documented, match[1])
	}
	for _, kind := range collections.Kinds() {
		for _, rule := range collections.Schema(kind) {
			form := regexp.MustCompile(`^(text|one of) .*`).ReplaceAllString(rule.Form, "$1 N")
			require.True(t, slices.Contains(documented, form), form)
		}
	}
}

func FuzzCheckField(f *testing.F) {
	for _, kind := range collections.Kinds() {
		for _, rule := range collections.Schema(kind) {
			f.Add(kind, strings.ReplaceAll(rule.Name, "*", "0"), examples(rule.Form)[0])
		}
	}
	f.Add("event", "/disclosures/"+hash+"/0", disclosed)
	f.Add("terms", "/x-acme/a", "1")
	f.Fuzz(func(t *testing.T, kind, name, value string) {
		err := collections.CheckField(kind, name, value)
		var broken *collections.FieldError
		switch {
		case err == nil:
			require.LessOrEqual(t, len(name), selective.MaxName)
			require.NotEmpty(t, value)
			require.LessOrEqual(t, len(value), selective.MaxValue)
			payload, err := collections.Payload(kind, []collections.Field{{Name: name, Value: value}})
			require.NoError(t, err)
			fields, err := collections.Fields(payload)
			require.NoError(t, err)
			require.Equal(t, []collections.Field{{Name: name, Value: value}}, fields)
		case !errors.Is(err, collections.ErrUnknownKind):
			require.ErrorAs(t, err, &broken)
		}
	})
}

func FuzzParsePayload(f *testing.F) {
	f.Add("terms", []byte(`{"price":"12.40","tiers":[{"from":"5"}],"extensions":[{"name":"/x-a/b","value":"1"}]}`))
	f.Add("event", []byte(`{"disclosures":{"`+hash+`":["[]"]}}`))
	f.Add("origin", []byte(`{"plots":[{"latitude":"6.100000"}]}`))
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		payload, err := collections.ParsePayload(kind, text)
		if err != nil {
			return
		}
		fields, err := collections.Fields(payload)
		require.NoError(t, err)
		again, err := collections.Payload(kind, fields)
		require.NoError(t, err)
		more, err := collections.Fields(again)
		require.NoError(t, err)
		require.Equal(t, fields, more)
	})
}
