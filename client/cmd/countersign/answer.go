package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/client"
)

// member is a member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// answer is the JSON of what package client returns. Its structs have Go's names: they
// are spelled here as the contract spells its own, so that what is shown has one
// spelling, and "transaction" stands once where a record beside its receipt says it, too.
func answer(value any) (json.RawMessage, error) { return written(reflect.ValueOf(value)) }

var clientPackage = reflect.TypeFor[client.Receipt]().PkgPath()

func written(v reflect.Value) (json.RawMessage, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || v.Type().PkgPath() != clientPackage {
		if !v.IsValid() {
			return json.RawMessage("null"), nil
		}
		return marshal(v.Interface())
	}
	members, err := membersOf(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		out.WriteString(`"` + m.name + `":`)
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// membersOf are the members of a struct of package client, the first of each name.
func membersOf(v reflect.Value) (all []member, err error) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		var more []member
		switch {
		case !field.IsExported():
			continue
		case field.Anonymous && field.Type.PkgPath() == clientPackage:
			more, err = membersOf(v.Field(i))
		case field.Anonymous:
			more, err = membersIn(v.Field(i).Interface())
		default:
			var value json.RawMessage
			value, err = written(v.Field(i))
			more = []member{{spelled(field), value}}
		}
		if err != nil {
			return nil, err
		}
		for _, m := range more {
			if !slices.ContainsFunc(all, func(known member) bool { return known.name == m.name }) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// membersIn are the members of any other struct, in their order.
func membersIn(value any) (all []member, err error) {
	text, err := marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		m := member{}
		m.name, _ = name.(string)
		if err := decoder.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func spelled(field reflect.StructField) string {
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	if strings.ToUpper(field.Name) == field.Name { // ID, MSP
		return strings.ToLower(field.Name)
	}
	first, size := utf8.DecodeRuneInString(field.Name)
	return string(unicode.ToLower(first)) + field.Name[size:]
}

func marshal(value any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}
