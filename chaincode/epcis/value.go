package epcis

// Kind is the kind of a Value.
type Kind uint8

// The kinds of a Value. JSON null does not occur: readers refuse it.
const (
	String Kind = iota
	Numeric
	Boolean
	Object
	Array
)

// Value is the content of an extension, as JSON has it.
type Value struct {
	Kind Kind
	// Text is a string, the canonical text of a number, or "true" or "false".
	Text string
	// Members are those of an Object, in order, without duplicates.
	Members []Member
	// Items are those of an Array.
	Items []Value
}

// Member is a named value. The name is a CURIE (prefix:name), a URI, or, inside
// an extension only, a bare word.
type Member struct {
	Name  string
	Value Value
}

// Extensions are further fields of an event or of a part of it, in order.
type Extensions []Member

// Lookup returns the value of the member with that name, as written.
func (x Extensions) Lookup(name string) (Value, bool) {
	for i := range x {
		if x[i].Name == name {
			return x[i].Value, true
		}
	}
	return Value{}, false
}

// Text returns a string value.
func Text(s string) Value { return Value{Kind: String, Text: s} }
