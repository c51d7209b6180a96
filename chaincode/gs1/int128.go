package gs1

import "math/bits"

// int128 is a signed integer of 128 bits in two's complement: what a product of
// two int64 needs.
type int128 struct {
	high int64
	low  uint64
}

func mul128(a, b int64) int128 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	// The unsigned product of a negative factor is too large by the other one
	// times 2^64.
	return int128{int64(high) - a>>63&b - b>>63&a, low}
}

// add returns the sum; fits is false when it overflows.
func (x int128) add(y int128) (sum int128, fits bool) {
	low, carry := bits.Add64(x.low, y.low, 0)
	high := x.high + y.high + int64(carry)
	overflow := (x.high < 0) == (y.high < 0) && (high < 0) != (x.high < 0)
	return int128{high, low}, !overflow
}

func (x int128) compare(y int128) int {
	if c := compareInt(x.high, y.high); c != 0 {
		return c
	}
	switch {
	case x.low < y.low:
		return -1
	case x.low > y.low:
		return 1
	default:
		return 0
	}
}

// floorDiv divides by d, above zero, rounding down; fits is false when the
// quotient is not an int64.
func (x int128) floorDiv(d int64) (quotient int64, exact, fits bool) {
	high, low := uint64(x.high), x.low
	negative := x.high < 0
	if negative {
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		high, _ = bits.Sub64(0, high, borrow)
	}
	if high >= uint64(d) {
		return 0, false, false
	}
	q, r := bits.Div64(high, low, uint64(d))
	if q > 1<<63-1 {
		return 0, false, false
	}
	switch {
	case !negative:
		return int64(q), r == 0, true
	case r == 0:
		return -int64(q), true, true
	default:
		return -int64(q) - 1, false, true
	}
}
