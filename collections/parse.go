package collections

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxFile is how many bytes a consortium's file may have.
const MaxFile = 1 << 20

// A Problem is one thing that is wrong with a consortium.
type Problem struct {
	// Pointer says where: a JSON pointer (RFC 6901), "" for the file itself.
	Pointer string
	// Text says what is wrong and what is allowed.
	Text string
}

func (p Problem) String() string {
	if p.Pointer == "" {
		return p.Text
	}
	return p.Pointer + ": " + p.Text
}

// ConsortiumError lists everything that is wrong with a consortium, in the file's
// order.
type ConsortiumError struct{ Problems []Problem }

// Error joins the problems.
func (e *ConsortiumError) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.String()
	}
	return "consortium: " + strings.Join(all, "; ")
}

func unreadable(format string, args ...any) error {
	return &ConsortiumError{Problems: []Problem{{Text: fmt.Sprintf(format, args...)}}}
}

// Parse reads a consortium from JSON and validates it. It is strict: no member that
// is unknown, differs in case, stands twice or is null. The error is a
// [*ConsortiumError].
func Parse(text []byte) (Consortium, error) {
	if len(text) > MaxFile {
		return Consortium{}, unreadable("the file has more than %d bytes", MaxFile)
	}
	if err := plain(text); err != nil {
		return Consortium{}, unreadable("%v", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var c Consortium
	if err := decoder.Decode(&c); err != nil {
		return Consortium{}, unreadable("%v", err)
	}
	return c, c.Validate()
}

// known are the names of all members of a consortium's file.
var known = map[string]bool{
	"channel": true, "chaincode": true, "organisations": true, "msp": true, "name": true, "roles": true,
	"reader": true, "country": true, "endorse": true, "lifecycle": true, "relations": true, "disclosures": true,
	"from": true, "to": true, "retention": true, "readings": true,
}

// plain refuses what encoding/json would read without a word: names in another
// case, names that stand twice, null, and text behind the end.
func plain(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := plainValue(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is text behind the end of the JSON object")
	}
	return nil
}

// maxDepth bounds what stands within what; a consortium's file takes half of it.
const maxDepth = 8

func plainValue(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	switch {
	case depth > maxDepth:
		return fmt.Errorf("lists and objects stand more than %d deep in one another", maxDepth)
	case errors.Is(err, io.EOF):
		return errors.New("the file is not JSON: it ends too early")
	case err != nil:
		return fmt.Errorf("the file is not JSON: %w", err)
	case token == nil:
		return errors.New("null stands for nothing here: leave the member out")
	case token == json.Delim('{'):
		return plainObject(decoder, depth)
	case token != json.Delim('['):
		return nil
	}
	for decoder.More() {
		if err := plainValue(decoder, depth+1); err != nil {
			return err
		}
	}
	return end(decoder)
}

// end reads the end of a list or an object.
func end(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("the file is not JSON: %w", err)
	}
	return nil
}

func plainObject(decoder *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("the file is not JSON: %w", err)
		}
		name, _ := token.(string)
		switch {
		case seen[name]:
			return fmt.Errorf("the member %q stands twice in one object", name)
		case !known[name]:
			return fmt.Errorf("unknown member %q", name)
		}
		seen[name] = true
		if err := plainValue(decoder, depth+1); err != nil {
			return err
		}
	}
	return end(decoder)
}
