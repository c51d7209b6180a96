package epcis_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// seed adds the corpus, if it is there, to a fuzz target.
func seed(f *testing.F, extensions ...string) {
	if _, err := os.Stat(corpusDir); err != nil {
		f.Log("CORPUS NOT PRESENT: fuzzing starts from the seeds in the source only")
		return
	}
	for _, dir := range []string{"epcis/valid", "epcis/invalid", "epcis/xml", "hash/cases", "hash/expected_equal"} {
		for _, path := range files(f, corpusDir+"/"+dir, extensions...) {
			data, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(data)
		}
	}
}

// requireStable: what was accepted is valid when written, and says the same.
func requireStable(t *testing.T, doc *epcis.Document) {
	data, err := doc.MarshalJSON()
	require.NoError(t, err)
	again, _, err := epcis.ReadAny(bytes.NewReader(data), epcis.Limits{})
	require.NoError(t, err, "%s", data)
	require.Len(t, again.Events, len(doc.Events))
	for i := range doc.Events {
		require.Equal(t, preHash(t, &doc.Events[i]), preHash(t, &again.Events[i]), "%s", data)
	}
	twice, err := again.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(data), string(twice))
}

// Whatever ReadAny accepts from JSON round-trips; nothing makes it panic.
func FuzzReadJSON(f *testing.F) {
	seed(f, ".json", ".jsonld")
	f.Add([]byte(minimal))
	f.Add([]byte(document(minimal, minimal)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
			return
		}
		doc, _, err := epcis.ReadAny(bytes.NewReader(data), epcis.Limits{})
		if err == nil {
			require.True(t, json.Valid(bytes.TrimPrefix(data, []byte("\uFEFF"))), "%q", data)
			requireStable(t, doc)
		}
	})
}

// Whatever ReadXML accepts is valid JSON-LD when written, with the same hashes.
func FuzzReadXML(f *testing.F) {
	seed(f, ".xml")
	f.Add([]byte(xmlDocument("<epc>urn:a:b</epc>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, _, err := epcis.ReadXML(bytes.NewReader(data), epcis.Limits{})
		if err == nil && doc.Message == "" {
			requireStable(t, doc)
		}
	})
}

// A number and its canonical text have the same value, and there is one such text.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"26.0", "007", "1e-7", "-0", "+.5", "5.", "1E3", "12345678901234567890.10", "1e999", "1_0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := epcis.ParseNumber(s)
		if !ok {
			return
		}
		again, ok := epcis.ParseNumber(string(n))
		require.True(t, ok)
		require.Equal(t, n, again)
		require.False(t, strings.ContainsAny(string(n), "eE+_"))
		if len(s) < 200 {
			want, ok := new(big.Rat).SetString(s)
			if !ok {
				return // the oracle refuses exponents that are larger than it likes
			}
			got, ok := new(big.Rat).SetString(string(n))
			require.True(t, ok, n)
			require.Zero(t, want.Cmp(got), "%s %s", s, n)
		}
	})
}
