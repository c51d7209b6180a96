package collections

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Kinds of private records; [Kinds] lists them. Each is the JSON of a Go type:
// [Terms], [Origin], [Composition], [Certificate], [Personal] and [Event].
const (
	KindTerms       = "terms"
	KindOrigin      = "origin"
	KindComposition = "composition"
	KindCertificate = "certificate"
	KindPersonal    = "personal"
	KindEvent       = "event"
)

// Kinds returns the kinds of private records.
func Kinds() []string {
	return []string{KindTerms, KindOrigin, KindComposition, KindCertificate, KindPersonal, KindEvent}
}

// Field is one leaf of a payload. Value is never empty: a leaf without text is no
// field.
type Field struct {
	// Name is the JSON pointer (RFC 6901) to where the value stands in the payload,
	// such as "/components/0/share"; for an extension it begins with "/x-".
	Name string `json:"name"`
	// Value is the text there.
	Value string `json:"value"`
}

var (
	// ErrUnknownKind says that a kind, or the type of a payload, is none of [Kinds].
	ErrUnknownKind = errors.New("collections: no such kind of private record")
	// ErrUnreadable says that a text is not the JSON of a payload.
	ErrUnreadable = errors.New("collections: not the JSON of such a payload: an object of the documented members, each leaf a text")
)

// FieldError says which field breaks the schema of its kind, and how. It quotes no
// value, and no name but the schema's own: both are secrets.
type FieldError struct {
	// Kind is the record's.
	Kind string
	// Name is the field's; empty when the schema has none of that name.
	Name string
	// Problem says what is asked for, to be read behind the name.
	Problem string
}

func (e *FieldError) Error() string {
	name := e.Name
	if name == "" {
		name = "a field"
	}
	return "collections: " + e.Kind + ": " + name + " " + e.Problem
}

// CheckField holds one field against the schema of a kind, which is closed: other
// names than those of the payload's type and its extensions are refused, and so is
// an empty value. Whoever endorses a record calls it.
//
// It fails with [ErrUnknownKind] or a *[FieldError].
func CheckField(kind, name, value string) error {
	if !slices.Contains(Kinds(), kind) {
		return ErrUnknownKind
	}
	rule, known := ruleOf(kind, name)
	if !known {
		return &FieldError{Kind: kind, Problem: "has a name that is not in the schema"}
	}
	if !rule.takes(value) {
		return &FieldError{Kind: kind, Name: schemaName(name), Problem: "must be " + rule.says}
	}
	return nil
}

// schemaName returns a name that the schema has, "" for an extension's, whose words
// are the user's.
func schemaName(name string) string {
	if strings.HasPrefix(name, "/x-") {
		return ""
	}
	return name
}

// Fields takes a payload apart: the leaves that have a text, in the order of its
// type, extensions last and sorted by name. It holds each against the schema.
//
// It fails with [ErrUnknownKind] for any other type, or as [CheckField] does.
func Fields(payload any) ([]Field, error) {
	value := reflect.Indirect(reflect.ValueOf(payload))
	if !value.IsValid() {
		return nil, ErrUnknownKind
	}
	kind, known := kindOf(value.Type())
	if !known {
		return nil, ErrUnknownKind
	}
	var c collector
	c.collect(value, "")
	slices.SortFunc(c.extensions, byName)
	fields := append(c.fields, c.extensions...)
	return fields, check(kind, fields)
}

// Payload puts fields together again, all of a payload's or some, in any order. It
// returns the type of the kind: a [Terms] for KindTerms and so on. Members of a list
// that no field is of are empty.
//
// It fails with [ErrUnknownKind], as [CheckField] does, or with a *[FieldError] for a
// name that stands there twice.
func Payload(kind string, fields []Field) (any, error) {
	model, known := typeOf(kind)
	if !known {
		return nil, ErrUnknownKind
	}
	fields = slices.SortedFunc(slices.Values(fields), byName)
	if err := check(kind, fields); err != nil {
		return nil, err
	}
	payload := reflect.New(model).Elem()
	for _, f := range fields {
		if rule, _ := ruleOf(kind, f.Name); rule.is == extensionForm {
			extensions := payload.FieldByName("Extensions")
			extensions.Set(reflect.Append(extensions, reflect.ValueOf(f)))
			continue
		}
		place(payload, strings.Split(f.Name[1:], "/"), f.Value)
	}
	return payload.Interface(), nil
}

// ParsePayload reads the JSON of a payload, as a file of it has it, strictly: known
// members only. It returns what [Payload] does, held against the schema.
//
// It fails with [ErrUnknownKind], [ErrUnreadable], which says no more because the
// text is a secret, or as [CheckField] does.
func ParsePayload(kind string, text []byte) (any, error) {
	model, known := typeOf(kind)
	if !known {
		return nil, ErrUnknownKind
	}
	payload := reflect.New(model)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(payload.Interface()) != nil {
		return nil, ErrUnreadable // its own words quote the text
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrUnreadable
	}
	_, err := Fields(payload.Interface())
	return payload.Elem().Interface(), err
}

// check holds fields against the schema; none may stand there twice.
func check(kind string, fields []Field) error {
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		if err := CheckField(kind, f.Name, f.Value); err != nil {
			return err
		}
		if seen[f.Name] {
			return &FieldError{Kind: kind, Name: schemaName(f.Name), Problem: "stands there twice"}
		}
		seen[f.Name] = true
	}
	return nil
}

func byName(a, b Field) int { return strings.Compare(a.Name, b.Name) }
