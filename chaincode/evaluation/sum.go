package evaluation

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// ErrSum: a text is not a [Sum].
var ErrSum = errors.New("a sum has 1 to 48 lower-case hexadecimal digits, the first not 0")

// Sum is a sum of relative rates over time, in 2^-88 milliseconds: 192 bits, the
// highest word first. As text and in JSON it is hexadecimal, without leading
// zeros.
type Sum [3]uint64

// String returns hexadecimal digits.
func (s Sum) String() string {
	text := strings.TrimLeft(fmt.Sprintf("%016x%016x%016x", s[0], s[1], s[2]), "0")
	if text == "" {
		return "0"
	}
	return text
}

// MarshalText writes hexadecimal digits.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else. It fails with
// [ErrSum].
func (s *Sum) UnmarshalText(text []byte) error {
	const digits = 48
	if len(text) == 0 || len(text) > digits {
		return ErrSum
	}
	padded := strings.Repeat("0", digits-len(text)) + string(text)
	var read Sum
	for i := range read {
		word, err := strconv.ParseUint(padded[16*i:16*i+16], 16, 64)
		if err != nil {
			return ErrSum
		}
		read[i] = word
	}
	if read.String() != string(text) {
		return ErrSum
	}
	*s = read
	return nil
}

// more reports whether s is more than other.
func (s Sum) more(other Sum) bool {
	for i := range s {
		if s[i] != other[i] {
			return s[i] > other[i]
		}
	}
	return false
}

// plus returns s + other, minus s - other. Neither wraps: a window's sum is
// below 2^167.
func (s Sum) plus(other Sum) Sum {
	low, carry := bits.Add64(s[2], other[2], 0)
	middle, carry := bits.Add64(s[1], other[1], carry)
	high, _ := bits.Add64(s[0], other[0], carry)
	return Sum{high, middle, low}
}

func (s Sum) minus(other Sum) Sum {
	low, borrow := bits.Sub64(s[2], other[2], 0)
	middle, borrow := bits.Sub64(s[1], other[1], borrow)
	high, _ := bits.Sub64(s[0], other[0], borrow)
	return Sum{high, middle, low}
}

// Plus returns what two buckets hold together.
func (b Bucket) Plus(other Bucket) Bucket {
	return Bucket{Ms: b.Ms + other.Ms, Sum: b.Sum.plus(other.Sum)}
}

func (b Bucket) minus(other Bucket) Bucket {
	return Bucket{Ms: b.Ms - other.Ms, Sum: b.Sum.minus(other.Sum)}
}

// weighted returns ms*(a+b).
func weighted(ms int64, a, b rate) Sum {
	low, carry := bits.Add64(a.low, b.low, 0)
	high, _ := bits.Add64(a.high, b.high, carry) // rates are below half of what fits
	carried, lowest := bits.Mul64(uint64(ms), low)
	highest, middle := bits.Mul64(uint64(ms), high)
	middle, carry = bits.Add64(middle, carried, 0)
	return Sum{highest + carry, middle, lowest}
}

// atReference returns the sum over so many milliseconds at the reference.
func atReference(ms int64) Sum { return Sum{uint64(ms) >> 39, uint64(ms) << 25, 0} }

// warmer reports whether the mean rate in b is above that in other: both known
// for some time.
func (b Bucket) warmer(other Bucket) bool {
	x, y := b.Sum.times(uint64(other.Ms)), other.Sum.times(uint64(b.Ms))
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return false
}

// times returns the product, the highest word first.
func (s Sum) times(factor uint64) [4]uint64 {
	high2, low2 := bits.Mul64(s[2], factor)
	high1, low1 := bits.Mul64(s[1], factor)
	high0, low0 := bits.Mul64(s[0], factor)
	word1, carry := bits.Add64(low1, high2, 0)
	word2, carry := bits.Add64(low0, high1, carry)
	return [4]uint64{high0 + carry, word2, word1, low2}
}
