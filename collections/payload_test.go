package collections_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// hash is that of an event; disclosed stands for a text of package redaction.
const (
	hash      = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	disclosed = `["salt",0,{"ilmd":{"example:recipe":"b\u0009c"}}]`
)

// examples has for each form values that it takes, the longest among them.
func examples(form string) []string {
	if size, found := strings.CutPrefix(form, "text "); found {
		n, _ := strconv.Atoi(size)
		return []string{"x", "Zwölf Körbe, 2 °C", strings.Repeat("ß", n/2)}
	}
	if list, found := strings.CutPrefix(form, "one of "); found {
		return strings.Split(list, ", ")
	}
	return map[string][]string{
		"amount":     {"0", "0.5", "12.40", "123456789012345.123456789"},
		"percent":    {"0", "0.000000001", "12.5", "99.999999999", "100", "100.000000000"},
		"days":       {"0", "30", "9999"},
		"date":       {"2026-03-01", "2024-02-29"},
		"time":       {"2026-03-01T12:00:00Z", "2026-03-01T23:59:59.123456789Z"},
		"country":    {"AD", "DE", "ZW"},
		"currency":   {"AED", "EUR", "ZWL"},
		"unit":       {"P1", "KGM", "C62"},
		"incoterm":   {"CFR", "DAP", "FOB"},
		"hs":         {"090111", "09011100", "0901110010"},
		"gln":        {"9506000134352", "4012345000009"},
		"cas":        {"7732-18-5", "50-00-0", "1333-74-0"},
		"sha256":     {hash},
		"latitude":   {"0.000000", "-12.046374", "89.999999999999", "90.000000"},
		"longitude":  {"-77.042793", "180.000000", "-179.999999"},
		"perimeter":  {"6.100000,-1.600000 6.110000,-1.600000 6.110000,-1.590000"},
		"extension":  {"x", strings.Repeat("y", 2000)},
		"disclosure": {disclosed, strings.Repeat("x", 5<<10)},
	}[form]
}

// anyFields draws some fields of a kind, each name once.
func anyFields(t *rapid.T, kind string) []collections.Field {
	var fields []collections.Field
	seen := map[string]bool{}
	rules := collections.Schema(kind)
	for range rapid.IntRange(0, 30).Draw(t, "fields") {
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		name := rule.Name
		switch {
		case rule.Form == "extension":
			name = rapid.StringMatching(`/x-[a-z]{1,5}(/[A-Za-z]{1,3}){1,4}`).Draw(t, "name")
		case kind == collections.KindEvent:
			name = strings.Replace(name, "*", rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "hash"), 1)
		}
		for strings.Contains(name, "*") {
			name = strings.Replace(name, "*", strconv.Itoa(rapid.IntRange(0, collections.MaxElements-1).Draw(t, "place")), 1)
		}
		if !seen[name] {
			fields = append(fields, collections.Field{Name: name, Value: rapid.SampledFrom(examples(rule.Form)).Draw(t, "value")})
		}
		seen[name] = true
	}
	return fields
}

func sorted(fields []collections.Field) []collections.Field {
	return slices.SortedFunc(slices.Values(fields), func(a, b collections.Field) int { return strings.Compare(a.Name, b.Name) })
}

func TestAnyFieldsOfAPayloadComeBackFromIt(t *testing.T) {
	for _, kind := range collections.Kinds() {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				fields := anyFields(t, kind)
				for _, f := range fields {
					require.NoError(t, collections.CheckField(kind, f.Name, f.Value))
				}
				payload, err := collections.Payload(kind, fields)
				require.NoError(t, err)
				again, err := collections.Fields(payload)
				require.NoError(t, err)
				require.Equal(t, sorted(fields), sorted(again))

				other, err := collections.Payload(kind, rapid.Permutation(fields).Draw(t, "order"))
				require.NoError(t, err)
				require.Equal(t, payload, other, "their order does not matter")
				inOrder, err := collections.Fields(&payload)
				require.ErrorIs(t, err, collections.ErrUnknownKind, "a pointer to an interface is no payload")
				require.Empty(t, inOrder)

				text, err := json.Marshal(payload)
				require.NoError(t, err)
				read, err := collections.ParsePayload(kind, text)
				require.NoError(t, err)
				require.Equal(t, payload, read)
			})
		})
	}
}

func TestTheFieldsOfAPayloadStandInTheOrderOfItsType(t *testing.T) {
	terms := collections.Terms{
		Price: "12.40", Currency: "EUR", Contract: "RC-7",
		Tiers:      []collections.Tier{{Price: "12"}, {}, {From: "500", Price: "11.80"}},
		Extensions: []collections.Field{{Name: "/x-acme/rebate/q4", Value: "b"}, {Name: "/x-acme/bonus", Value: "a"}},
	}
	want := []collections.Field{
		{Name: "/contract", Value: "RC-7"},
		{Name: "/price", Value: "12.40"},
		{Name: "/currency", Value: "EUR"},
		{Name: "/tiers/0/price", Value: "12"},
		{Name: "/tiers/2/from", Value: "500"},
		{Name: "/tiers/2/price", Value: "11.80"},
		{Name: "/x-acme/bonus", Value: "a"},
		{Name: "/x-acme/rebate/q4", Value: "b"},
	}
	for range 3 {
		fields, err := collections.Fields(terms)
		require.NoError(t, err)
		require.Equal(t, want, fields)
		fields, err = collections.Fields(&terms)
		require.NoError(t, err)
		require.Equal(t, want, fields)
	}
	require.Equal(t, "/x-acme/rebate/q4", terms.Extensions[0].Name, "the payload is not changed")

	one, err := collections.Payload(collections.KindComposition, []collections.Field{{Name: "/components/2/share", Value: "0.5"}})
	require.NoError(t, err)
	require.Equal(t, collections.Composition{Components: []collections.Component{{}, {}, {Share: "0.5"}}}, one)

	event := collections.Event{Disclosures: map[string][]string{hash: {disclosed, "", "other"}, strings.Repeat("0", 64): {"first"}}}
	fields, err := collections.Fields(event)
	require.NoError(t, err)
	require.Equal(t, []collections.Field{
		{Name: "/disclosures/" + strings.Repeat("0", 64) + "/0", Value: "first"},
		{Name: "/disclosures/" + hash + "/0", Value: disclosed},
		{Name: "/disclosures/" + hash + "/2", Value: "other"},
	}, fields)
}

// fill sets every text of a payload to an example of its form.
func fill(t *testing.T, v reflect.Value, form string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			member := v.Type().Field(i)
			name, option, _ := strings.Cut(member.Tag.Get("json"), ",")
			require.NotEmpty(t, name, member.Name)
			require.NotRegexp(t, `^[0-9]|[~/]|^x-`, name)
			require.Equal(t, "omitempty", option, member.Name)
			if form := member.Tag.Get("is"); form == "extension" {
				require.Equal(t, "Extensions", member.Name)
				v.Field(i).Set(reflect.ValueOf([]collections.Field{{Name: "/x-acme/a", Value: "1"}}))
			} else {
				fill(t, v.Field(i), form)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), form)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string][]string{hash: {disclosed}}))
	default:
		require.Equal(t, reflect.String, v.Kind(), "each leaf is a text")
		require.NotEmpty(t, examples(form), form)
		v.SetString(examples(form)[0])
	}
}

func TestTheSchemaHasEveryMemberOfTheGoTypes(t *testing.T) {
	for kind, payload := range map[string]any{
		collections.KindTerms: &collections.Terms{}, collections.KindOrigin: &collections.Origin{},
		collections.KindComposition: &collections.Composition{}, collections.KindCertificate: &collections.Certificate{},
		collections.KindPersonal: &collections.Personal{}, collections.KindEvent: &collections.Event{},
	} {
		t.Run(kind, func(t *testing.T) {
			fill(t, reflect.ValueOf(payload).Elem(), "")
			fields, err := collections.Fields(payload)
			require.NoError(t, err)
			var names, schema []string
			for _, f := range fields {
				name := strings.Replace(strings.ReplaceAll(f.Name, "/0", "/*"), hash, "*", 1)
				names = append(names, strings.Replace(name, "/x-acme/a", "/x-*", 1))
			}
			for _, rule := range collections.Schema(kind) {
				schema = append(schema, rule.Name)
				for _, value := range examples(rule.Form) {
					require.LessOrEqual(t, len(value), selective.MaxValue)
				}
			}
			require.Equal(t, schema, names)
			back, err := collections.Payload(kind, fields)
			require.NoError(t, err)
			require.Equal(t, reflect.ValueOf(payload).Elem().Interface(), back)
		})
	}
	require.Empty(t, collections.Schema("price"))
}

func TestPayloadsThatAreRefused(t *testing.T) {
	for _, payload := range []any{nil, 1, "terms", collections.Field{}, (*collections.Terms)(nil), map[string]string{}} {
		_, err := collections.Fields(payload)
		require.ErrorIs(t, err, collections.ErrUnknownKind)
	}
	_, err := collections.Payload("price", nil)
	require.ErrorIs(t, err, collections.ErrUnknownKind)
	_, err = collections.ParsePayload("price", []byte(`{}`))
	require.ErrorIs(t, err, collections.ErrUnknownKind)

	_, err = collections.Fields(collections.Certificate{Sites: make([]string, 64)})
	require.NoError(t, err, "empty ones are no fields")
	_, err = collections.Fields(collections.Certificate{Sites: append(make([]string, 64), "9506000134352")})
	refused(t, err, "", "not in the schema")
	_, err = collections.Fields(collections.Terms{Price: "12,40"})
	refused(t, err, "/price", "must be")
	_, err = collections.Fields(collections.Terms{Extensions: []collections.Field{{Name: "/price", Value: "1"}}, Price: "1"})
	refused(t, err, "/price", "twice")
	_, err = collections.Payload("terms", []collections.Field{{Name: "/x-a/secret", Value: "1"}, {Name: "/x-a/secret", Value: "1"}})
	refused(t, err, "", "twice")

	for name, text := range map[string]string{
		"no JSON": "price", "a list": "[]", "an unknown member": `{"prize": "1"}`, "a number": `{"price": 12.4}`,
		"something behind": `{} {}`, "a bracket behind": `{}]`, "nothing": "",
	} {
		_, err := collections.ParsePayload("terms", []byte(text))
		require.Equal(t, collections.ErrUnreadable, err, name)
	}
	_, err = collections.ParsePayload("terms", []byte(`{"price": "a secret"}`))
	refused(t, err, "/price", "must be")
}

func refused(t *testing.T, err error, name, problem string) {
	t.Helper()
	var broken *collections.FieldError
	require.ErrorAs(t, err, &broken)
	require.Equal(t, name, broken.Name)
	require.Contains(t, broken.Error(), problem)
	require.NotContains(t, broken.Error(), "secret")
}
