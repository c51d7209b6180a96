package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Limits on a request.
const (
	// MaxRequest bounds a request, in bytes: what is large travels in the
	// transient map.
	MaxRequest = 64 << 10
	// MaxDepth bounds its nesting.
	MaxDepth = 16
)

// decode reads a request strictly: one JSON object of known members, each
// named once, nothing after it. encoding/json alone would take a member twice,
// or in another case, and let the last one win; two readers of the same request
// could then disagree on what it says.
func decode(request []byte, into any) error {
	if len(request) > MaxRequest {
		return fault.New(fault.LimitExceeded, "the request has %d bytes; at most %d are taken", len(request), MaxRequest)
	}
	if err := unambiguous(json.NewDecoder(bytes.NewReader(request))); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(request))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refused := fault.New(fault.InvalidRequest, "the request is not as its schema says: %w", err)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			refused = refused.At("/" + strings.ReplaceAll(wrong.Field, ".", "/"))
		}
		return refused
	}
	return nil
}

// unambiguous refuses a text that is not exactly one object, or names a member
// twice, even in another case.
func unambiguous(decoder *json.Decoder) error {
	decoder.UseNumber()
	var open []map[string]bool // of each open object, its members; nil for an array
	key := false               // whether the next string is a member's name
	for first := true; first || len(open) > 0; first = false {
		token, err := decoder.Token()
		if err != nil {
			return fault.New(fault.InvalidRequest, "the request is not JSON: %w", err)
		}
		if first && token != json.Delim('{') {
			return fault.New(fault.InvalidRequest, "the request must be a JSON object")
		}
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				open, key = append(open, map[string]bool{}), true
			case '[':
				open, key = append(open, nil), false
			default:
				open = open[:len(open)-1]
				key = len(open) > 0 && open[len(open)-1] != nil
			}
			if len(open) > MaxDepth {
				return fault.New(fault.LimitExceeded, "the request is nested deeper than %d", MaxDepth)
			}
			continue
		case string:
			if key {
				// Both foldings, as encoding/json matches 'ſ' with 's' too.
				name := strings.ToLower(strings.ToUpper(token))
				members := open[len(open)-1]
				if members[name] {
					return fault.New(fault.InvalidRequest, "the member %q stands there twice", token)
				}
				members[name], key = true, false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.InvalidRequest, "something stands after the request")
	}
	return nil
}
