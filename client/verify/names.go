package verify

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// exactNames refuses what encoding/json reads without a word and others read another
// way: a member that stands twice in one object, of which the first may count
// elsewhere, and one whose name is written in other letters than the schema's. The
// text is JSON that decodes into the type.
func exactNames(text []byte, as reflect.Type) error {
	return exactValue(json.NewDecoder(bytes.NewReader(text)), as)
}

func exactValue(decoder *json.Decoder, as reflect.Type) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch as = content(as); token {
	case json.Delim('{'):
		return exactObject(decoder, as)
	case json.Delim('['):
		return exactList(decoder, as)
	}
	return nil
}

func exactList(decoder *json.Decoder, as reflect.Type) error {
	var of reflect.Type
	if as != nil && (as.Kind() == reflect.Slice || as.Kind() == reflect.Array) {
		of = as.Elem()
	}
	for decoder.More() {
		if err := exactValue(decoder, of); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

func exactObject(decoder *json.Decoder, as reflect.Type) error {
	known := membersOf(as)
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		of, exact := known[name]
		switch {
		case seen[name]:
			return fmt.Errorf("json: the member %q stands twice in one object", name)
		case as != nil && as.Kind() == reflect.Struct && !exact:
			return fmt.Errorf("json: unknown field %q", name)
		case as != nil && as.Kind() == reflect.Map:
			of = as.Elem()
		}
		seen[name] = true
		if err := exactValue(decoder, of); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

var (
	ownJSON = reflect.TypeFor[json.Unmarshaler]()
	ownText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// content returns what a type holds, nil for one of any content: a type that reads its
// own JSON.
func content(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() == reflect.Interface || reflect.PointerTo(t).Implements(ownJSON) || reflect.PointerTo(t).Implements(ownText) {
		return nil
	}
	return t
}

// membersOf returns the JSON members of a struct, by name; those of embedded ones
// among them.
func membersOf(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	known := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "", tag == "-", !f.IsExported():
		case tag == "":
			known[f.Name] = f.Type
		default:
			known[tag] = f.Type
		}
	}
	return known
}
