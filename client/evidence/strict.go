package evidence

import (
	"bytes"
	"errors"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var (
	errUnknownFields = errors.New("it has fields that its type does not know")
	errNotCanonical  = errors.New("it is not in the form that Fabric writes")
)

// unmarshal reads a message that stands in its one canonical form: no unknown
// fields, nothing twice or out of order, no defaults written out. Anything
// looser would let two different texts carry one meaning, or one text carry
// something that is signed but not seen.
func unmarshal(what string, text []byte, into proto.Message) error {
	if err := proto.Unmarshal(text, into); err != nil {
		return &FormatError{Reason: "the " + what + " cannot be read", cause: err}
	}
	if hasUnknown(into.ProtoReflect()) {
		return &FormatError{Reason: "the " + what + " is not accepted", cause: errUnknownFields}
	}
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(into)
	if err != nil {
		return &FormatError{Reason: "the " + what + " cannot be written again", cause: err}
	}
	if !bytes.Equal(again, text) {
		return &FormatError{Reason: "the " + what + " is not accepted", cause: errNotCanonical}
	}
	return nil
}

func hasUnknown(m protoreflect.Message) bool {
	if len(m.GetUnknown()) > 0 {
		return true
	}
	found := false
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		found = fieldHasUnknown(field, value)
		return !found
	})
	return found
}

func fieldHasUnknown(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
	switch {
	case field.Message() == nil || field.IsMap():
		return false // the maps in these messages hold bytes
	case field.IsList():
		for i := range value.List().Len() {
			if hasUnknown(value.List().Get(i).Message()) {
				return true
			}
		}
		return false
	default:
		return hasUnknown(value.Message())
	}
}
