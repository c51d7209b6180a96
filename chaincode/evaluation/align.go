package evaluation

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// ErrUnit: readings in one unit cannot be compared exactly with limits in
// another.
var ErrUnit = errors.New("units that cannot be compared exactly")

// Align makes terms and the readings of a unit comparable, exactly: by
// converting the terms into that unit, if every amount in them converts exactly,
// and else the readings into the unit of the terms, if decimal numbers convert
// into decimal numbers. It returns the terms to evaluate with, whose unit is
// that of the tally, and what is to be done to the readings: often nothing.
//
// The verdict, every moment and every duration are the same whichever way it
// goes. It fails with [ErrUnit] when neither is exact, when the units are of
// different quantities, and when one is unknown to the table here.
func Align(terms Terms, unit string) (Terms, Conversion, error) {
	if unit == terms.Unit {
		return terms, Conversion{unit: unit}, nil
	}
	from, known := unitOf(terms.Unit)
	to, alsoKnown := unitOf(unit)
	if !known || !alsoKnown || from.quantity != to.quantity {
		return Terms{}, Conversion{}, fmt.Errorf("%w: %q and %q", ErrUnit, terms.Unit, unit)
	}
	if converted, ok := newConversion(from, to).terms(terms); ok {
		return converted, Conversion{unit: unit}, nil
	}
	readings := newConversion(to, from)
	if !isDecimal(readings.factor.denominator) {
		return Terms{}, Conversion{}, fmt.Errorf("%w: limits in %s have no exact value in %s, nor have readings the other way", ErrUnit, terms.Unit, unit)
	}
	return terms, readings, nil
}

// ratio is a linear function on 10^-9 of units: x*numerator + offset, divided by
// the denominator.
type ratio struct {
	numerator, denominator uint64
	offset                 int64
}

// Conversion brings readings to the unit of the terms that came with it (see
// [Align]). The zero value leaves them as they are.
type Conversion struct {
	unit   string
	factor ratio // of values; denominator 0: as they are
	change ratio // of differences of values
}

func newConversion(from, to unit) Conversion {
	factor, offset := from.fractions()
	toFactor, toOffset := to.fractions()
	slope := new(big.Rat).Quo(factor, toFactor)
	shift := new(big.Rat).Quo(offset.Sub(offset, toOffset), toFactor)
	return Conversion{unit: to.code, factor: newRatio(slope, shift), change: newRatio(slope, new(big.Rat))}
}

// newRatio takes a positive slope, and a shift in units.
func newRatio(slope, shift *big.Rat) ratio {
	shift = new(big.Rat).Mul(shift, big.NewRat(1_000_000_000, 1))
	common := new(big.Int).Mul(slope.Denom(), shift.Denom())
	common.Quo(common, new(big.Int).GCD(nil, nil, slope.Denom(), shift.Denom()))
	whole := func(r *big.Rat) *big.Int { return new(big.Int).Quo(new(big.Int).Mul(r.Num(), common), r.Denom()) }
	return ratio{numerator: whole(slope).Uint64(), denominator: common.Uint64(), offset: whole(shift).Int64()}
}

// isDecimal reports whether fractions with this denominator are decimal numbers.
func isDecimal(denominator uint64) bool {
	for _, prime := range []uint64{2, 5} {
		for denominator%prime == 0 {
			denominator /= prime
		}
	}
	return denominator == 1
}

// of returns the value at x; ok is false when it is not a whole number of 10^-9,
// or beyond what amounts can be.
func (r ratio) of(x Amount) (y Amount, ok bool) {
	high, low := bits.Mul64(distance(x, 0), r.numerator)
	if x < 0 {
		high, low = negated(high, low)
	}
	low, carry := bits.Add64(low, uint64(r.offset), 0)
	high += uint64(r.offset>>63) + carry // with the sign of the offset
	negative := high>>63 == 1
	if negative {
		high, low = negated(high, low)
	}
	if high >= r.denominator {
		return 0, false
	}
	quotient, rest := bits.Div64(high, low, r.denominator)
	if rest > 0 || quotient > uint64(mostAmount) {
		return 0, false
	}
	if negative {
		return -Amount(quotient), true
	}
	return Amount(quotient), true
}

func negated(high, low uint64) (uint64, uint64) {
	low, borrow := bits.Sub64(0, low, 0)
	high, _ = bits.Sub64(0, high, borrow)
	return high, low
}

// terms converts every amount of terms.
func (c Conversion) terms(t Terms) (Terms, bool) {
	ok := true
	convert := func(r ratio, a *Amount) *Amount {
		if a == nil {
			return nil
		}
		converted, exact := r.of(*a)
		ok = ok && exact
		return &converted
	}
	bands := make([]Band, len(t.Bands))
	for i, b := range t.Bands {
		b.Lower, b.Upper, b.Hysteresis = convert(c.factor, b.Lower), convert(c.factor, b.Upper), convert(c.change, b.Hysteresis)
		bands[i] = b
	}
	t.Bands, t.Unit = bands, c.unit
	if t.MKT != nil {
		mkt := *t.MKT
		mkt.Upper = *convert(c.factor, &mkt.Upper)
		t.MKT = &mkt
	}
	if t.Plausible != nil {
		p := *t.Plausible
		p.Lowest, p.Highest, p.MostPerMinute = convert(c.factor, p.Lowest), convert(c.factor, p.Highest), convert(c.change, p.MostPerMinute)
		t.Plausible = &p
	}
	if _, text := t.Check(); text != "" {
		ok = false
	}
	return t, ok
}

// Unit returns the unit of what Apply and Point return: empty for the zero
// value.
func (c Conversion) Unit() string { return c.unit }

// Point returns a point in the unit of the terms. It fails with [ErrUnit] for a
// value that is not a whole number of 10^-9 of that unit, or beyond
// [telemetry.MaxMagnitude].
func (c Conversion) Point(p Point) (Point, error) {
	if c.factor.denominator == 0 {
		return p, nil
	}
	value, ok := c.factor.of(p.Value)
	if !ok {
		return Point{}, fmt.Errorf("%w: the reading %s at %s has no value of nine decimals in %s", ErrUnit, p.Value, p.Time, c.unit)
	}
	return Point{Time: p.Time, Value: value}, nil
}

// Apply returns readings in the unit of the terms, and their scale; the readings
// themselves where nothing is to be done. It fails as [Conversion.Point] does.
func (c Conversion) Apply(readings []telemetry.Reading, scale int) ([]telemetry.Reading, int, error) {
	if c.factor.denominator == 0 {
		return readings, scale, nil
	}
	converted := make([]telemetry.Reading, len(readings))
	factor := telemetry.Factor(scale)
	for i, r := range readings {
		p, err := c.Point(Point{Time: Moment(r.Time), Value: Amount(r.Value * factor)})
		if err != nil {
			return nil, 0, err
		}
		converted[i] = telemetry.Reading{Time: r.Time, Value: int64(p.Value)}
	}
	return converted, telemetry.MinScale, nil
}
