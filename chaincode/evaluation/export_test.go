package evaluation

import "math/big"

// Rate returns the rate relative to that at a reference temperature, both in
// ninths of 10^-9 K, as a fraction.
func Rate(energy int64, reference, at uint64) *big.Rat {
	r := newArrhenius(energy, kelvin(reference)).rate(kelvin(at))
	whole := new(big.Int).Lsh(new(big.Int).SetUint64(r.high), 64)
	whole.Add(whole, new(big.Int).SetUint64(r.low))
	return new(big.Rat).SetFrac(whole, new(big.Int).Lsh(big.NewInt(1), 88))
}

// MostRate is what faster rates count as.
const MostRate = 39 // log2

// Powers returns the tables of powers of two.
func Powers() (coarse, fine [256]uint64) { return powers, finePowers }

// Ninths returns an amount as absolute temperature in ninths of 10^-9 K.
func Ninths(unit string, a Amount) uint64 { return uint64(kelvins(unit, a)) }

// RateWords returns the same in 2^-88: the high and the low 64 bits.
func RateWords(energy int64, reference, at uint64) (high, low uint64) {
	r := newArrhenius(energy, kelvin(reference)).rate(kelvin(at))
	return r.high, r.low
}

// Weighted returns the sum of two rates, each in two words, over so many
// milliseconds.
func Weighted(ms int64, a, b [2]uint64) Sum { return weighted(ms, rate{a[0], a[1]}, rate{b[0], b[1]}) }

// Calculate returns s + other, s - other, and whether s is more.
func (s Sum) Calculate(other Sum) (plus, minus Sum, more bool) {
	return s.plus(other), s.minus(other), s.more(other)
}

// Warmer reports whether the mean of b is above that of other.
func (b Bucket) Warmer(other Bucket) bool { return b.warmer(other) }
