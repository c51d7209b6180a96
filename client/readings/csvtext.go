package readings

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeText returns a file as UTF-8. A byte order mark says what it is; without
// one, zero bytes tell UTF-16, and what is not UTF-8 is Latin-1, in which every
// byte is a character.
func decodeText(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian)
	case len(data) >= 4 && data[1] == 0 && data[3] == 0:
		return fromUTF16(data, binary.LittleEndian)
	case len(data) >= 4 && data[0] == 0 && data[2] == 0:
		return fromUTF16(data, binary.BigEndian)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", formatError("this is no text: it has zero bytes")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	var text strings.Builder
	text.Grow(len(data) + len(data)/8)
	for _, b := range data {
		text.WriteRune(rune(b))
	}
	return text.String(), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", formatError("UTF-16 with an odd number of bytes")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.IndexByte(text, 0) >= 0 {
		return "", formatError("this is no text: it has zero characters")
	}
	return text, nil
}

// cutLine returns the first line without its end (LF, CRLF or CR), and what
// follows it.
func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\n\r")
	switch {
	case i < 0:
		return text, ""
	case strings.HasPrefix(text[i:], "\r\n"):
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

// splitLine appends the fields of a line to dst, without outer spaces. A field
// in quotes may hold the separator, and a quote as two (RFC 4180); a quote
// elsewhere stands for itself.
func splitLine(line string, comma rune, dst []string) ([]string, error) {
	for {
		line = strings.TrimLeft(line, spacesBut(comma))
		var field string
		if strings.HasPrefix(line, `"`) {
			inner, after, err := quoted(line[1:])
			if err != nil {
				return nil, err
			}
			field = inner
			line = strings.TrimLeft(after, spacesBut(comma))
			if line != "" && !strings.HasPrefix(line, string(comma)) {
				return nil, formatError("something follows a quoted field: %q", clip(line))
			}
		} else if i := strings.IndexRune(line, comma); i >= 0 {
			field, line = line[:i], line[i:]
		} else {
			field, line = line, ""
		}
		if len(dst) == maxColumns {
			return nil, limitError("more than %d columns", maxColumns)
		}
		dst = append(dst, strings.TrimSpace(field))
		if line == "" {
			return dst, nil
		}
		line = line[utf8.RuneLen(comma):]
	}
}

// spacesBut returns what may stand around a field.
func spacesBut(comma rune) string {
	switch comma {
	case '\t':
		return " "
	case ' ':
		return "\t"
	}
	return " \t"
}

// quoted reads a quoted field after its first quote.
func quoted(text string) (field, after string, err error) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '"')
		if i < 0 {
			return "", "", formatError("a quoted field without its second quote")
		}
		end := from + i
		if !strings.HasPrefix(text[end+1:], `"`) {
			return strings.ReplaceAll(text[:end], `""`, `"`), text[end+1:], nil
		}
		from = end + 2
	}
}
