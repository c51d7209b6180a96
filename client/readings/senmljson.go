package readings

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// eachJSONRecord reads a pack in JSON, record by record. It fails for what is
// wrong with the pack as a whole; what is wrong with a record is handed on.
func eachJSONRecord(data []byte, most int, take func(int, *senmlRecord, error)) error {
	if !utf8.Valid(data) {
		return formatError("SenML in JSON is UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return formatError("SenML in JSON is an array of records")
	}
	for i := 0; decoder.More(); i++ {
		if i == most {
			return limitError("more than %d records; split the pack", most)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return formatError("record %d: %w", i, err)
		}
		record, err := jsonRecord(raw)
		take(i, record, err)
	}
	if _, err := decoder.Token(); err != nil {
		return formatError("the array does not end: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return formatError("something follows the array")
	}
	return nil
}

func jsonRecord(raw json.RawMessage) (*senmlRecord, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, formatError("a record is an object")
	}
	r := &senmlRecord{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, formatError("%w", err)
		}
		label, _ := token.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, formatError("%q: %w", clip(label), err)
		}
		if err := r.setJSON(label, value); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// unknownLabel says what is done with a label that RFC 8428 does not have: a name
// that ends in _ must be understood (section 4.4).
func unknownLabel(label string) error {
	if strings.HasSuffix(label, "_") {
		return formatError("%q must be understood, and is not", clip(label))
	}
	return nil
}

func (r *senmlRecord) setJSON(label string, value json.RawMessage) error {
	f, ok := senmlLabel(label)
	if !ok {
		return unknownLabel(label)
	}
	if err := r.take(f); err != nil {
		return err
	}
	switch f.kind() {
	case kindText:
		var text string
		if value[0] != '"' || json.Unmarshal(value, &text) != nil {
			return formatError("%q is a text", label)
		}
		r.setText(f, text)
	case kindBool:
		if value[0] != 't' && value[0] != 'f' {
			return formatError("%q is true or false", label)
		}
		r.truth = value[0] == 't'
	case kindNumber:
		number, err := jsonNumber(value)
		if err != nil {
			return formatError("%q: %w", label, err)
		}
		r.setNumber(f, number)
	case kindAny:
	}
	return nil
}

func jsonNumber(value json.RawMessage) (*big.Rat, error) {
	if value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return nil, formatError("not a number")
	}
	number, err := gs1.ParseDecimal(string(value))
	if err != nil {
		return nil, formatError("%w", err)
	}
	return number, nil
}
