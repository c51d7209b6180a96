package evidence

import (
	"errors"
	"math"
	"unicode/utf8"
)

var (
	errUnknownFields = errors.New("it has fields that its type does not know")
	errNotCanonical  = errors.New("it is not in the form that Fabric writes")
	errCutShort      = errors.New("it cannot be read: it ends too early, or its lengths are wrong")
)

// kind is what a field of a message holds.
type kind uint8

const (
	none    kind = iota // no field has this number
	uint64s             // a number, up to 64 bits
	int64s
	uint32s
	int32s // also enumerations
	flag
	text
	octets
	message
	many kind = 1 << 7 // the field may stand more than once
)

// shape is a message's type: the kinds of its fields, from number 1 on.
type shape struct {
	name   string
	fields []kind
}

// Wire types of protobuf's encoding.
const (
	varint = 0
	length = 2
)

// cursor walks through a message that stands in its one canonical form: no unknown
// fields, nothing twice or out of order, no defaults written out, shortest numbers.
// Anything looser would let two different texts carry one meaning, or one text
// carry something that is signed but not seen.
//
// Whoever walks must walk each embedded message, too.
type cursor struct {
	shape *shape
	rest  []byte
	err   error

	// number is that of the field at hand, value its number, part its bytes.
	number int
	value  uint64
	part   []byte
}

func (s *shape) walk(text []byte) *cursor { return &cursor{shape: s, rest: text} }

// next goes to the next field; false at the end or at an error.
func (c *cursor) next() bool {
	if c.err != nil || len(c.rest) == 0 {
		return false
	}
	before := c.number
	tag, ok := c.varint()
	if !ok {
		return false
	}
	number := tag >> 3
	if number == 0 || number > uint64(len(c.shape.fields)) || c.shape.fields[number-1] == none {
		return c.fail(errUnknownFields)
	}
	c.number = int(number)
	of := c.shape.fields[number-1]
	if c.number < before || c.number == before && of&many == 0 {
		return c.fail(errNotCanonical)
	}
	return c.content(of&^many, int(tag&7), of&many != 0)
}

func (c *cursor) content(of kind, wire int, repeated bool) bool {
	if of < text {
		if wire != varint {
			return c.fail(errUnknownFields)
		}
		c.part = nil
		value, ok := c.varint()
		if ok && (value == 0 && !repeated || !of.holds(value)) {
			return c.fail(errNotCanonical)
		}
		c.value = value
		return ok
	}
	if wire != length {
		return c.fail(errUnknownFields)
	}
	size, ok := c.varint()
	switch {
	case !ok:
		return false
	case size > uint64(len(c.rest)):
		return c.fail(errCutShort)
	}
	c.part, c.rest, c.value = c.rest[:size:size], c.rest[size:], 0
	if size == 0 && !repeated && of != message || of == text && !utf8.Valid(c.part) {
		return c.fail(errNotCanonical)
	}
	return true
}

// holds reports whether a number is one of its kind.
func (k kind) holds(value uint64) bool {
	switch k {
	case flag:
		return value == 1
	case uint32s:
		return value <= math.MaxUint32
	case int32s:
		return value <= math.MaxInt32 || value >= 1<<64-1<<31
	}
	return true
}

// varint reads a number in the fewest bytes that hold it.
func (c *cursor) varint() (value uint64, ok bool) {
	for i, b := range c.rest {
		if i == 9 && b > 1 {
			return 0, c.fail(errCutShort)
		}
		value |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if b == 0 && i > 0 {
				return 0, c.fail(errNotCanonical)
			}
			c.rest = c.rest[i+1:]
			return value, true
		}
	}
	return 0, c.fail(errCutShort)
}

// fail ends the walk.
func (c *cursor) fail(err error) bool {
	c.err = err
	return false
}

// done returns why a walk ended, nil at the end of the message. what names it.
func (c *cursor) done(what string) error {
	if c.err == nil {
		return nil
	}
	return &FormatError{Reason: "the " + what + " is not accepted", cause: c.err}
}
