package epcis_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Every word of CBV 2.0 and of the GS1 Web Vocabulary is read in each of its spellings
// as the bare word, and hashed as its web URI; a word that is none is refused.
func TestEveryStandardWordIsKnownInAllItsSpellings(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "vocab", "cbv_vocab.json"))
	require.NoError(t, err)
	var lists map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &lists))
	words := 0
	for list, place := range map[string]struct{ json, urn string }{
		"bizStep":               {`"bizStep":"WORD"`, "urn:epcglobal:cbv:bizstep:"},
		"disposition":           {`"disposition":"WORD"`, "urn:epcglobal:cbv:disp:"},
		"bizTransactionType":    {`"bizTransactionList":[{"type":"WORD","bizTransaction":"urn:x:y"}]`, "urn:epcglobal:cbv:btt:"},
		"sourceDestinationType": {`"sourceList":[{"type":"WORD","source":"urn:x:y"}]`, "urn:epcglobal:cbv:sdt:"},
		"errorReason":           {`"errorDeclaration":{"declarationTime":"2026-01-01T00:00:00Z","reason":"WORD"}`, "urn:epcglobal:cbv:er:"},
		"sensorComponent":       {`"sensorElementList":[{"sensorReport":[{"type":"Speed","component":"WORD"}]}]`, ""},
		"measurementType":       {`"sensorElementList":[{"sensorReport":[{"type":"WORD"}]}]`, "https://gs1.org/voc/"},
		"sensorAlertType":       {`"sensorElementList":[{"sensorReport":[{"type":"Speed","exception":"WORD"}]}]`, "https://gs1.org/voc/"},
	} {
		var uris map[string]string
		require.NoError(t, json.Unmarshal(lists[list], &uris))
		read := func(word string) (*epcis.Event, error) {
			field := strings.Replace(place.json, "WORD", word, 1)
			return epcis.ReadEvent([]byte(strings.Replace(minimal, `"action"`, field+`,"action"`, 1)), epcis.Limits{})
		}
		for word, uri := range uris {
			words++
			curie := strings.NewReplacer("https://ref.gs1.org/cbv/", "cbv:", "https://ref.gs1.org/voc/", "gs1:").Replace(uri)
			for _, spelling := range []string{word, uri, curie} {
				e, err := read(spelling)
				require.NoError(t, err)
				data, err := e.MarshalJSON()
				require.NoError(t, err)
				require.Contains(t, string(data), `"`+word+`"`, spelling)
				if list != "errorReason" {
					require.Contains(t, preHash(t, e), "="+uri)
				}
			}
			if place.urn != "" {
				_, err := read(place.urn + word)
				require.ErrorContains(t, err, "bare", "JSON-LD refuses %s", place.urn+word)
			}
		}
		_, err := read("no_such_word")
		require.ErrorContains(t, err, "neither a word of CBV 2.0 nor a URI")
		_, err = read("https://words.example/mine")
		require.NoError(t, err, "words of others are allowed")
	}
	t.Logf("%d words", words)
}
