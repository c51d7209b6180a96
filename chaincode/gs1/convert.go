package gs1

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// The reasons a value is not converted.
var (
	// ErrUnit: a unit that is none, or two units of different quantities.
	ErrUnit = errors.New("gs1: units do not convert")
	// ErrInexact: two units of one quantity with an irrational factor between
	// them, as degree and radian.
	ErrInexact = errors.New("gs1: units do not convert exactly")
	// ErrRange: the result does not fit into 64 bits.
	ErrRange = errors.New("gs1: out of range")
	// ErrNumber: the text is no decimal number, or one of unreasonable size.
	ErrNumber = errors.New("gs1: not a decimal number")
)

// Conversion turns values of one unit into another: y = (x*mul + add) / div,
// exactly. Make it once and use it for many values.
type Conversion struct {
	mul, add, div *big.Int
	small         bool // all three fit int64, and are below
	m, a, d       int64
}

// NewConversion returns the conversion between two units. Errors: ErrUnit,
// ErrInexact.
func NewConversion(from, to Unit) (Conversion, error) {
	if from.facts == nil || to.facts == nil || from.facts.quantity != to.facts.quantity {
		return Conversion{}, fmt.Errorf("%w: %q (%s) into %q (%s)",
			ErrUnit, from.Code(), from.Quantity(), to.Code(), to.Quantity())
	}
	if from.facts.system != to.facts.system {
		return Conversion{}, fmt.Errorf("%w: %q into %q", ErrInexact, from.Code(), to.Code())
	}
	factor, offset := from.facts.fractions()
	toFactor, toOffset := to.facts.fractions()
	factor.Quo(factor, toFactor)
	offset.Sub(offset, toOffset)
	offset.Quo(offset, toFactor)
	return affine(factor, offset), nil
}

// affine makes the conversion y = x*factor + offset over a common denominator.
func affine(factor, offset *big.Rat) Conversion {
	div := new(big.Int).Mul(factor.Denom(), offset.Denom())
	mul := new(big.Int).Mul(factor.Num(), offset.Denom())
	add := new(big.Int).Mul(offset.Num(), factor.Denom())
	common := new(big.Int).GCD(nil, nil, mul, div)
	if add.Sign() != 0 {
		common.GCD(nil, nil, common, new(big.Int).Abs(add))
	}
	mul.Quo(mul, common)
	add.Quo(add, common)
	div.Quo(div, common)
	c := Conversion{mul: mul, add: add, div: div}
	if mul.IsInt64() && add.IsInt64() && div.IsInt64() {
		c.small = true
		c.m, c.a, c.d = mul.Int64(), add.Int64(), div.Int64()
	}
	return c
}

// Difference returns the conversion of differences: what 2 degrees more in one
// scale are in the other, without the offset between the scales.
func (c Conversion) Difference() Conversion {
	if c.div == nil {
		return c
	}
	return affine(new(big.Rat).SetFrac(c.mul, c.div), new(big.Rat))
}

// Factors returns the integers of y = (x*mul + add) / div in lowest terms, div
// above zero; ok is false when they do not fit.
func (c Conversion) Factors() (mul, add, div int64, ok bool) { return c.m, c.a, c.d, c.small }

// Rat converts x exactly, into a new value. The zero Conversion changes nothing.
func (c Conversion) Rat(x *big.Rat) *big.Rat {
	y := new(big.Rat).Set(x)
	if c.div == nil {
		return y
	}
	y.Mul(y, new(big.Rat).SetInt(c.mul))
	y.Add(y, new(big.Rat).SetInt(c.add))
	return y.Quo(y, new(big.Rat).SetInt(c.div))
}

// Scaled converts x, counted in 1/scale of a unit, into the same fraction of
// the other: with a scale of 1000, 25000 thousandths of a degree Celsius are
// 298150 of a kelvin. exact is false when the result was rounded, down. scale is
// above zero. It does not allocate unless factors are huge. Errors: ErrRange.
func (c Conversion) Scaled(x, scale int64) (y int64, exact bool, err error) {
	if scale <= 0 {
		return 0, false, fmt.Errorf("%w: scale %d", ErrRange, scale)
	}
	if c.div == nil {
		return x, true, nil
	}
	if c.small {
		product, fits := mul128(x, c.m).add(mul128(scale, c.a))
		if fits {
			y, exact, fits = product.floorDiv(c.d)
		}
		if fits {
			return y, exact, nil
		}
	}
	return c.scaledBig(x, scale)
}

// scaledBig is Scaled in numbers of any size.
func (c Conversion) scaledBig(x, scale int64) (int64, bool, error) {
	n := new(big.Int).Mul(big.NewInt(x), c.mul)
	n.Add(n, new(big.Int).Mul(big.NewInt(scale), c.add))
	// Euclidean division rounds down, as the divisor is above zero.
	q, r := new(big.Int).DivMod(n, c.div, new(big.Int))
	if !q.IsInt64() {
		return 0, false, fmt.Errorf("%w: %d / %d", ErrRange, x, scale)
	}
	return q.Int64(), r.Sign() == 0, nil
}

// Compare compares x in the unit converted from with y in the unit converted
// to, both counted in 1/scale, exactly: -1, 0 or +1. It needs no rounding, so a
// limit in one unit can be held against readings in another. scale is above zero.
func (c Conversion) Compare(x, y, scale int64) int {
	if c.div == nil {
		return compareInt(x, y)
	}
	if c.small {
		if left, fits := mul128(x, c.m).add(mul128(scale, c.a)); fits {
			return left.compare(mul128(y, c.d))
		}
	}
	left := new(big.Int).Mul(big.NewInt(x), c.mul)
	left.Add(left, new(big.Int).Mul(big.NewInt(scale), c.add))
	return left.Cmp(new(big.Int).Mul(big.NewInt(y), c.div))
}

func compareInt(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}

// Convert converts one value exactly. Errors: ErrUnit, ErrInexact.
func Convert(x *big.Rat, from, to Unit) (*big.Rat, error) {
	c, err := NewConversion(from, to)
	if err != nil {
		return nil, err
	}
	return c.Rat(x), nil
}

// maxNumber bounds the text of a number, maxExponent its exponent of ten and
// the places asked for, so that no input makes a number of unreasonable size.
const (
	maxNumber   = 100
	maxExponent = 100
)

// ParseDecimal reads a decimal number as JSON writes it, "-12.50" or "1e-7",
// exactly. Errors: ErrNumber.
func ParseDecimal(text string) (*big.Rat, error) {
	if len(text) > maxNumber || !isDecimal(text) {
		return nil, fmt.Errorf("%w: %.100q", ErrNumber, text)
	}
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNumber, text)
	}
	return x, nil
}

// isDecimal reports -?digits(.digits)?([eE][+-]?digits)? with a bounded exponent.
func isDecimal(text string) bool {
	text = strings.TrimPrefix(text, "-")
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent, err := strconv.Atoi(text[i+1:])
		if err != nil || exponent < -maxExponent || exponent > maxExponent {
			return false
		}
		text = text[:i]
	}
	whole, fraction, dotted := strings.Cut(text, ".")
	if whole == "" || dotted && fraction == "" {
		return false
	}
	return allDigits(whole) && allDigits(fraction)
}

// ConvertDecimal converts a decimal number and writes the result with a number
// of places after the point, 0 to 100, halves rounded away from zero. Errors:
// ErrNumber, ErrRange (places), ErrUnit, ErrInexact.
func ConvertDecimal(text string, from, to Unit, places int) (string, error) {
	if places < 0 || places > maxExponent {
		return "", fmt.Errorf("%w: %d places", ErrRange, places)
	}
	x, err := ParseDecimal(text)
	if err != nil {
		return "", err
	}
	y, err := Convert(x, from, to)
	if err != nil {
		return "", err
	}
	return y.FloatString(places), nil
}
