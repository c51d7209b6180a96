package channelconfig

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// unmarshal reads a message, unless it has more fields than are read here: an empty
// group takes seven bytes of a block and two hundred of memory, and whoever shows a
// block needs no leave to.
func unmarshal(text []byte, into proto.Message) error {
	left := maxFields
	if count(text, into.ProtoReflect().Descriptor(), &left, recursion); left < 0 {
		return failure(ErrLimit, "", "more than %d fields in one message", maxFields)
	}
	return proto.UnmarshalOptions{RecursionLimit: recursion}.Unmarshal(text, into)
}

// count counts the fields of a message and of those in it, until none are left. What
// cannot be read, or nests too deep, is for who decodes it to refuse.
func count(text []byte, as protoreflect.MessageDescriptor, left *int, depth int) {
	for len(text) > 0 && *left >= 0 && depth > 0 {
		number, kind, n := protowire.ConsumeTag(text)
		if n < 0 {
			return
		}
		text = text[n:]
		size := protowire.ConsumeFieldValue(number, kind, text)
		if size < 0 {
			return
		}
		*left--
		if field := as.Fields().ByNumber(number); field != nil && field.Message() != nil && kind == protowire.BytesType {
			inner, _ := protowire.ConsumeBytes(text)
			count(inner, field.Message(), left, depth-1)
		}
		text = text[size:]
	}
}
