package telemetry

import "encoding/binary"

// decodeColumn reads a column of len(dst) numbers, each of magnitude limit (at
// most 2^62) or less, and returns its length in bytes. Each endorser does this
// for every reading, so the widths that recordings have are read by loops of
// their own.
func decodeColumn(data []byte, dst []int64, limit int64) (int, error) {
	if len(data) < columnHead {
		return 0, formatError("cut short")
	}
	width := int(data[0])
	length := columnHead + width*(len(dst)-1)
	if width > 8 || len(data) < length {
		return 0, formatError("cut short, or a width over 8")
	}
	dst[0] = int64(binary.BigEndian.Uint64(data[1:]))
	if dst[0] > limit || dst[0] < -limit {
		return 0, limitError("number %d is beyond %d", dst[0], limit)
	}
	var span deltaSpan
	at := data[columnHead:length]
	switch width {
	case 0:
		for j := range dst {
			dst[j] = dst[0]
		}
		return length, nil
	case 1:
		span = addBytes(at, dst)
	case 2:
		span = addShorts(at, dst)
	case 4:
		span = addWords(at, dst)
	default:
		var err error
		if span, err = addWide(at, width, dst, limit); err != nil {
			return 0, err
		}
	}
	if span.width() != width {
		return 0, formatError("%d bytes a step where %d do", width, span.width())
	}
	// At most 255 steps of at most 2^31 stay far below an overflow, so that
	// they can be judged together; addWide judges each of its own.
	for _, value := range dst {
		if value > limit || value < -limit {
			return 0, limitError("number %d is beyond %d", value, limit)
		}
	}
	return length, nil
}

func addBytes(at []byte, dst []int64) (span deltaSpan) {
	value, rest := dst[0], dst[1:]
	at = at[:len(rest)]
	for j := range rest {
		delta := int64(int8(at[j]))
		span.add(delta)
		value += delta
		rest[j] = value
	}
	return span
}

func addShorts(at []byte, dst []int64) (span deltaSpan) {
	value, rest := dst[0], dst[1:]
	for j := range rest {
		delta := int64(int16(binary.BigEndian.Uint16(at[2*j:])))
		span.add(delta)
		value += delta
		rest[j] = value
	}
	return span
}

func addWords(at []byte, dst []int64) (span deltaSpan) {
	value, rest := dst[0], dst[1:]
	for j := range rest {
		delta := int64(int32(binary.BigEndian.Uint32(at[4*j:])))
		span.add(delta)
		value += delta
		rest[j] = value
	}
	return span
}

// addWide reads steps of any width.
func addWide(at []byte, width int, dst []int64, limit int64) (span deltaSpan, err error) {
	value, shift := dst[0], 64-8*width
	for j := 1; j < len(dst); j++ {
		var raw uint64
		for _, b := range at[:width] {
			raw = raw<<8 | uint64(b)
		}
		at = at[width:]
		delta := int64(raw<<shift) >> shift
		span.add(delta)
		if delta > 2*limit || delta < -2*limit {
			return span, limitError("a step of %d", delta)
		}
		// A sum that overflows comes out beyond the limit on the other side.
		value += delta
		if value > limit || value < -limit {
			return span, limitError("number %d is beyond %d", value, limit)
		}
		dst[j] = value
	}
	return span, nil
}
