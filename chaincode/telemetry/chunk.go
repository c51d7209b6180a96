package telemetry

import (
	"encoding/binary"
	"math/bits"
)

// A chunk is one or two columns: times, unless they lie on a regular grid, then
// values. A column is
//
//	width   1 byte, 0 to 8: the fewest bytes that hold every delta
//	first   8 bytes, big-endian two's complement
//	deltas  each to the one before, width bytes, big-endian two's complement
//
// Every chunk starts anew, so that it can be read without the others.
const columnHead = 1 + 8

// appendChunk encodes the readings of one chunk.
func appendChunk(dst []byte, readings []Reading, withTimes bool) []byte {
	if withTimes {
		dst = appendColumn(dst, readings, func(r Reading) int64 { return r.Time })
	}
	return appendColumn(dst, readings, func(r Reading) int64 { return r.Value })
}

func appendColumn(dst []byte, readings []Reading, of func(Reading) int64) []byte {
	var span deltaSpan
	for i := 1; i < len(readings); i++ {
		span.add(of(readings[i]) - of(readings[i-1]))
	}
	width := span.width()
	dst = append(dst, byte(width))
	dst = binary.BigEndian.AppendUint64(dst, uint64(of(readings[0])))
	for i := 1; i < len(readings); i++ {
		delta := uint64(of(readings[i]) - of(readings[i-1]))
		for shift := 8 * (width - 1); shift >= 0; shift -= 8 {
			dst = append(dst, byte(delta>>shift))
		}
	}
	return dst
}

// deltaSpan finds the fewest bytes for the deltas it has seen.
type deltaSpan struct{ any, magnitude uint64 }

func (s *deltaSpan) add(delta int64) {
	s.any |= uint64(delta)
	s.magnitude |= uint64(delta ^ delta>>63)
}

func (s *deltaSpan) width() int {
	if s.any == 0 {
		return 0
	}
	return (bits.Len64(s.magnitude) + 1 + 7) / 8 // one more bit for the sign
}

// decodeChunk reads the n readings of chunk i at the front of data into dst,
// and returns the length of the chunk.
func (h Header) decodeChunk(data []byte, i int, dst []Reading) (int, error) {
	used := 0
	if h.Interval == 0 {
		length, err := decodeColumn(data, len(dst), MaxTime, func(j int, v int64) { dst[j].Time = v })
		if err != nil {
			return 0, formatError("times of chunk %d: %w", i, err)
		}
		used = length
	} else {
		first := h.Start + h.Interval*int64(i)*int64(h.Chunk)
		for j := range dst {
			dst[j].Time = first + h.Interval*int64(j)
		}
	}
	length, err := decodeColumn(data[used:], len(dst), maxValue(h.Scale), func(j int, v int64) { dst[j].Value = v })
	if err != nil {
		return 0, formatError("values of chunk %d: %w", i, err)
	}
	return used + length, checkOrder(dst, i)
}

// checkOrder tests that times rise within a chunk.
func checkOrder(readings []Reading, chunk int) error {
	for j := range readings {
		if readings[j].Time < 0 || j > 0 && readings[j].Time <= readings[j-1].Time {
			return formatError("times of chunk %d do not rise at reading %d", chunk, j)
		}
	}
	return nil
}

// decodeColumn reads n numbers, each of magnitude limit (at most 2^62) or less.
func decodeColumn(data []byte, n int, limit int64, set func(int, int64)) (int, error) {
	if len(data) < columnHead {
		return 0, formatError("cut short")
	}
	width := int(data[0])
	length := columnHead + width*(n-1)
	if width > 8 || len(data) < length {
		return 0, formatError("cut short, or a width over 8")
	}
	value := int64(binary.BigEndian.Uint64(data[1:]))
	if value > limit || value < -limit {
		return 0, limitError("number %d is beyond %d", value, limit)
	}
	set(0, value)
	var span deltaSpan
	shift := 64 - 8*width
	at := data[columnHead:length]
	for j := 1; j < n; j++ {
		var raw uint64
		for _, b := range at[:width] {
			raw = raw<<8 | uint64(b)
		}
		at = at[width:]
		delta := int64(raw<<shift) >> shift
		span.add(delta)
		if delta > 2*limit || delta < -2*limit {
			return 0, limitError("a step of %d", delta)
		}
		value += delta
		if value > limit || value < -limit {
			return 0, limitError("number %d is beyond %d", value, limit)
		}
		set(j, value)
	}
	if span.width() != width {
		return 0, formatError("%d bytes a step where %d do", width, span.width())
	}
	return length, nil
}
