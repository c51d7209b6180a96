package verify_test

import (
	"encoding"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
)

// A reader in another language takes the first of two members, or knows only the exact
// name: what it would read another way than this one is not vouched for.
func TestNoTwoReadersSeeDifferentRecords(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots()).Knowing(aRecordQuery)
	price := termsFields()[2]
	ours := published(t, token("id"), termsFields()...)
	forged, err := json.Marshal(published(t, token("id"), selective.Field{Name: "/price", Value: "99", Salt: token("99")}))
	require.NoError(t, err)
	good := recordClaim(t, c, ours, true)
	require.True(t, v.Verify(show(t, c, good, price), twoOf3, later).Verified())
	id, other := `"`+token("id")+`"`, `"`+token("other")+`"`

	for name, request := range map[string]string{
		"in capitals": `{"ID":` + id + `}`, "and in capitals": `{"id":` + other + `,"ID":` + id + `}`, "twice": `{"id":` + other + `,"id":` + id + `}`,
		"twice alike": `{"id":` + id + `,"id":` + id + `}`, "twice, once escaped": `{"id":` + other + `,"\u0069d":` + id + `}`,
	} {
		t.Run("request: "+name, func(t *testing.T) {
			claim := good
			claim.Request = request
			failedAt(t, v.Verify(show(t, c, claim, price), twoOf3, later), verify.CheckRequest)
		})
	}
	for name, result := range map[string]string{
		"twice":          strings.Replace(good.Result, `{"published":`, `{"published":`+string(forged)+`,"published":`, 1),
		"and in capital": strings.Replace(good.Result, `{"published":`, `{"published":`+string(forged)+`,"Published":`, 1),
		"in capitals":    strings.Replace(good.Result, `"published":`, `"PUBLISHED":`, 1),
		"folded":         strings.Replace(good.Result, `"published":`, `"publi`+"\u017f"+`hed":`, 1),
		"deeper, twice":  strings.Replace(good.Result, `"commitments":`, `"commitments":[],"commitments":`, 1),
		"deeper, cased":  strings.Replace(good.Result, `"commitments":`, `"Commitments":`, 1),
	} {
		t.Run("result: "+name, func(t *testing.T) {
			require.NotEqual(t, good.Result, result)
			claim := good
			claim.Result = result
			failedAt(t, v.Verify(show(t, c, claim, price), twoOf3, later), verify.CheckResult)
		})
	}
}

// What the rules themselves write is exact.
func TestEveryAnswerThatTheRulesWriteFits(t *testing.T) {
	for _, f := range api.Functions() {
		for _, as := range []reflect.Type{f.Request(), f.Response()} {
			if as == nil {
				continue
			}
			value := reflect.New(as)
			fill(value.Elem(), 0)
			text, err := json.Marshal(value.Interface())
			require.NoError(t, err, f.FullName())
			require.NoError(t, verify.Fits(text, as), "%s: %s", f.FullName(), text)
		}
	}
}

// fill makes lists and maps of one member and sets what is optional, so that every
// member is written.
func fill(v reflect.Value, depth int) {
	if !v.CanSet() || depth > 12 {
		return
	}
	if _, own := v.Addr().Interface().(encoding.TextUnmarshaler); own {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.Set(reflect.ValueOf(json.RawMessage(`{"any":{"Any":1}}`)))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		if v.Type().Key().Kind() == reflect.String {
			one := reflect.New(v.Type().Elem()).Elem()
			fill(one, depth+1)
			v.SetMapIndex(reflect.ValueOf("Any").Convert(v.Type().Key()), one)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint64:
		v.SetUint(1)
	}
}

// Whoever writes a verifier from the format's page alone knows which functions are
// queries, which key each answer rests on, and which functions list.
func TestEveryQueryIsInTheFormat(t *testing.T) {
	text, err := os.ReadFile("../../docs/evidence-format.md")
	require.NoError(t, err)
	_, keys, found := strings.Cut(string(text), "\n## Keys\n")
	require.True(t, found)
	keys, ranges, found := strings.Cut(keys, "\n## Ranges\n")
	require.True(t, found)
	ranges, _, _ = strings.Cut(ranges, "\n## ")
	for _, f := range api.Functions() {
		name := "`" + f.FullName() + "`"
		require.Equal(t, verify.HasClaim(f.FullName()), named(keys, name), "%s: keys", name)
		require.Equal(t, verify.Lists(f.FullName()), named(ranges, name), "%s: ranges", name)
		query := named(keys, name) || named(ranges, name) || strings.Contains(string(text), "and `product:TraceBack`, `product:TraceForward` and `version:Versions`, whose answers") &&
			slices.Contains([]*api.Function{api.TraceBack.Function, api.TraceForward.Function, api.Versions.Function}, f)
		require.Equal(t, f.Kind == api.Query, query, name)
	}
}

// named tells whether the first cell of a row of a table has a name.
func named(tables, name string) bool {
	for line := range strings.Lines(tables) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && strings.Contains(cells[1], name) {
			return true
		}
	}
	return false
}
