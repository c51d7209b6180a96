package readings

import (
	"math/big"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// exact reads a decimal number, with or without an exponent, as value times
// 10^scale. It fails with telemetry.ErrFormat, and with telemetry.ErrLimit for
// what a recording cannot hold: more than nine decimals, or a magnitude above
// telemetry.MaxMagnitude.
func exact(text string) (value int64, scale int, err error) {
	if !strings.ContainsAny(text, "eE") {
		return telemetry.ParseDecimal(text)
	}
	x, err := gs1.ParseDecimal(strings.TrimPrefix(text, "+"))
	if err != nil {
		return 0, 0, formatError("%q is not a number", clip(text))
	}
	return fromRat(x)
}

// rounded reads a decimal number as exact does, after rounding it to places
// behind the point, halves away from zero, if places is above 0.
func rounded(text string, places int) (value int64, scale int, err error) {
	if places == 0 {
		return exact(text)
	}
	x, err := gs1.ParseDecimal(strings.TrimPrefix(text, "+"))
	if err != nil {
		return 0, 0, formatError("%q is not a number", clip(text))
	}
	return fromRat(round(x, places))
}

// mostPlaces is how many places behind the point a value can have.
const mostPlaces = -telemetry.MinScale

// round rounds x to places behind the point, halves away from zero; not at all
// if places is 0.
func round(x *big.Rat, places int) *big.Rat {
	if places == 0 {
		return x
	}
	rounded, _ := new(big.Rat).SetString(x.FloatString(places)) // digits and a point
	return rounded
}

// fromRat returns x as value times 10^scale; scale is at most 0. It fails with
// telemetry.ErrLimit for what a recording cannot hold.
func fromRat(x *big.Rat) (value int64, scale int, err error) {
	counted := new(big.Rat).Mul(x, new(big.Rat).SetInt64(telemetry.Factor(0)))
	if !counted.IsInt() {
		return 0, 0, limitError("%s has more than %d decimals", clip(x.FloatString(12)), -telemetry.MinScale)
	}
	if !counted.Num().IsInt64() || !fits(counted.Num().Int64(), telemetry.MinScale) {
		return 0, 0, limitError("%s is beyond %d", clip(x.FloatString(0)), telemetry.MaxMagnitude)
	}
	value, scale = counted.Num().Int64(), telemetry.MinScale
	for scale < 0 && value%10 == 0 {
		value, scale = value/10, scale+1
	}
	return value, scale, nil
}

// toRat returns value times 10^scale.
func toRat(value int64, scale int) *big.Rat {
	factor := telemetry.Factor(scale)
	x := new(big.Rat).SetInt64(value)
	return x.Mul(x, new(big.Rat).SetFrac64(factor, telemetry.Factor(0)))
}

// toMillis returns seconds since 1970 as milliseconds, cut down to whole ones.
func toMillis(seconds *big.Rat) (int64, error) {
	ms := new(big.Rat).Mul(seconds, big.NewRat(1000, 1))
	whole := new(big.Int).Div(ms.Num(), ms.Denom()) // Euclidean: down, as the denominator is above 0
	if !whole.IsInt64() {
		return 0, limitError("a time outside 1970 to 9999")
	}
	return inTime(whole.Int64())
}
