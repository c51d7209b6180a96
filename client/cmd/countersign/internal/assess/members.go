package assess

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// unwritten returns the first member in text that no struct in the value has by
// just that name, empty if there is none. encoding/json takes "Unit" for "unit",
// so that a file could have both, and be judged by the one that is not looked at.
func unwritten(text []byte, value any) string {
	names := map[string]bool{}
	addNames(names, reflect.TypeOf(value))
	decoder := json.NewDecoder(bytes.NewReader(text))
	var inside []bool // for each open bracket, whether it is of an object
	isKey := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return "" // what is no JSON is somebody else's to say
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			inside = append(inside, token == json.Delim('{'))
			isKey = token == json.Delim('{')
			continue
		case json.Delim('}'), json.Delim(']'):
			inside = inside[:len(inside)-1]
		default:
			if name, isText := token.(string); isKey && isText {
				if !names[name] {
					return name
				}
				isKey = false
				continue
			}
		}
		isKey = len(inside) > 0 && inside[len(inside)-1]
	}
}

// addNames adds the members that JSON has for a type.
func addNames(names map[string]bool, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		addNames(names, t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
				names[name] = true
			}
			addNames(names, field.Type)
		}
	}
}
