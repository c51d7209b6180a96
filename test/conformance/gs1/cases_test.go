package gs1_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// The cases of this file are ours: made from the rules of the General
// Specifications, the Tag Data Standard and Digital Link URI Syntax, with an eye
// on their edges, each with the reason that it has to be refused for.

// Identifiers that parse, with their canonical path.
var accepted = map[string]string{
	// the domain: ports, addresses, upper case, an odd stem
	"https://example.com:8443/01/09506000134352":                   "/01/09506000134352",
	"http://127.0.0.1/00/095060001111111119":                       "/00/095060001111111119",
	"http://[2001:db8::1]:80/00/095060001111111119":                "/00/095060001111111119",
	"HTTP://EXAMPLE.COM/417/9506000134352":                         "/417/9506000134352",
	"https://xn--bcher-kva.example/414/9506000134352":              "/414/9506000134352",
	"https://example.com/01/09506000134352/10/x/01/09506000134369": "/01/09506000134369",
	"https://example.com/00/01/21/01/09506000134352/21/00":         "/01/09506000134352/21/00",
	"https://example.com/~a/b;c=d/e+f/@g/01/09506000134352":        "/01/09506000134352",
	"https://example.com/%E2%82%AC/01/09506000134352":              "/01/09506000134352",
	"https://example.com//01/09506000134352":                       "/01/09506000134352",
	"https://example.com/gtin/09506000134352/01/09506000134369":    "/01/09506000134369",
	// the finest level is kept
	"https://example.com/01/09506000134352/22/2A":             "/01/09506000134352",
	"https://example.com/01/09506000134352/22/2A/10/L1":       "/01/09506000134352/10/L1",
	"https://example.com/01/09506000134352/22/2A/10/L1/21/S1": "/01/09506000134352/21/S1",
	"https://example.com/8006/095060001343520102/22/2A/21/S1": "/8006/095060001343520102/21/S1",
	"https://example.com/8006/095060001343520102/10/L1":       "/8006/095060001343520102/10/L1",
	"https://example.com/8017/950600013435212346/8019/7":      "/8017/950600013435212346",
	"https://example.com/417/9506000134352/7040/1ABC":         "/417/9506000134352",
	"https://example.com/414/9506000134352/7040/1ABC":         "/414/9506000134352",
	"https://example.com/8004/9506000ABC/7040/1ABC":           "/8004/9506000ABC",
	// percent-encoding: either case, needless, and what a path may leave as it is
	"https://example.com/01/09506000134352/21/a%2Fb":           "/01/09506000134352/21/a%2Fb",
	"https://example.com/01/09506000134352/21/a%2fb":           "/01/09506000134352/21/a%2Fb",
	"https://example.com/01/09506000134352/21/%41%42":          "/01/09506000134352/21/AB",
	"https://example.com/01/09506000134352/21/!'()*+,;=:":      "/01/09506000134352/21/%21%27%28%29%2A%2B%2C%3B%3D%3A",
	"https://example.com/01/09506000134352/21/a+b":             "/01/09506000134352/21/a%2Bb",
	"https://example.com/01/0950600013435%32":                  "/01/09506000134352",
	"https://example.com/01/09506000134352/21/a%25b":           "/01/09506000134352/21/a%25b",
	"https://example.com/01/09506000134352/21/%22%3C%3E%3F%26": "/01/09506000134352/21/%22%3C%3E%3F%26",
	// query and fragment
	"https://example.com/01/09506000134352?":                           "/01/09506000134352",
	"https://example.com/01/09506000134352?&&":                         "/01/09506000134352",
	"https://example.com/01/09506000134352?17=271231&linkType=gs1:pip": "/01/09506000134352",
	"https://example.com/01/09506000134352?3103=000189&3922=0299#a/b":  "/01/09506000134352",
	"https://example.com/01/09506000134352?7003=2712312359":            "/01/09506000134352",
	"https://example.com/01/09506000134352#/01/00000000000000":         "/01/09506000134352",
	"https://example.com/01/09506000134352?x=/01/1":                    "/01/09506000134352",
	// keys of every kind
	"https://example.com/253/9506000134352":               "/253/9506000134352",
	"https://example.com/253/9506000134352A%2F1":          "/253/9506000134352A%2F1",
	"https://example.com/255/9506000134352000000000012":   "/255/9506000134352000000000012",
	"https://example.com/401/9506000consignment":          "/401/9506000consignment",
	"https://example.com/402/95060001343521236":           "/402/95060001343521236",
	"https://example.com/8003/09506000134352serial":       "/8003/09506000134352serial",
	"https://example.com/8010/9506000ABC%23%2F-1/8011/42": "/8010/9506000ABC%23%2F-1/8011/42",
	"https://example.com/8013/1987654Ad4X4bL5ttr2310c2K":  "/8013/1987654Ad4X4bL5ttr2310c2K",
	// URNs
	"urn:epc:id:sgtin:9506000.013435.0":             "/01/09506000134352/21/0",
	"urn:epc:id:sgtin:9506000.013435.a.b":           "/01/09506000134352/21/a.b",
	"urn:epc:id:sgtin:9506000.013435.%2f":           "/01/09506000134352/21/%2F",
	"urn:epc:id:sgtin:9506000.013435.!'()*+,-.:;=_": "/01/09506000134352/21/%21%27%28%29%2A%2B%2C-.%3A%3B%3D_",
	"urn:epc:id:sgln:950600013435..0":               "/414/9506000134352",
	"urn:epc:id:sgln:950600013435..00":              "/414/9506000134352/254/00",
	"urn:epc:id:pgln:950600013435.":                 "/417/9506000134352",
	"urn:epc:id:gdti:950600013435..A":               "/253/9506000134352A",
	"urn:epc:id:grai:950600013435..A":               "/8003/09506000134352A",
	"urn:epc:id:sgcn:950600013435..1":               "/255/95060001343521",
	"urn:epc:idpat:grai:950600013435..*":            "/8003/09506000134352",
	"urn:epc:idpat:gdti:950600013435..*":            "/253/9506000134352",
	"urn:epc:idpat:sgcn:950600013435..*":            "/255/9506000134352",
	"urn:epc:id:sgtin:950600013435.0.1":             "/01/09506000134352/21/1",
	"urn:epc:id:sgtin:9506000.013435.*":             "/01/09506000134352/21/%2A", // the character, no wildcard
	"urn:epc:id:sscc:9506000.1111111111":            "/00/195060001111111116",
	"urn:epc:id:gsin:9506000.013435000":             "/402/95060000134350000",
	"https://example.com/01/09506000134352/21/a%zz": "/01/09506000134352/21/a%25zz", // as the syntax engine has it
	"urn:epc:id:sgtin:9506000.013435.a%":            "/01/09506000134352/21/a%25",   // published pairs have such
	"urn:epc:id:itip:9506000.013435.01.02.S1":       "/8006/095060001343520102/21/S1",
}

// What has to be refused, with the reason.
var refusedIDs = map[string]error{
	"":                                                      gs1.ErrSyntax,
	" urn:epc:id:sgtin:9506000.013435.1":                    gs1.ErrSyntax,
	"URN:EPC:ID:SGTIN:9506000.013435.1":                     gs1.ErrSyntax,
	"urn:epc:id":                                            gs1.ErrSyntax,
	"urn:epc:id:sgtin":                                      gs1.ErrSyntax,
	"urn:epc:id:SGTIN:9506000.013435.1":                     gs1.ErrUnknownKey,
	"urn:epc:id:lgtin:9506000.013435.1":                     gs1.ErrUnknownKey,
	"urn:epc:class:sgtin:9506000.013435.1":                  gs1.ErrUnknownKey,
	"urn:epc:id:gid:95100000.12345.400":                     gs1.ErrUnknownKey,
	"urn:epc:idpat:sscc:9506000.*":                          gs1.ErrUnknownKey,
	"urn:epc:tag:sgtin-96:3.9506000.013435.1":               gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435":                       gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435.":                      gs1.ErrSyntax,
	"urn:epc:id:sgtin:95060.00013435.1":                     gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000134352..1":                     gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.13435.1":                      gs1.ErrLength,
	"urn:epc:id:sgtin:9506000.0013435.1":                    gs1.ErrLength,
	"urn:epc:id:sgtin:9506000.01343A.1":                     gs1.ErrCharacter,
	"urn:epc:id:sgtin:950600A.013435.1":                     gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435.a/b":                   gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435.a&b":                   gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435.a#b":                   gs1.ErrSyntax,
	"urn:epc:id:sgtin:9506000.013435.a b":                   gs1.ErrCharacter,
	"urn:epc:id:sgtin:9506000.013435.a%20b":                 gs1.ErrCharacter,
	"urn:epc:id:sgtin:9506000.013435.a%23b":                 gs1.ErrCharacter,
	"urn:epc:id:sgtin:9506000.013435.%C3%A4":                gs1.ErrCharacter,
	"urn:epc:id:sgtin:9506000.013435.123456789012345678901": gs1.ErrLength,
	"urn:epc:idpat:sgtin:9506000.013435.1":                  gs1.ErrSyntax,
	"urn:epc:idpat:sgtin:9506000.*.*":                       gs1.ErrLength,
	"urn:epc:id:sscc:9506000.11111111111":                   gs1.ErrLength,
	"urn:epc:id:sscc:9506000.1111111111.1":                  gs1.ErrLength,
	"urn:epc:id:sgln:9506000.01343":                         gs1.ErrSyntax,
	"urn:epc:id:pgln:9506000.01343.0":                       gs1.ErrLength,
	"urn:epc:id:grai:9506000.01343.12345678901234567":       gs1.ErrLength,
	"urn:epc:id:gdti:9506000.01343.123456789012345678":      gs1.ErrLength,
	"urn:epc:id:sgcn:9506000.01343.1234567890123":           gs1.ErrLength,
	"urn:epc:id:sgcn:9506000.01343.A":                       gs1.ErrCharacter,
	"urn:epc:id:cpi:9506000.ABC.A":                          gs1.ErrCharacter,
	"urn:epc:id:cpi:9506000.ABC.01":                         gs1.ErrContent,
	"urn:epc:id:cpi:9506000.abc.1":                          gs1.ErrCharacter,
	"urn:epc:id:cpi:9506000..1":                             gs1.ErrLength,
	"urn:epc:id:giai:9506000.":                              gs1.ErrLength,
	"urn:epc:id:giai:9506000.123456789012345678901234":      gs1.ErrLength,
	"urn:epc:id:itip:9506000.013435.03.02.1":                gs1.ErrContent,
	"urn:epc:id:itip:9506000.013435.00.02.1":                gs1.ErrContent,
	"urn:epc:id:itip:9506000.013435.1.2.1":                  gs1.ErrSyntax,
	"urn:epc:id:gsin:9506000.0134350000":                    gs1.ErrLength,
	"urn:epc:id:upui:9506000.013435.~":                      gs1.ErrCharacter,
	// Digital Links
	"ftp://example.com/01/09506000134352":                            gs1.ErrSyntax,
	"Http://example.com/01/09506000134352":                           gs1.ErrSyntax,
	"https:/example.com/01/09506000134352":                           gs1.ErrSyntax,
	"https:///01/09506000134352":                                     gs1.ErrSyntax,
	"https://example.com":                                            gs1.ErrSyntax,
	"https://example.com?01=09506000134352":                          gs1.ErrSyntax,
	"https://example.com/":                                           gs1.ErrUnknownKey,
	"https://example.com/01":                                         gs1.ErrUnknownKey,
	"https://example.com/01/":                                        gs1.ErrLength,
	"https://example.com/01/09506000134352/":                         gs1.ErrUnknownKey,
	"https://example.com/01/09506000134352/21":                       gs1.ErrUnknownKey,
	"https://example.com/01/09506000134352/21/":                      gs1.ErrLength,
	"https://example.com/01/09506000134353":                          gs1.ErrCheckDigit,
	"https://example.com/01/9506000134352":                           gs1.ErrLength,
	"https://example.com/01/0950600013435A":                          gs1.ErrCharacter,
	"https://example.com/1/09506000134352":                           gs1.ErrUnknownKey,
	"https://example.com/gtin/09506000134352":                        gs1.ErrUnknownKey,
	"https://example.com/01/09506000134352/21/1/10/2":                gs1.ErrQualifier,
	"https://example.com/01/09506000134352/10/1/22/2":                gs1.ErrQualifier,
	"https://example.com/01/09506000134352/235/1/21/2":               gs1.ErrQualifier,
	"https://example.com/01/09506000134352/235/1/10/2":               gs1.ErrQualifier,
	"https://example.com/01/09506000134352/21/1/21/2":                gs1.ErrQualifier,
	"https://example.com/414/9506000134352/254/1/7040/1ABC":          gs1.ErrQualifier,
	"https://example.com/00/095060001111111119/21/1":                 gs1.ErrQualifier,
	"https://example.com/01/09506000134352/254/1":                    gs1.ErrQualifier,
	"https://example.com/417/9506000134352/254/1":                    gs1.ErrQualifier,
	"https://example.com/415/9506000134352":                          gs1.ErrUnknownKey,
	"https://example.com/02/09506000134352":                          gs1.ErrUnknownKey,
	"https://example.com/8018/950600013435212346/8019/12345678901":   gs1.ErrLength,
	"https://example.com/01/09506000134352/21/a%20b":                 gs1.ErrCharacter,
	"https://example.com/01/09506000134352/21/a b":                   gs1.ErrSyntax,
	"https://example.com/01/09506000134352/21/ä":                     gs1.ErrSyntax,
	"https://example.com/01/09506000134352/21/a%00":                  gs1.ErrCharacter,
	"https://example.com/01/09506000134352/21/123456789012345678901": gs1.ErrLength,
	"https://exa_mple.com/01/09506000134352":                         gs1.ErrSyntax,
	"https://u:p@example.com/01/09506000134352":                      gs1.ErrSyntax,
	"https://example.com/01/09506000134352?17=271332":                gs1.ErrContent,
	"https://example.com/01/09506000134352?17=27123":                 gs1.ErrLength,
	"https://example.com/01/09506000134352?21=A":                     gs1.ErrAttribute,
	"https://example.com/01/09506000134352/21/A?10=B":                gs1.ErrAttribute,
	"https://example.com/01/09506000134352?01=09506000134352":        gs1.ErrPairing,
	"https://example.com/01/09506000134352?17=271231&17=271231":      gs1.ErrPairing,
	"https://example.com/01/09506000134352?05=1":                     gs1.ErrUnknownAI,
	"https://example.com/8010/9506000abc":                            gs1.ErrCharacter,
	"https://example.com/8013/1987654Ad4X4bL5ttr2310c2L":             gs1.ErrCheckDigit,
	"https://example.com/253/95060001343521234567890123456789":       gs1.ErrLength,
	"https://example.com/255/9506000134352A":                         gs1.ErrCharacter,
	"https://example.com/401/123":                                    gs1.ErrContent,
	"https://example.com/401/ABCD1":                                  gs1.ErrContent,
	"https://example.com/8004/123":                                   gs1.ErrContent,
	"https://example.com/8003/19506000134352":                        gs1.ErrContent,
	"https://example.com/8006/095060001343520201":                    gs1.ErrContent,
	// canonical paths
	"/01/09506000134352?17=271231": gs1.ErrSyntax,
	"/a/01/09506000134352":         gs1.ErrSyntax,
	"/01":                          gs1.ErrUnknownKey,
	"01/09506000134352":            gs1.ErrSyntax,
}

func TestIdentifiersAtTheEdgesOfTheRules(t *testing.T) {
	for text, path := range accepted {
		id, err := gs1.Parse(text)
		if err != nil || id.Path() != path {
			t.Errorf("%s: %v %s, not %s", text, err, id.Path(), path)
			continue
		}
		again, err := gs1.Parse(id.String())
		require.NoError(t, err, text)
		require.Equal(t, id, again, text)
	}
	for text, reason := range refusedIDs {
		id, err := gs1.Parse(text)
		if !errors.Is(err, reason) {
			t.Errorf("%s: %v, not %v (%v)", text, err, reason, id)
		}
	}
}
