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
	var column [MaxChunk]int64
	if withTimes {
		for i, r := range readings {
			column[i] = r.Time
		}
		dst = appendColumn(dst, column[:len(readings)])
	}
	for i, r := range readings {
		column[i] = r.Value
	}
	return appendColumn(dst, column[:len(readings)])
}

func appendColumn(dst []byte, numbers []int64) []byte {
	var span deltaSpan
	for i := 1; i < len(numbers); i++ {
		span.add(numbers[i] - numbers[i-1])
	}
	width := span.width()
	dst = append(dst, byte(width))
	dst = binary.BigEndian.AppendUint64(dst, uint64(numbers[0]))
	for i := 1; i < len(numbers); i++ {
		delta := uint64(numbers[i] - numbers[i-1])
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
	var space [MaxChunk]int64
	column, used := space[:len(dst)], 0
	if h.Interval == 0 {
		length, err := decodeColumn(data, column, MaxTime)
		if err == nil {
			err = ownTimes(column, dst)
		}
		if err != nil {
			return 0, formatError("times of chunk %d: %w", i, err)
		}
		used = length
	} else {
		at := h.Start + h.Interval*int64(i)*int64(h.Chunk)
		for j := range dst {
			dst[j].Time = at
			at += h.Interval
		}
	}
	length, err := decodeColumn(data[used:], column, maxValue(h.Scale))
	if err != nil {
		return 0, formatError("values of chunk %d: %w", i, err)
	}
	for j, value := range column {
		dst[j].Value = value
	}
	return used + length, nil
}

// ownTimes takes the times of a chunk, which must rise.
func ownTimes(times []int64, dst []Reading) error {
	before := int64(-1)
	for j, at := range times {
		if at <= before {
			return formatError("they do not rise at reading %d", j)
		}
		dst[j].Time, before = at, at
	}
	return nil
}
