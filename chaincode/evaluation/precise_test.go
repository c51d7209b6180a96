package evaluation_test

import "math/big"

// precision of the independent calculation, in bits.
const precision = 256

func number(x int64) *big.Float { return new(big.Float).SetPrec(precision).SetInt64(x) }

func fractionOf(r *big.Rat) *big.Float { return new(big.Float).SetPrec(precision).SetRat(r) }

func float() *big.Float { return new(big.Float).SetPrec(precision) }

// exp returns e^x by its Taylor series: of x/2^60, squared 60 times.
func exp(x *big.Float) *big.Float {
	const halvings = 60
	small := float().SetMantExp(x, -halvings)
	sum, term := number(1), number(1)
	for i := int64(1); i < 12; i++ { // |x| is below 2^10: a term has 50 bits less than the one before
		term.Mul(term, small)
		term.Quo(term, number(i))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// logarithm returns ln x for x above 0: the power of two of x, and 2 artanh((m-1)/(m+1))
// of its mantissa.
func logarithm(x *big.Float) *big.Float {
	mantissa := float()
	power := x.MantExp(mantissa)
	return float().Add(float().Mul(number(int64(power)), artanh2(number(2))), artanh2(mantissa))
}

// artanh2 returns ln m = 2 artanh((m-1)/(m+1)), for m from 1/2 to 2.
func artanh2(m *big.Float) *big.Float {
	z := float().Quo(float().Sub(m, number(1)), float().Add(m, number(1)))
	square, power, sum := float().Mul(z, z), float().Set(z), float()
	for i := int64(1); i < 280; i += 2 { // z is at most 1/3: 9^-140 is below 2^-440
		sum.Add(sum, float().Quo(power, number(i)))
		power.Mul(power, square)
	}
	return sum.Mul(sum, number(2))
}

// celsius returns an absolute temperature in ninths of 10^-9 K from 10^-9
// degrees Celsius.
func celsius(nano int64) uint64 { return uint64(9 * (nano + 273_150_000_000)) }

// arrhenius returns exp(E/R * (1/reference - 1/at)), temperatures in K.
func arrhenius(energy int64, reference, at *big.Rat) *big.Float {
	if at.Sign() <= 0 {
		return float()
	}
	x := new(big.Rat).Sub(new(big.Rat).Inv(reference), new(big.Rat).Inv(at))
	x.Mul(x, big.NewRat(energy*10_000, 83_144))
	return exp(fractionOf(x))
}

// kelvinsOf returns ninths of 10^-9 K in K.
func kelvinsOf(ninths uint64) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(ninths), big.NewInt(9_000_000_000))
}
