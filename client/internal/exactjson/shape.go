package exactjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// form is how a Go type stands in JSON.
type form uint8

const (
	anyForm     form = iota // any value
	looseForm               // any value, with members that may stand twice
	structForm              // an object of known members
	mapForm                 // an object of any members
	listForm                // an array
	stringForm              // a string
	boolForm                // true or false
	intForm                 // a whole number, of so many bits
	uintForm                // one that is not negative
	jsonForm                // what a type reads itself
	textForm                // a string that a type reads itself
	decodedForm             // whatever encoding/json makes of it
	quotedForm              // a value that stands in a string
)

// Shape is what a Go type looks like in JSON. It does not change.
type Shape struct {
	form    form
	goType  reflect.Type
	bits    int
	pointer bool // null stands for none
	of      *Shape
	members map[string]*member
}

// member is one of a struct.
type member struct {
	index int
	shape *Shape
	depth int // of embedding
	named bool
}

var (
	// anything is any value, with no member twice.
	anything = &Shape{}
	// loose is any value at all.
	loose = &Shape{form: looseForm}
)

func (s *Shape) element() *Shape {
	switch {
	case s.form == looseForm:
		return loose
	case s.of == nil:
		return anything
	}
	return s.of
}

var errForm = errors.New("json: the value is of another type")

// takes holds a value that has been walked through against the shape.
func (s *Shape) takes(value []byte) error {
	if s.form <= looseForm {
		return nil
	}
	first := value[0]
	if first == 'n' && (s.form != jsonForm || s.pointer) {
		return nil // as encoding/json: it changes nothing
	}
	var fits bool
	switch s.form {
	case structForm, mapForm:
		fits = first == '{'
	case listForm:
		fits = first == '['
	case stringForm:
		fits = first == '"'
	case boolForm:
		fits = first == 't' || first == 'f'
	case intForm:
		_, err := strconv.ParseInt(string(value), 10, s.bits)
		fits = err == nil
	case uintForm:
		_, err := strconv.ParseUint(string(value), 10, s.bits)
		fits = err == nil
	default:
		return s.read(value)
	}
	if !fits {
		return fmt.Errorf("%w: %.40s is no %s", errForm, value, s.goType)
	}
	return nil
}

// read has a type read its value itself.
func (s *Shape) read(value []byte) error {
	into := reflect.New(s.goType).Interface()
	switch into := into.(type) {
	case json.Unmarshaler:
		return into.UnmarshalJSON(value)
	case encoding.TextUnmarshaler:
		if s.form != textForm {
			break
		}
		if value[0] != '"' {
			return fmt.Errorf("%w: %.40s is no %s", errForm, value, s.goType)
		}
		text, err := unquote(value)
		if err != nil {
			return err
		}
		return into.UnmarshalText(text)
	}
	if s.form == quotedForm {
		value = append(append([]byte(`{"v":`), value...), '}')
	}
	return json.Unmarshal(value, into)
}

// names are the members of one object that have been met.
type names struct {
	of   *Shape
	bits uint64
	more map[string]bool
}

// add notes a member and returns the shape of its value.
func (n *names) add(name []byte) (*Shape, error) {
	switch n.of.form {
	case looseForm:
		return loose, nil
	case mapForm:
		return n.of.element(), n.note(name)
	case structForm:
	default:
		return anything, n.note(name)
	}
	m, known := n.of.members[string(name)]
	switch {
	case !known:
		return nil, fmt.Errorf("json: unknown field %q", name)
	case m.index >= 64:
		return m.shape, n.note(name)
	case n.bits&(1<<m.index) != 0:
		return nil, twice(name)
	}
	n.bits |= 1 << m.index
	return m.shape, nil
}

func (n *names) note(name []byte) error {
	if n.more[string(name)] {
		return twice(name)
	}
	if n.more == nil {
		n.more = map[string]bool{}
	}
	n.more[string(name)] = true
	return nil
}

func twice(name []byte) error {
	return fmt.Errorf("json: the member %q stands twice in one object", name)
}
