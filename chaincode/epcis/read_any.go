package epcis

import (
	"bytes"
	"io"
)

// ReadAny reads what it finds in r: an EPCIS document, the result of a query, or a
// bare event, in JSON-LD or XML. For a bare event, Bare is set and Events holds it.
// From XML it lists what was left out.
//
// It holds the input in memory. It returns a *ValidationError, a *LimitError, or the
// error of r.
func ReadAny(r io.Reader, l Limits) (*Document, []Unmapped, error) {
	l = l.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return nil, nil, err
	}
	if int64(len(data)) > l.Bytes {
		return nil, nil, &LimitError{What: "bytes", Max: l.Bytes}
	}
	if text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\uFEFF")), " \t\r\n"); len(text) > 0 && text[0] == '<' {
		return ReadXML(bytes.NewReader(text), l)
	}
	if isDocument(data, l) {
		doc, err := readDocument(newReader(newByteScanner(data, l)))
		return doc, nil, err
	}
	e, err := ReadEvent(data, l)
	if err != nil {
		return nil, nil, err
	}
	return &Document{Bare: true, Events: []Event{*e}}, nil, nil
}

// isDocument reports whether JSON is a document rather than an event: by its type, or
// if it has none, by its body. What is malformed counts as a document.
func isDocument(data []byte, l Limits) bool {
	d := newDecoder(newByteScanner(data, l))
	d.skipBOM()
	if d.peek() != '{' {
		return true
	}
	var kind []byte
	body := false
	d.object(clauseDocument, func(name []byte) {
		body = body || string(name) == "epcisBody"
		if string(name) == "type" && d.peek() == '"' {
			kind = bytes.Clone(d.string())
			return
		}
		d.skip()
	})
	if d.err != nil || body {
		return true
	}
	return string(kind) == "EPCISDocument" || string(kind) == "EPCISQueryDocument"
}
