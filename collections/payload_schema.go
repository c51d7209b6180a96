package collections

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MaxElements bounds the lists of a payload.
const MaxElements = 64

// FieldRule is what the schema of a kind says of a field.
type FieldRule struct {
	// Name is the field's, with "*" for the place in a list.
	Name string
	// Form names what its value looks like, such as "date" or "text 200"; see
	// docs/private-records.md.
	Form string
}

// Schema returns the fields of a kind in the order of its type, nil for a kind that
// is none.
func Schema(kind string) []FieldRule {
	var rules []FieldRule
	for _, r := range schemas[kind] {
		rules = append(rules, FieldRule{Name: r.name, Form: r.is})
	}
	return rules
}

// rule is a field of the schema.
type rule struct {
	name string
	form
}

const (
	extensionForm = "extension"
	listOf        = "/*"
)

// Names that stand for more than the schema spells out. Both bound themselves.
var (
	extensionName  = regexp.MustCompile(`^/x-[a-z0-9]+(-[a-z0-9]+)*(/[A-Za-z0-9._-]{1,40}){1,4}$`)
	disclosureName = regexp.MustCompile(`^/disclosures/[0-9a-f]{64}/(0|[1-9][0-9]?)$`)
)

// maxFieldName bounds the name of a field, in bytes.
const maxFieldName = 128

// models are the types of the kinds.
var models = []struct {
	kind string
	of   reflect.Type
}{
	{KindTerms, reflect.TypeFor[Terms]()},
	{KindOrigin, reflect.TypeFor[Origin]()},
	{KindComposition, reflect.TypeFor[Composition]()},
	{KindCertificate, reflect.TypeFor[Certificate]()},
	{KindPersonal, reflect.TypeFor[Personal]()},
	{KindEvent, reflect.TypeFor[Event]()},
}

// schemas has the rules of each kind, read off the types once.
var schemas = func() map[string][]rule {
	all := map[string][]rule{}
	for _, m := range models {
		all[m.kind] = rulesOf(m.of, "", "")
	}
	return all
}()

func rulesOf(model reflect.Type, name, is string) []rule {
	switch {
	case is == extensionForm:
		return []rule{{"/x-*", formOf(is)}}
	case model.Kind() == reflect.Map:
		return rulesOf(model.Elem(), name+listOf, is)
	case model.Kind() == reflect.Slice:
		return rulesOf(model.Elem(), name+listOf, is)
	case model.Kind() != reflect.Struct:
		return []rule{{name, formOf(is)}}
	}
	var rules []rule
	for i := range model.NumField() {
		member := model.Field(i)
		rules = append(rules, rulesOf(member.Type, name+"/"+memberName(member), member.Tag.Get("is"))...)
	}
	return rules
}

func memberName(member reflect.StructField) string {
	name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
	return name
}

// ruleOf finds the rule for a field by its name.
func ruleOf(kind, name string) (rule, bool) {
	if len(name) > maxFieldName {
		return rule{}, false
	}
	pattern, ok := patternOf(kind, name)
	if !ok {
		return rule{}, false
	}
	i := slices.IndexFunc(schemas[kind], func(r rule) bool { return r.name == pattern })
	if i < 0 {
		return rule{}, false
	}
	return schemas[kind][i], true
}

// patternOf returns a name as the schema has it. No member of a payload is named by
// a number, so that a number is always a place in a list.
func patternOf(kind, name string) (string, bool) {
	switch {
	case kind == KindEvent:
		return "/disclosures/*/*", disclosureName.MatchString(name) && isPlace(name[strings.LastIndexByte(name, '/')+1:])
	case strings.HasPrefix(name, "/x-"):
		return "/x-*", extensionName.MatchString(name)
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		switch {
		case part == "*":
			return "", false
		case isPlace(part):
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/"), true
}

func isPlace(part string) bool {
	n, err := strconv.Atoi(part)
	return err == nil && n >= 0 && n < MaxElements && strconv.Itoa(n) == part
}

func kindOf(model reflect.Type) (string, bool) {
	for _, m := range models {
		if m.of == model {
			return m.kind, true
		}
	}
	return "", false
}

func typeOf(kind string) (reflect.Type, bool) {
	for _, m := range models {
		if m.kind == kind {
			return m.of, true
		}
	}
	return nil, false
}

// collector gathers the leaves of a payload.
type collector struct{ fields, extensions []Field }

func (c *collector) collect(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if extensions, ok := v.Field(i).Interface().([]Field); ok {
				c.extensions = append(c.extensions, extensions...)
				continue
			}
			c.collect(v.Field(i), name+"/"+memberName(v.Type().Field(i)))
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.collect(v.Index(i), name+"/"+strconv.Itoa(i))
		}
	case reflect.Map:
		lists, _ := v.Interface().(map[string][]string) // the one map there is
		for _, key := range slices.Sorted(maps.Keys(lists)) {
			c.collect(reflect.ValueOf(lists[key]), name+"/"+key)
		}
	default:
		if text := v.String(); text != "" {
			c.fields = append(c.fields, Field{Name: name, Value: text})
		}
	}
}

// place sets one leaf; the path has been checked against the schema.
func place(v reflect.Value, path []string, text string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if memberName(v.Type().Field(i)) == path[0] {
				place(v.Field(i), path[1:], text)
			}
		}
	case reflect.Slice:
		n, err := strconv.Atoi(path[0])
		if err != nil {
			return
		}
		for v.Len() <= n {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		place(v.Index(n), path[1:], text)
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		list := reflect.New(v.Type().Elem()).Elem()
		if old := v.MapIndex(reflect.ValueOf(path[0])); old.IsValid() {
			list.Set(old)
		}
		place(list, path[1:], text)
		v.SetMapIndex(reflect.ValueOf(path[0]), list)
	default:
		v.SetString(text)
	}
}
