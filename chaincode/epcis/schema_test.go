package epcis_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// lookahead runs the schema's patterns ^(?!...), which Go's engine does not know.
type lookahead struct {
	*regexp.Regexp
	not bool
}

func (l lookahead) MatchString(s string) bool { return l.Regexp.MatchString(s) != l.not }

func compilePattern(s string) (jsonschema.Regexp, error) {
	inner, not := strings.CutPrefix(s, "^(?!")
	if not {
		s = "^(?:" + inner
	}
	re, err := regexp.Compile(s)
	return lookahead{re, not}, err
}

// officialSchema compiles GS1's JSON Schema with its formats asserted.
func officialSchema(t testing.TB) *jsonschema.Schema {
	data, err := os.ReadFile(corpus(t, "schema", "EPCIS-JSON-Schema.json"))
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseRegexpEngine(compilePattern)
	const url = "https://gs1.github.io/EPCIS/EPCIS-JSON-Schema.json"
	require.NoError(t, c.AddResource(url, doc))
	schema, err := c.Compile(url)
	require.NoError(t, err)
	return schema
}

func validateSchema(t require.TestingT, schema *jsonschema.Schema, data []byte) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(v), "%s", data)
}

// What we write of any document of the corpus, and of XML, is valid by GS1's schema.
func TestOfficialSchemaAcceptsRewrittenCorpus(t *testing.T) {
	schema := officialSchema(t)
	list := append(files(t, corpus(t, "epcis", "valid"), ".json", ".jsonld"), files(t, corpus(t, "epcis", "xml"), ".xml")...)
	list = append(list, files(t, corpus(t, "hash", "cases"), ".xml", ".jsonld")...)
	written, skipped := 0, 0
	for _, path := range list {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		doc, _, err := epcis.ReadAny(bytes.NewReader(data), epcis.Limits{})
		if err != nil || doc.Message != "" {
			continue // not valid or without events, which other tests are about
		}
		if unlisted(doc) {
			t.Logf("NOT COVERED: %s: persistentDisposition in an event type, or a sensor report without type, that the schema does not know", filepath.Base(path))
			skipped++
			continue
		}
		var b bytes.Buffer
		require.NoError(t, epcis.WriteDocument(&b, doc))
		validateSchema(t, schema, b.Bytes())
		for i := range doc.Events {
			alone, err := doc.Events[i].MarshalJSON()
			require.NoError(t, err)
			validateSchema(t, schema, alone)
		}
		written++
	}
	t.Logf("%d documents written and accepted by the official schema, %d not covered", written, skipped)
}

// unlisted reports the one field that the standard allows and the schema forgot, and the
// one that the JSON schema asks for and the XML schema does not.
func unlisted(doc *epcis.Document) bool {
	for i := range doc.Events {
		e := &doc.Events[i]
		if e.PersistentDisposition != nil && e.Type != epcis.ObjectEvent && e.Type != epcis.TransformationEvent {
			return true
		}
		for _, s := range e.SensorElementList {
			if slices.ContainsFunc(s.Reports, func(r epcis.SensorReport) bool { return r.Type == "" }) {
				return true
			}
		}
	}
	return false
}

// What we write of any valid document is valid by GS1's schema.
func TestOfficialSchemaAcceptsWhatWeWrite(t *testing.T) {
	schema := officialSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		require.NoError(t, epcis.WriteDocument(&b, genDocument(t)))
		validateSchema(t, schema, b.Bytes())
	})
}
