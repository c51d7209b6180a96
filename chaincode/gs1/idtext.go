package gs1

import "encoding"

var (
	_ encoding.TextMarshaler   = ID{}
	_ encoding.TextUnmarshaler = (*ID)(nil)
)

// MarshalText writes the canonical Digital Link, so that an ID is a string in
// JSON. The zero ID is an empty string. It never fails.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.uri), nil }

// UnmarshalText reads what Parse reads; an empty text is the zero ID. The error
// is that of Parse.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
