package gs1_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

func parse(t *testing.T, s string) gs1.ID {
	t.Helper()
	id, err := gs1.Parse(s)
	require.NoError(t, err)
	return id
}

func TestTheZeroIdentifierIsNothing(t *testing.T) {
	var id gs1.ID
	require.True(t, id.IsZero())
	require.Equal(t, gs1.KindNone, id.Kind())
	for k := range 256 {
		require.NotEmpty(t, gs1.Kind(k).String(), "a kind that is none has a name, too")
	}
	require.Equal(t, "none", id.Kind().String())
	require.Equal(t, gs1.LevelNone, id.Level())
	require.False(t, id.IsInstance() || id.IsLot() || id.IsClass())
	require.Empty(t, id.String()+id.Path()+id.Key()+id.Serial()+id.Lot()+id.LicenceDigits()+id.ElementString())
	require.Equal(t, id, id.Class())
	_, err := id.URN(gs1.PrefixLength(7))
	require.ErrorIs(t, err, gs1.ErrNoURN)
}

func TestLevelsAndClassesOfEveryKind(t *testing.T) {
	for _, one := range []struct{ in, kind, level, class string }{
		{"urn:epc:idpat:sgtin:9506000.013435.*", "GTIN", "class", "/01/09506000134352"},
		{"urn:epc:id:sgtin:9506000.013435.V1", "SGTIN", "instance", "/01/09506000134352"},
		{"urn:epc:class:lgtin:9506000.013435.L1", "LGTIN", "lot", "/01/09506000134352"},
		{"urn:epc:id:upui:9506000.013435.T1", "UPUI", "instance", "/01/09506000134352"},
		{"urn:epc:id:sscc:9506000.0134352000", "SSCC", "instance", "/00/095060001343520000"},
		{"urn:epc:id:sgln:9506000.13435.7", "SGLN", "instance", "/414/9506000134352/254/7"},
		{"urn:epc:id:pgln:9506000.13435", "PGLN", "instance", "/417/9506000134352"},
		{"urn:epc:id:grai:9506000.13435.A", "GRAI", "instance", "/8003/09506000134352"},
		{"urn:epc:idpat:grai:9506000.13435.*", "GRAI", "class", "/8003/09506000134352"},
		{"urn:epc:id:giai:9506000.13435", "GIAI", "instance", "/8004/950600013435"},
		{"urn:epc:id:gdti:9506000.13435.A", "GDTI", "instance", "/253/9506000134352"},
		{"urn:epc:id:sgcn:9506000.13435.1", "SGCN", "instance", "/255/9506000134352"},
		{"urn:epc:id:cpi:9506000.13435.1", "CPI", "instance", "/8010/950600013435"},
		{"urn:epc:idpat:cpi:9506000.13435.*", "CPI", "class", "/8010/950600013435"},
		{"urn:epc:id:itip:9506000.013435.01.02.S", "ITIP", "instance", "/8006/095060001343520102"},
		{"https://id.gs1.org/8006/095060001343520102/10/L", "ITIP", "lot", "/8006/095060001343520102"},
		{"urn:epc:id:ginc:9506000.A", "GINC", "instance", "/401/9506000A"},
		{"https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K", "GMN", "class", "/8013/1987654Ad4X4bL5ttr2310c2K"},
		{"https://id.gs1.org/414/9506000134352/7040/1ABC", "SGLN", "instance", "/414/9506000134352"},
		{"https://id.gs1.org/01/09506000134352/22/2A", "GTIN", "class", "/01/09506000134352"},
	} {
		id := parse(t, one.in)
		require.Equal(t, one.kind, id.Kind().String(), one.in)
		require.Equal(t, one.level, id.Level().String(), one.in)
		require.Equal(t, one.class, id.Class().Path(), one.in)
	}
}

func TestPartsOfAnIdentifierComeDecoded(t *testing.T) {
	id := parse(t, "urn:epc:id:sgtin:9506000.013435.a%2Fb")
	require.Equal(t, "09506000134352", id.Key())
	require.Equal(t, "a/b", id.Serial())
	require.Equal(t, "(01)09506000134352(21)a/b", id.ElementString())
	require.Equal(t, "/01/09506000134352/21/a%2Fb", id.Path())
	require.Equal(t, "L1", parse(t, "urn:epc:class:lgtin:9506000.013435.L1").Lot())
	require.Equal(t, "X", parse(t, "urn:epc:id:grai:9506000.13435.X").Serial())
	require.Empty(t, parse(t, "urn:epc:id:sgln:9506000.13435.X").Serial(), "an extension is no serial number")
}

func TestAURNHasExactlyItsComponents(t *testing.T) {
	for _, bad := range []string{
		"urn:epc:", "urn:epc:id", "urn:epc:id:sgtin", "urn:epc:id:sscc:9506000", "urn:epc:id:sscc:9506000.0134352000.1", "urn:epc:id:pgln:9506000.13435.0",
		"urn:epc:id:sgln:9506000.13435", "urn:epc:id:sgln:9506000.13435.", "urn:epc:id:itip:9506000.013435.01.02", "urn:epc:id:itip:9506000.013435.1.02.S",
		"urn:epc:id:itip:9506000.013435.01.002.S", "urn:epc:id:itip:9506000.013435.01.02.", "urn:epc:id:itip:9506000.013435.03.02.S",
		"urn:epc:id:cpi:9506000.A", "urn:epc:id:cpi:9506000.A.0", "urn:epc:id:cpi:9506000..1", "urn:epc:id:giai:9506000.", "urn:epc:id:sgtin:9506000.013435.",
		"urn:epc:idpat:sgtin:9506000.013435.**", "urn:epc:idpat:sgtin:9506000.*.*", "urn:epc:idpat:sscc:9506000.*", "URN:EPC:ID:SGTIN:9506000.013435.1",
		" urn:epc:id:sscc:9506000.0134352000", "urn:epc:id:sgtin:9506000.013435.1 ", "urn:epc:id:sgtin:9506000.013435.a#b",
	} {
		_, err := gs1.Parse(bad)
		require.Error(t, err, bad)
	}
	id := parse(t, "urn:epc:id:sgtin:9506000.013435.1.2")
	require.Equal(t, "1.2", id.Serial(), "a serial number may contain dots")
	id = parse(t, "urn:epc:id:ginc:950600013435.")
	require.Equal(t, "/401/950600013435", id.Path(), "all of the key can be the company prefix")
}

func TestCharactersLeftUnescapedAreReadOnRequest(t *testing.T) {
	for in, want := range map[string]string{
		"urn:epc:id:giai:9506000.a/b":                        "/8004/9506000a%2Fb",
		"https://id.gs1.org/8010/9506000/A":                  "/8010/9506000%2FA",
		"https://id.gs1.org/8010/9506000/A/8011/7":           "/8010/9506000%2FA/8011/7",
		"https://id.gs1.org/01/09506000134352/10/a<b/21/c?d": "/01/09506000134352/21/c%3Fd",
		"https://id.gs1.org/01/09506000134352/21/<\">":       "/01/09506000134352/21/%3C%22%3E",
	} {
		_, err := gs1.Parse(in)
		id, lenient := gs1.ParseMode(in, gs1.RawReserved)
		require.Error(t, err, in)
		require.NoError(t, lenient, in)
		require.Equal(t, want, id.Path(), in)
	}
}

func TestAPlaceWithExtensionZeroKeepsIt(t *testing.T) {
	place := parse(t, "urn:epc:id:sgln:9506000.13435.0")
	require.Equal(t, "/414/9506000134352", place.Path())
	extended := parse(t, "https://id.gs1.org/414/9506000134352/254/0")
	require.NotEqual(t, place, extended, "as the event hash sees it")
	_, err := extended.URN(gs1.PrefixLength(7))
	require.ErrorIs(t, err, gs1.ErrNoURN)
}

func TestSourcesOfPrefixLengthsAreAskedAndNeverGuessed(t *testing.T) {
	id := parse(t, "https://id.gs1.org/01/09506000134352/21/V1")
	for _, n := range []int{0, 4, 5, 13} {
		_, err := id.URN(gs1.PrefixLength(n))
		require.ErrorIs(t, err, gs1.ErrPrefixLength, n)
	}
	_, err := id.URN(offline{})
	require.ErrorIs(t, err, errOffline, "an error of the source is passed on")
	table := gs1.NewPrefixTable("95060", "9506000")
	urn, err := id.URN(table)
	require.NoError(t, err)
	require.Equal(t, "urn:epc:id:sgtin:9506000.013435.V1", urn, "the longest prefix counts")

	list := `{"GCPPrefixFormatList":{"date":"x","entry":[{"prefix":"9506","gcpLength":8},{"prefix":"95061","gcpLength":0}]}}`
	table, err = gs1.ReadPrefixTable(strings.NewReader(list))
	require.NoError(t, err)
	urn, err = id.URN(table)
	require.NoError(t, err)
	require.Equal(t, "urn:epc:id:sgtin:95060001.03435.V1", urn, "the entry's length, not that of its digits")
	_, err = parse(t, "https://id.gs1.org/00/095061001343520009").URN(table)
	require.ErrorIs(t, err, gs1.ErrPrefixLength)
	for _, bad := range []string{"", "{}", `{"GCPPrefixFormatList":{"entry":[{"prefix":"x","gcpLength":7}]}}`} {
		_, err = gs1.ReadPrefixTable(strings.NewReader(bad))
		require.Error(t, err)
	}
}

func TestNewRefusesWhatIsNotOfTheKind(t *testing.T) {
	for _, one := range []struct {
		kind           gs1.Kind
		key, qualifier string
		reason         error
	}{
		{gs1.KindNone, "09506000134352", "", gs1.ErrUnknownKey},
		{gs1.Kind(200), "09506000134352", "", gs1.ErrUnknownKey},
		{gs1.SGTIN, "09506000134352", "", gs1.ErrQualifier},
		{gs1.SSCC, "095060001343520000", "1", gs1.ErrQualifier},
		{gs1.SGTIN, "09506000134353", "1", gs1.ErrCheckDigit},
		{gs1.SGTIN, "9506000134352", "1", gs1.ErrLength},
		{gs1.SGTIN, "09506000134352", "a b", gs1.ErrCharacter},
		{gs1.CPI, "9506000A", "01", gs1.ErrContent},
	} {
		_, err := gs1.New(one.kind, one.key, one.qualifier)
		require.ErrorIs(t, err, one.reason)
	}
}

func TestVerifyKnowsKeysByTheirForm(t *testing.T) {
	for _, good := range []string{
		"97803119", "012345678905", "9506000134352", "09506000134352", "095060001343520000", "40123452223334442",
		"1987654Ad4X4bL5ttr2310c2K", "(01)09506000134352(21)V1", "^0109506000134352", "urn:epc:id:sgtin:9506000.013435.V1",
		"https://id.gs1.org/01/09506000134352", "/01/09506000134352",
	} {
		require.NoError(t, gs1.Verify(good), good)
	}
	for bad, reason := range map[string]error{
		"": gs1.ErrSyntax, "9506000134353": gs1.ErrCheckDigit, "950600": gs1.ErrLength, "1987654Ad4X4bL5ttr2310c2X": gs1.ErrCheckDigit,
		"(01)09506000134352(37)5": gs1.ErrPairing, "(21)V1": gs1.ErrPairing, "urn:epc:id:sgtin:9506000.013435": gs1.ErrSyntax,
	} {
		require.ErrorIs(t, gs1.Verify(bad), reason, bad)
	}
}

func TestAnIdentifierIsAStringInJSON(t *testing.T) {
	type record struct{ EPC, None gs1.ID }
	in := record{EPC: parse(t, "urn:epc:id:sgtin:9506000.013435.V1")}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	require.JSONEq(t, `{"EPC":"https://id.gs1.org/01/09506000134352/21/V1","None":""}`, string(text))
	var out record
	require.NoError(t, json.Unmarshal(text, &out))
	require.Equal(t, in, out)
	require.True(t, errors.Is(json.Unmarshal([]byte(`{"EPC":"urn:x"}`), &out), gs1.ErrSyntax))
}

func TestPatternsAreHeldToTheirForm(t *testing.T) {
	for bad, reason := range map[string]error{
		"urn:epc:idpat:sgtin:*.013435.*": gs1.ErrSyntax, "urn:epc:idpat:sgtin:9506000.*": gs1.ErrSyntax,
		"urn:epc:idpat:sgtin:950.*.*": gs1.ErrSyntax, "urn:epc:idpat:sgtin:9506000.1.*": gs1.ErrLength,
		"urn:epc:idpat:gid:*.*.*": gs1.ErrUnknownKey, "urn:epc:idpat:sgtin:9506000.01*.*": gs1.ErrSyntax,
	} {
		_, err := gs1.ParsePattern(bad)
		require.ErrorIs(t, err, reason, bad)
	}
	for _, one := range []struct {
		pattern, id string
		matches     bool
	}{
		{"urn:epc:idpat:sgtin:9506000.013435.*", "urn:epc:id:sgtin:9506000.013435.V1", true},
		{"urn:epc:idpat:sgtin:9506000.013435.*", "urn:epc:id:sgtin:9506000.113435.V1", false},
		{"urn:epc:idpat:sgtin:9506000.013435.V1", "urn:epc:id:sgtin:9506000.013435.V1", true},
		{"urn:epc:idpat:sgtin:9506000.*.*", "urn:epc:id:sgtin:9506000.613435.V1", true},
		{"urn:epc:idpat:sscc:*.*", "urn:epc:id:sscc:9506000.0134352000", true},
		{"urn:epc:idpat:sscc:9506000.*", "urn:epc:id:sscc:9506000.9134352000", true},
		{"urn:epc:idpat:sscc:9506000.*", "urn:epc:id:sgtin:9506000.013435.V1", false},
		{"urn:epc:idpat:cpi:9506000.A.*", "urn:epc:id:cpi:9506000.AB.1", false},
		{"urn:epc:idpat:cpi:9506000.A.*", "urn:epc:id:cpi:9506000.A.1", true},
		{"urn:epc:idpat:itip:9506000.013435.01.*.*", "urn:epc:id:itip:9506000.013435.01.02.S", true},
		{"urn:epc:idpat:itip:9506000.013435.02.*.*", "urn:epc:id:itip:9506000.013435.01.02.S", false},
		{"urn:epc:idpat:giai:9506000.*", "urn:epc:id:giai:9506000.A", true},
	} {
		p, err := gs1.ParsePattern(one.pattern)
		require.NoError(t, err, one.pattern)
		require.Equal(t, one.matches, p.Matches(parse(t, one.id)), "%s %s", one.pattern, one.id)
	}
}

func TestALinkKeepsWhatItSaysBeyondTheIdentifier(t *testing.T) {
	link, err := gs1.ParseDigitalLink("HTTPS://example.com/a/01/09506000134352/22/2A/10/L/21/V?linkType=x&3103=000195&17=261231&flag#frag")
	require.NoError(t, err)
	require.Equal(t, "HTTPS://example.com/a", link.Stem)
	require.Equal(t, []string{"linkType=x", "flag"}, link.Others)
	require.Equal(t, "frag", link.Fragment)
	require.Equal(t, "https://id.gs1.org/01/09506000134352/22/2A/10/L/21/V?17=261231&3103=000195", link.Canonical().String())
	id, err := link.ID()
	require.NoError(t, err)
	require.Equal(t, "/01/09506000134352/21/V", id.Path())
	_, err = gs1.Elements{{AI: "17", Value: "261231"}}.DigitalLink("")
	require.ErrorIs(t, err, gs1.ErrUnknownKey)
	_, err = gs1.Elements{{AI: "01", Value: "09506000134352"}, {AI: "17", Value: "261231"}, {AI: "17", Value: "261230"}}.DigitalLink("")
	require.ErrorIs(t, err, gs1.ErrPairing)
}

func TestHashFormFollowsItsRules(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/01/09506000134352/22/0123456789/10/0123456789/21/V1": "https://id.gs1.org/01/09506000134352/21/V1",
		"https://id.gs1.org/414/9506000134352/254/0":                              "https://id.gs1.org/414/9506000134352/254/0",
		"urn:epc:id:sgln:950600013435..0":                                         "https://id.gs1.org/414/9506000134352",
		"urn:epc:id:grai:950600013435..X":                                         "https://id.gs1.org/8003/09506000134352X",
		"urn:epc:idpat:sgcn:950600013435..*":                                      "https://id.gs1.org/255/9506000134352",
		"urn:epc:id:sgtin:9506000.013435.a!b%2f":                                  "https://id.gs1.org/01/09506000134352/21/a!b%2f",
		"https://example.com/gtin/97803114/lot/A#f":                               "https://id.gs1.org/01/00000097803114/10/A",
		"https://id.gs1.org/01/09506000134352/21/" + long[:20]:                    "https://id.gs1.org/01/09506000134352/21/" + long[:20],
		"https://id.gs1.org/255/9506000134352123456789012":                        "https://id.gs1.org/255/9506000134352123456789012",
		"https://x.example/01/09506000134352/21/a%2Fb":                            "https://id.gs1.org/01/09506000134352/21/a%2Fb",
		"https://x.example/8010/9506%23A":                                         "https://id.gs1.org/8010/9506%23A",
		"http://x.example/party/9506000134352?a=b":                                "https://id.gs1.org/417/9506000134352",
		"urn:epc:id:itip:9506000.013435.01.02.S":                                  "https://id.gs1.org/8006/095060001343520102/21/S",
		"urn:epc:idpat:itip:9506000.013435.01.02.*":                               "https://id.gs1.org/8006/095060001343520102",
		"urn:epc:idpat:cpi:9506000.A.*":                                           "https://id.gs1.org/8010/9506000A",
		"urn:epc:id:cpi:9506000.%2FA.123456789012":                                "https://id.gs1.org/8010/9506000%2FA/8011/123456789012",
		"urn:epc:id:giai:9506000." + long[:23]:                                    "https://id.gs1.org/8004/9506000" + long[:23],
		"https://example.com/8010/9506000A/8011/12":                               "https://id.gs1.org/8010/9506000A/8011/12",
		"https://example.com/00/000000000000000000":                               "https://id.gs1.org/00/000000000000000000", // check digits are not its business
	} {
		got, ok := gs1.HashForm(in)
		require.True(t, ok, in)
		require.Equal(t, want, got)
	}
	for _, alone := range []string{
		"", "shipping", "urn:epcglobal:cbv:bt:5200001000008:4711", "geo:52.5,13.4", "https://ref.gs1.org/cbv/BizStep-shipping",
		"http://transaction.acme.com/po/12345678", "https://id.gs1.org/01/09506000134352/21/A/10/B", "/01/09506000134352",
		"https://id.gs1.org/8018/950600013435200000/8019/1", "https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K",
		"http://localhost/01/09506000134352", "urn:epc:id:gid:1.2.3", "urn:epc:id:sgtin:9506000.013435.a/b",
		"https://id.gs1.org/8006/0950600013435201", "https://id.gs1.org/01/09506000134352/",
		// Lengths: one more than each field may have.
		"https://id.gs1.org/01/09506000134352/21/" + long[:21], "https://id.gs1.org/01/09506000134352/235/" + long[:29],
		"https://id.gs1.org/253/9506000134352" + long[:18], "https://id.gs1.org/255/95060001343521234567890123",
		"https://id.gs1.org/8003/09506000134352" + long[:17], "https://id.gs1.org/8004/9506" + long[:27],
		"https://id.gs1.org/8010/9506000A/8011/1234567890123", "https://id.gs1.org/8010/9506a", "https://id.gs1.org/401/9506",
		"https://id.gs1.org/8010/9506" + strings.Repeat("A", 27), "https://id.gs1.org/00/12345678901234567",
		"urn:epc:id:sgtin:9506000.013435." + long[:21], "urn:epc:id:grai:9506000.13435." + long[:17],
		"urn:epc:id:upui:9506000.013435." + long[:29], "urn:epc:id:sgcn:9506000.13435.1234567890123",
		"urn:epc:id:giai:9506000." + long[:24], "urn:epc:id:cpi:9506000.a.1", "urn:epc:id:cpi:9506000.A.x", "urn:epc:id:giai:9506000.",
		"urn:epc:id:sgtin:9506000.01343.1", "urn:epc:id:sgtin:9506000.01343x.1", "urn:epc:id:sgtin:95060.01343500.1",
		"urn:epc:id:itip:9506000.013435.0x.02.S", "urn:epc:id:itip:9506000.013435.1.02.S", "urn:epc:id:itip:9506000.013435.01.2.S",
		"urn:epc:idpat:sgtin:9506000.013435.1", "urn:epc:class:sgtin:9506000.013435.1", "urn:epc:id:lgtin:9506000.013435.1",
		"urn:epc:idpat:sscc:9506000.*", "urn:epc:id:sgtin:9506000.013435.%7F", "urn:epc:id:cpi:9506000.%61.1",
		"urn:epc:id:sgtin:9506000.013435.%2", "https://example.com/01/09506000134352/22/" + long[:21] + "/21/1",
		"https://example.com/01/09506000134352/10/" + long[:21] + "/21/1", "https://example.com/01/09506000134352/17/261231",
	} {
		got, ok := gs1.HashForm(alone)
		require.False(t, ok, "%s: %s", alone, got)
	}
}
