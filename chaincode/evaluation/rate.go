package evaluation

import "math/bits"

// rate is the relative rate of degradation at a temperature, that at a reference
// temperature being 1, in 2^-88: 128 bits, below 2^39.
type rate struct{ high, low uint64 }

// mostRate is what faster rates count as. One millisecond at it is more than the
// longest window at the reference, so that it changes no verdict.
var mostRate = rate{1<<63 - 1, 1<<64 - 1}

// arrhenius computes rates relative to a reference temperature, by the Arrhenius
// equation: the rate at T is exp(E/R * (1/Tref - 1/T)), with the activation
// energy E and R = 8.3144 J/(mol K).
//
// It counts in powers of two: E/(R T) is slope * Tref/T * ln 2.
type arrhenius struct {
	reference kelvin
	// E/(R Tref ln 2): its whole part, and the rest in 2^-64. It is within 14
	// and 594 for the energies and references allowed.
	slope, slopeRest uint64
}

// 9*10^9 * 10^4 / (83144 ln 2): the slope of 1 J/mol at a ninth of 10^-9 K, its
// whole part and the rest in 2^-64; and ln 2 in 2^-64. Rounded down.
const (
	unitSlope     = 1561658732
	unitSlopeRest = 0xcd0e9f32231d0cbe
	ln2           = 0xb17217f7d1cf79ab
)

// newArrhenius takes an energy within [MinActivation, MaxActivation] J/mol and a
// reference within -200 and 200 degrees Celsius.
func newArrhenius(energy int64, reference kelvin) arrhenius {
	carry, rest := bits.Mul64(uint64(energy), unitSlopeRest)
	whole := uint64(energy)*unitSlope + carry // below 2^49
	a := arrhenius{reference: reference, slope: whole / uint64(reference)}
	a.slopeRest, _ = bits.Div64(whole%uint64(reference), rest, uint64(reference))
	return a
}

// rate returns the rate at a temperature: exactly 1 at the reference, and else
// with a relative error of at most 2^-54 and 2^-88 besides.
func (a arrhenius) rate(t kelvin) rate {
	if t == 0 {
		return rate{}
	}
	reference, at := uint64(a.reference), uint64(t)
	if at >= reference {
		quotient, _ := bits.Div64(at-reference, 0, at)
		whole, rest := a.times(0, quotient)
		return power(int(whole), rest)
	}
	colder, quotient := reference-at, uint64(0)
	if colder >= at { // far below: nearly always it is not
		quotient, colder = colder/at, colder%at
	}
	if quotient >= 7 { // the slope is above 14: below 2^-98
		return rate{}
	}
	quotientRest, _ := bits.Div64(colder, 0, at)
	whole, rest := a.times(quotient, quotientRest)
	if rest > 0 {
		whole++
	}
	return power(-int(whole), -rest)
}

// times returns the slope times a quotient: whole part, and the rest in 2^-64.
func (a arrhenius) times(quotient, quotientRest uint64) (whole, rest uint64) {
	highA, lowA := bits.Mul64(a.slope, quotientRest)
	highB, lowB := bits.Mul64(a.slopeRest, quotient)
	lowC, _ := bits.Mul64(a.slopeRest, quotientRest)
	rest, carryA := bits.Add64(lowA, lowB, 0)
	rest, carryB := bits.Add64(rest, lowC, 0)
	return a.slope*quotient + highA + highB + carryA + carryB, rest
}

// power returns 2^(whole + rest*2^-64) as a rate.
func power(whole int, rest uint64) rate {
	switch shift := whole + 25; {
	case shift >= 64:
		return mostRate
	case shift >= 0:
		m := mantissa(rest)
		return rate{m >> (64 - shift), m << shift}
	case shift > -64:
		return rate{0, mantissa(rest) >> -shift}
	}
	return rate{}
}

// mantissa returns 2^(rest*2^-64) in 2^-63, rounded down by at most 5 of these:
// 2^(i/256) * 2^(j/65536) * (1 + z + z^2/2 + z^3/6), with z below 2^-16.
func mantissa(rest uint64) uint64 {
	z, _ := bits.Mul64(rest&(1<<48-1), ln2)
	square, _ := bits.Mul64(z, z)
	square >>= 1
	cube, _ := bits.Mul64(square, z)
	m := powers[rest>>56]
	fine, _ := bits.Mul64(m, finePowers[rest>>48&255])
	m += fine
	finest, _ := bits.Mul64(m, z+square+cube/3)
	return m + finest
}
