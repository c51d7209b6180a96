package assess

import "bytes"

// kind is what a file is.
type kind int

const (
	empty kind = iota
	recording
	senml
	epcisEvents
	logger
)

// kindOf tells what a file is by how it begins. A recording is a CBOR array of
// two, the first tagged as COSE_Sign1; SenML an array in CBOR or JSON; EPCIS an
// object in JSON, or XML. Everything else is taken for a logger's file.
func kindOf(data []byte) kind {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return empty
	case len(data) > 1 && data[0] == 0x82 && data[1] == 0xd2:
		return recording
	case data[0] >= 0x80 && data[0] <= 0x9f:
		return senml
	case text[0] == '[' && follows(text[1:], '{'):
		return senml
	case text[0] == '{' || text[0] == '<':
		return epcisEvents
	}
	return logger
}

// follows reports whether, after spaces, a character does.
func follows(text []byte, c byte) bool {
	rest := bytes.TrimLeft(text, " \t\r\n")
	return len(rest) > 0 && rest[0] == c
}
