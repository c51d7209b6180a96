// Command generate writes docs/contract from the functions that package api
// declares: a JSON Schema for each request and response, and an index. Run it
// from the repository's root:
//
//	go run ./docs/contract/generate
package main

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

const (
	module = "github.com/countersign-ledger/countersign"
	folder = "docs/contract"
)

func main() {
	files, err := generate(".")
	if err == nil {
		err = write(".", files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// file is one generated file, by its path under the repository's root.
type file struct {
	path string
	text []byte
}

// description is what is written about one function.
type description struct {
	Function  string             `json:"function"`
	Summary   string             `json:"summary"`
	Kind      api.Kind           `json:"kind"`
	Transient string             `json:"transient,omitempty"`
	Request   *jsonschema.Schema `json:"request"`
	Response  *jsonschema.Schema `json:"response"`
}

// generate describes every function, with the comments of the Go sources under
// root as descriptions.
func generate(root string) ([]file, error) {
	reflector := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: text}
	if err := comments(reflector, root); err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	var files []file
	index := bytes.NewBufferString(indexHead)
	for _, f := range api.Functions() {
		name := f.Contract + "." + f.Name + ".json"
		text, err := json.MarshalIndent(description{
			Function: f.FullName(), Summary: f.Summary, Kind: f.Kind, Transient: f.Transient,
			Request: requestSchema(reflector, f), Response: schema(reflector, f.Response()),
		}, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", f.FullName(), err)
		}
		files = append(files, file{filepath.Join(folder, name), append(text, '\n')})
		fmt.Fprintf(index, "| [%s](%s) | %s | %s | %s |\n", f.FullName(), name, f.Kind, f.Transient, f.Summary)
	}
	return append(files, file{filepath.Join(folder, "README.md"), index.Bytes()}), nil
}

const indexHead = `# Contract functions

Generated from chaincode/api by ` + "`go run ./docs/contract/generate`" + `; do not edit.

Each function takes one argument, a JSON object, and returns one; the schemas say which. Members that a schema does not name are refused. A refusal carries a code in a token like ` + "`[countersign/1/NotCustodian/…]`" + ` somewhere in the peer's text; the codes are in chaincode/fault. What stands under *transient* goes into the transient map under that name.

An update that takes ` + "`requestId`" + ` can be made again safely: the same request under the same id is refused with AlreadyRecorded, whose detail names the first transaction, another one with RequestIDConflict. Ids belong to the caller's organisation, and everybody on the channel can read them.

A *query* is evaluated, or endorsed by several organisations as an attested statement. An *update* is submitted. A *private* function is submitted with the endorsement of members of one collection alone, two of a relation's, the owner of a disclosure's: name them. A *private-query* is evaluated at the caller's own peer, never submitted.

| function | kind | transient | what for |
|---|---|---|---|
`

// text describes what encodes itself as text, which the library would take for
// the number or array underneath. Times it knows.
func text(t reflect.Type) *jsonschema.Schema {
	asObject := t.Kind() == reflect.Struct && t.Implements(reflect.TypeFor[json.Marshaler]()) // such as a disclosed field, whose text is another form
	if !asObject && t != reflect.TypeFor[time.Time]() && t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return &jsonschema.Schema{Type: "string"}
	}
	return nil
}

// requestSchema describes a request, with the name that a caller may give it.
func requestSchema(r *jsonschema.Reflector, f *api.Function) *jsonschema.Schema {
	s := schema(r, f.Request())
	if f.RequestID {
		least, most := uint64(1), uint64(api.MaxRequestID)
		s.Properties.Set(api.MemberRequestID, &jsonschema.Schema{
			Type: "string", MinLength: &least, MaxLength: &most, Pattern: "^[!-~]+$",
			Description: "RequestID names the request, if the caller likes: what its organisation has done under a name is not done again.",
		})
	}
	return s
}

func schema(r *jsonschema.Reflector, t reflect.Type) *jsonschema.Schema {
	s := r.ReflectFromType(t)
	s.Version = ""
	optional := map[string][]string{}
	omitted(t, optional)
	for name, definition := range s.Definitions {
		relax(definition, optional[name])
	}
	relax(s, optional[t.Name()])
	return s
}

// omitted finds the members that are left out when they are zero, by the names
// of their types: the library knows omitempty only.
func omitted(t reflect.Type, to map[string][]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		omitted(t.Elem(), to)
		return
	case reflect.Struct:
	default:
		return
	}
	if _, known := to[t.Name()]; known {
		return
	}
	to[t.Name()] = []string{}
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if slices.Contains(strings.Split(options, ","), "omitzero") {
			to[t.Name()] = append(to[t.Name()], name)
		}
		if field.IsExported() {
			omitted(field.Type, to)
		}
	}
}

func relax(s *jsonschema.Schema, optional []string) {
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return slices.Contains(optional, name) })
}

// comments reads the comments of the Go sources. The library wants to stand in
// the module's root.
func comments(r *jsonschema.Reflector, root string) error {
	was, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(root); err != nil {
		return err
	}
	for _, sources := range []string{"./chaincode", "./collections"} {
		if err = r.AddGoComments(module, sources, jsonschema.WithFullComment()); err != nil {
			break
		}
	}
	for name, text := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(text), " ")
	}
	return errors.Join(err, os.Chdir(was))
}

// write puts the files in place and removes schemas of functions that are gone.
func write(root string, files []file) error {
	old, err := filepath.Glob(filepath.Join(root, folder, "*.json"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(root, f.path), f.text, 0o644); err != nil { //nolint:gosec // documentation is for everybody
			return err
		}
	}
	return nil
}
