package readings

import (
	"math/big"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// binaryFormat is a format of IEEE 754: bits of the fraction, and the exponent's
// bias.
type binaryFormat struct{ fraction, bias int }

// formats by the bytes of a number.
var formats = map[int]binaryFormat{2: {10, 15}, 4: {23, 127}, 8: {52, 1023}}

// floatNumber returns the number that a floating-point number stands for: its
// exact value if that has at most nine decimals, or else the shortest decimal of
// at most nine that would be rounded to it (not for half precision, which no
// decimal is meant by), or else its exact value. Nothing here
// is computed in floating point.
func floatNumber(data []byte) (*big.Rat, error) {
	format, ok := formats[len(data)]
	if !ok {
		return nil, formatError("not a number")
	}
	x, ulp, err := format.parts(data)
	if err != nil {
		return nil, err
	}
	if _, _, err := fromRat(x); err == nil || len(data) == 2 {
		return x, nil
	}
	// What is rounded to x is nearer to it than half the distance to its
	// neighbours. Two cases are of numbers that are exact already: what lies just
	// halfway, and a power of two, whose neighbour below is nearer.
	half := new(big.Rat).Quo(ulp, big.NewRat(2, 1))
	power := big.NewRat(1, 1)
	for range -telemetry.MinScale + 1 {
		short := nearest(x, power)
		if distance := new(big.Rat).Sub(short, x); distance.Abs(distance).Cmp(half) < 0 {
			return short, nil
		}
		power = new(big.Rat).Mul(power, big.NewRat(10, 1))
	}
	return x, nil
}

// parts returns a number exactly, and the distance to the next.
func (f binaryFormat) parts(data []byte) (x, ulp *big.Rat, err error) {
	var bits uint64
	for _, b := range data {
		bits = bits<<8 | uint64(b)
	}
	width := 8 * len(data)
	negative := bits>>(width-1) == 1
	fraction := bits & (1<<f.fraction - 1)
	exponent := int(bits >> f.fraction & (1<<(width-1-f.fraction) - 1))
	switch exponent {
	case 1<<(width-1-f.fraction) - 1:
		return nil, nil, formatError("infinite, or not a number")
	case 0: // a subnormal number
		exponent = 1
	default:
		fraction |= 1 << f.fraction
	}
	ulp = power2(exponent - f.bias - f.fraction)
	x = new(big.Rat).Mul(ulp, new(big.Rat).SetInt(new(big.Int).SetUint64(fraction)))
	if negative {
		x.Neg(x)
	}
	return x, ulp, nil
}

func power2(exponent int) *big.Rat {
	power := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(exponent, -exponent))))
	if exponent < 0 {
		return power.Inv(power)
	}
	return power
}

// nearest returns the multiple of 1/power nearest to x.
func nearest(x, power *big.Rat) *big.Rat {
	scaled := new(big.Rat).Mul(x, power)
	scaled.Add(scaled, big.NewRat(1, 2))
	whole := new(big.Int).Div(scaled.Num(), scaled.Denom())
	return new(big.Rat).Quo(new(big.Rat).SetInt(whole), power)
}
