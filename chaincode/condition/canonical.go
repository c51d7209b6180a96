package condition

import (
	"fmt"
	"strings"
)

// member is a member of a JSON object that is signed: a text, or documents. One
// that is empty is left out.
type member struct {
	name  string
	value any
}

// canonical writes a JSON object in the form of RFC 8785, from members in order of
// name.
func canonical(members []member) []byte {
	out := []byte{'{'}
	for _, m := range members {
		var value []byte
		switch v := m.value.(type) {
		case string:
			if v != "" {
				value = appendText(nil, v)
			}
		case []Document:
			value = canonicalDocuments(v)
		}
		if value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(appendText(out, m.name), ':'), value...)
	}
	return append(out, '}')
}

func canonicalDocuments(documents []Document) []byte {
	if len(documents) == 0 {
		return nil
	}
	out := []byte{'['}
	for i, d := range documents {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, canonical([]member{{"mediaType", d.MediaType}, {"name", d.Name}, {"sha256", d.SHA256}})...)
	}
	return append(out, ']')
}

// appendText writes a JSON string as RFC 8785, section 3.2.2.2 wants it:
// nothing is escaped but what must be.
func appendText(out []byte, text string) []byte {
	const short = "\b\t\n\f\r\"\\"
	out = append(out, '"')
	for _, c := range []byte(text) {
		switch at := strings.IndexByte(short, c); {
		case at >= 0:
			out = append(out, '\\', `btnfr"\`[at])
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}
