package evaluation

import "math/bits"

// logarithm is a number whole + rest*2^-64.
type logarithm struct {
	whole int64
	rest  uint64
}

func (l logarithm) minus(other logarithm) logarithm {
	rest, borrow := bits.Sub64(l.rest, other.rest, 0)
	return logarithm{l.whole - other.whole - int64(borrow), rest}
}

// log2 returns the logarithm of a sum above 0 to the base 2, with an error below
// 2^-56 where it has 64 bits or more.
func (s Sum) log2() logarithm {
	words := s[:]
	for words[0] == 0 {
		words = words[1:]
	}
	shift := bits.LeadingZeros64(words[0])
	m := words[0] << shift
	if len(words) > 1 {
		m |= words[1] >> (64 - shift)
	}
	return logarithm{int64(64*len(words) - shift - 1), fraction(m)}
}

// fraction returns the logarithm of m*2^-63 to the base 2, in 2^-64; m is at
// least 2^63. Each squaring yields the next binary digit; its rounding counts
// half of that of the one before, so that all of them together stay below 64
// parts in 2^-63.
func fraction(m uint64) uint64 {
	var log uint64
	for range 64 {
		log <<= 1
		high, low := bits.Mul64(m, m)
		if high >= 1<<63 {
			log |= 1
			m = high
		} else {
			m = high<<1 | low>>63
		}
	}
	return log
}

// mean returns the mean kinetic temperature of a bucket, or of a window: its
// Arrhenius rate is the mean of the rates. ok is false where it cannot be stated:
// nothing is known, or the mean rate is below 2^-60 of that at the reference.
func (a arrhenius) mean(b Bucket) (t kelvin, ok bool) {
	if b.Ms <= 0 || !b.Sum.more(Sum{}) {
		return 0, false
	}
	log := b.Sum.log2().minus(Sum{2: uint64(b.Ms)}.log2())
	log.whole -= 89 // sums are twice the rates, in 2^-88
	if log.whole < -60 {
		return 0, false
	}
	// T = Tref * slope / (slope - log), both cut to 2^-53.
	slope := logarithm{int64(a.slope), a.slopeRest}
	below := slope.minus(log)
	if below.whole < 0 {
		return hottest, true
	}
	divisor := uint64(below.whole)<<53 | below.rest>>11
	high, low := bits.Mul64(uint64(a.reference), a.slope<<53|a.slopeRest>>11)
	if high >= divisor {
		return hottest, true
	}
	quotient, _ := bits.Div64(high, low, divisor)
	return min(kelvin(quotient), hottest), true
}

// stated returns an absolute temperature in the unit, rounded half up to four
// decimals.
func (m thermometer) stated(t kelvin) Amount {
	const decimals = 100_000 // 10^-9 of the unit in the fourth
	step := decimals * m.ninths
	return Amount((uint64(t)+step/2)/step*decimals) + m.zero
}
