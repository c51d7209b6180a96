package exactjson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

var (
	ownJSON = reflect.TypeFor[json.Unmarshaler]()
	ownText = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawJSON = reflect.TypeFor[json.RawMessage]()

	compiled sync.Map // *Shape, by reflect.Type
)

// Of returns the shape of a type; of nil, that of any value. It is compiled once.
func Of(t reflect.Type) *Shape {
	if t == nil {
		return anything
	}
	if shape, found := compiled.Load(t); found {
		return shape.(*Shape) //nolint:forcetypeassert // nothing else is stored
	}
	shape := compile(t, map[reflect.Type]*Shape{})
	compiled.Store(t, shape)
	return shape
}

// compile makes the shape of a type; under way are those that it stands in.
func compile(t reflect.Type, underWay map[reflect.Type]*Shape) *Shape {
	pointer := false
	for t.Kind() == reflect.Pointer {
		t, pointer = t.Elem(), true
	}
	if known, found := underWay[t]; found && known.pointer == pointer {
		return known
	}
	s := &Shape{goType: t, pointer: pointer}
	switch {
	case t == rawJSON || t.Kind() == reflect.Interface:
		return s
	case reflect.PointerTo(t).Implements(ownJSON):
		s.form = jsonForm
		return s
	case reflect.PointerTo(t).Implements(ownText):
		s.form = textForm
		return s
	}
	underWay[t] = s
	s.compile(t, underWay)
	return s
}

func (s *Shape) compile(t reflect.Type, underWay map[reflect.Type]*Shape) {
	s.form = decodedForm
	switch kind := t.Kind(); {
	case kind == reflect.Struct:
		s.form = structForm
		s.compileMembers(t, underWay)
	case kind == reflect.Map && t.Key().Kind() == reflect.String && !reflect.PointerTo(t.Key()).Implements(ownText):
		s.form, s.of = mapForm, compile(t.Elem(), underWay)
	case (kind == reflect.Slice || kind == reflect.Array) && t.Elem().Kind() != reflect.Uint8:
		s.form, s.of = listForm, compile(t.Elem(), underWay)
	case kind == reflect.String && t != reflect.TypeFor[json.Number]():
		s.form = stringForm
	case kind == reflect.Bool:
		s.form = boolForm
	case kind >= reflect.Int && kind <= reflect.Int64:
		s.form, s.bits = intForm, t.Bits()
	case kind >= reflect.Uint && kind <= reflect.Uintptr:
		s.form, s.bits = uintForm, t.Bits()
	}
}

// compileMembers finds the members of a struct as encoding/json does: of several
// fields of one name that which is least deep embedded, of those that which has the
// name by its tag; none, where that is not one.
func (s *Shape) compileMembers(t reflect.Type, underWay map[reflect.Type]*Shape) {
	s.members = map[string]*member{}
	ambiguous := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if f.Anonymous && name == "" || tag == "-" || !f.IsExported() || !promoted(t, f) {
			continue
		}
		m := &member{depth: len(f.Index), named: name != ""}
		if !m.named {
			name = f.Name
		}
		before := s.members[name]
		m.index = len(s.members)
		if before != nil {
			if before.precedes(m) {
				continue
			}
			m.index = before.index
		}
		ambiguous[name] = before != nil && !m.precedes(before)
		m.shape = compile(f.Type, underWay)
		if strings.Contains(options, "string") {
			m.shape = quoted(f.Type)
		}
		s.members[name] = m
	}
	for name := range ambiguous {
		if ambiguous[name] {
			delete(s.members, name)
		}
	}
}

// precedes reports whether a field takes a name from another: it is less deep embedded
// or, where that is the same, alone has the name by its tag.
func (m *member) precedes(other *member) bool {
	return m.depth < other.depth || m.depth == other.depth && m.named && !other.named
}

// promoted reports whether a field is a member of the struct itself: those of an
// embedded struct that has a name of its own are members of that.
func promoted(t reflect.Type, f reflect.StructField) bool {
	for depth := 1; depth < len(f.Index); depth++ {
		if name, _, _ := strings.Cut(t.FieldByIndex(f.Index[:depth]).Tag.Get("json"), ","); name != "" {
			return false
		}
	}
	return true
}

// quoted is the shape of a member whose number stands in a string.
func quoted(t reflect.Type) *Shape {
	wrapped := reflect.StructOf([]reflect.StructField{{Name: "V", Type: t, Tag: `json:"v,string"`}})
	return &Shape{form: quotedForm, goType: wrapped}
}
