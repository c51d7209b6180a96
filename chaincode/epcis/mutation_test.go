package epcis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// replacements are put in the place of every value of an example, one at a time.
var replacements = []string{
	`null`, `5`, `-1.5`, `true`, `""`, `"word"`, `"a b"`, `"urn:a:b"`, `"ex:word"`, `{}`, `[]`, `["word"]`, `["urn:a:b","urn:a:b"]`, `[{}]`,
	`"2020-01-01T00:00:00Z"`, `"2020-01-01"`, `"2020-01-01T00:00:00"`, `"Z"`, `"+14:01"`, `"kgm"`, `"KGM"`, `"DELETE"`, `"ADD"`,
	`"shipping"`, `"in_transit"`, `"po"`, `"Temperature"`, `"1.0.x"`, `"urn:epcglobal:cbv:bizstep:shipping"`,
	`"https://ns.gs1.org/cbv/BizStep-shipping"`, `"https://ref.gs1.org/cbv/BizStep-shipping"`, `"https://gs1.org/voc/Temperature"`,
}

// additions are put into every object of an example, one at a time.
var additions = map[string]string{
	"word": `1`, "ex:word": `1`, "a b:c": `1`, "action": `"ADD"`, "epcList": `["urn:a:b"]`, "childEPCs": `["urn:a:b"]`, "parentID": `"urn:a:b"`,
	"ilmd": `{"ex:a":"b"}`, "inputEPCList": `["urn:a:b"]`, "transformationID": `"urn:a:b"`, "quantityList": `[{"epcClass":"urn:a:b"}]`,
	"bizTransactionList": `[{"bizTransaction":"urn:a:b"}]`, "sensorElementList": `[{"sensorReport":[{"type":"Mass"}]}]`, "uom": `"KGM"`,
}

// Whatever GS1's JSON Schema refuses among thousands of documents with one fault each
// is refused. What is refused beyond that is what the standard says in words.
func TestWhatTheOfficialSchemaRefusesIsRefused(t *testing.T) {
	schema := officialSchema(t)
	tried, refused, beyond := 0, 0, 0
	for _, path := range files(t, corpus(t, "epcis", "valid"), "all_possible_fields.jsonld", "Example_9.6.2-ObjectEvent.jsonld", "queryDocument.json") {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		mutate(t, data, func(what string, mutant []byte) {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(mutant))
			require.NoError(t, err)
			want := schema.Validate(v)
			_, _, got := epcis.ReadAny(bytes.NewReader(mutant), epcis.Limits{})
			tried++
			switch {
			case got != nil && want == nil:
				beyond++
			case got != nil:
				refused++
			case want != nil:
				t.Errorf("%s: %s is accepted: %v", path, what, want)
			}
		})
	}
	t.Logf("%d mutants: %d refused as by the official schema, %d beyond it", tried, refused, beyond)
}

// mutate calls use with one document for each fault. Every third is enough.
func mutate(t *testing.T, data []byte, use func(what string, mutant []byte)) {
	var root any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&root))
	n := 0
	emit := func(format string, args ...any) {
		if n++; n%3 == 0 {
			mutant, err := json.Marshal(root)
			require.NoError(t, err)
			use(fmt.Sprintf(format, args...), mutant)
		}
	}
	var visit func(v any, at string)
	each := func(v any, at string, set func(any)) {
		for _, r := range replacements {
			set(json.RawMessage(r))
			emit("%s is %s", at, r)
		}
		set(v)
		visit(v, at)
	}
	visit = func(v any, at string) {
		switch v := v.(type) {
		case map[string]any:
			mutateObject(v, at, emit)
			for _, k := range slices.Sorted(maps.Keys(v)) {
				each(v[k], at+"/"+k, func(x any) { v[k] = x })
			}
		case []any:
			for i := range v {
				each(v[i], fmt.Sprintf("%s/%d", at, i), func(x any) { v[i] = x })
			}
		}
	}
	visit(root, "")
}

// mutateObject takes a member away, or adds one.
func mutateObject(v map[string]any, at string, emit func(string, ...any)) {
	for _, k := range slices.Sorted(maps.Keys(v)) {
		old := v[k]
		delete(v, k)
		emit("%s/%s is missing", at, k)
		v[k] = old
	}
	for _, k := range slices.Sorted(maps.Keys(additions)) {
		if _, ok := v[k]; !ok && !strings.HasPrefix(at, "/@context") {
			v[k] = json.RawMessage(additions[k])
			emit("%s/%s is added", at, k)
			delete(v, k)
		}
	}
}
