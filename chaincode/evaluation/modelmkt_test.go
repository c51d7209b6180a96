package evaluation_test

import (
	"math/big"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// absolute returns a value in 10^-9 of a unit of temperature in kelvins.
func absolute(unit string, nano *big.Rat) *big.Rat {
	v := new(big.Rat).Quo(nano, whole(1_000_000_000))
	switch unit {
	case evaluation.Celsius:
		return v.Add(v, big.NewRat(27315, 100))
	case evaluation.Fahrenheit:
		v.Add(v, big.NewRat(45967, 100))
		return v.Mul(v, big.NewRat(5, 9))
	}
	return v
}

// relative returns kelvins in 10^-9 of a unit.
func relative(unit string, kelvins *big.Float) *big.Float {
	v := float().Set(kelvins)
	switch unit {
	case evaluation.Celsius:
		v.Sub(v, fractionOf(big.NewRat(27315, 100)))
	case evaluation.Fahrenheit:
		v.Mul(v, fractionOf(big.NewRat(9, 5)))
		v.Sub(v, fractionOf(big.NewRat(45967, 100)))
	}
	return v.Mul(v, number(1_000_000_000))
}

// bucket is the sum of rates over known time.
type bucket struct {
	ms  int64
	sum *big.Float
}

// buckets returns the known time within the window by bucket.
func (m model) buckets() map[int64]*bucket {
	mkt, all := m.terms.MKT, map[int64]*bucket{}
	limit := absolute(m.terms.Unit, whole(int64(mkt.Upper)))
	for _, k := range m.stretches() {
		for i := 1; i < len(k.corners); i++ {
			a, b := k.corners[i-1], k.corners[i]
			for from := floor(a.at); from < floor(b.at); {
				at := from / mkt.BucketMs
				to := min(floor(b.at), (at+1)*mkt.BucketMs)
				if all[at] == nil {
					all[at] = &bucket{sum: float()}
				}
				rates := float().Add(m.rate(limit, a, b, from), m.rate(limit, a, b, to))
				rates.Mul(rates, number(to-from))
				all[at].ms += to - from
				all[at].sum.Add(all[at].sum, rates.Quo(rates, number(2)))
				from = to
			}
		}
	}
	return all
}

// rate returns the relative rate at a moment of a line.
func (m model) rate(limit *big.Rat, a, b corner, ms int64) *big.Float {
	share := new(big.Rat).Quo(new(big.Rat).Sub(whole(ms), a.at), new(big.Rat).Sub(b.at, a.at))
	share.Mul(share, new(big.Rat).Sub(b.value, a.value))
	return arrhenius(m.terms.MKT.ActivationEnergy, limit, absolute(m.terms.Unit, share.Add(share, a.value)))
}

// mkt is what the model says of the mean kinetic temperature.
type mkt struct {
	judged, broken     int
	worst, worstBroken *big.Float // mean rates
	from, to, at       int64      // of the broken windows
	// close says that a mean is so near the limit that rates would have to be
	// known better than they are.
	close bool
}

func (m model) mkt() mkt {
	var s mkt
	all := m.buckets()
	if len(all) == 0 || len(m.readings) == 0 {
		return s
	}
	lowest := int64(1 << 62)
	for at := range all {
		lowest = min(lowest, at)
	}
	policy, last := m.terms.MKT, m.readings[len(m.readings)-1].Time
	start, end := int64(m.window.Start), int64(m.window.End)
	first := start / policy.BucketMs
	judge := func(newest, at int64) {
		ms, sum := int64(0), float()
		for i := newest - int64(policy.Buckets) + 1; i <= newest; i++ {
			if b := all[i]; b != nil {
				ms += b.ms
				sum.Add(sum, b.sum)
			}
		}
		if ms == 0 {
			return
		}
		s.judged++
		mean := sum.Quo(sum, number(ms))
		if s.worst == nil || mean.Cmp(s.worst) > 0 {
			s.worst = mean
		}
		apart := float().Sub(mean, number(1))
		if apart.Sign() != 0 && apart.MantExp(nil) < -45 {
			s.close = true
		}
		if apart.Sign() <= 0 {
			return
		}
		from := max(start, (newest+1-int64(policy.Buckets))*policy.BucketMs)
		if s.broken == 0 {
			s.from, s.to, s.at, s.worstBroken = from, at, at, mean
		}
		s.broken++
		s.from, s.to, s.at = min(s.from, from), max(s.to, at), min(s.at, at)
		if mean.Cmp(s.worstBroken) > 0 {
			s.worstBroken = mean
		}
	}
	for newest := lowest; (newest+1)*policy.BucketMs <= min(last, end); newest++ {
		if newest-first+1 >= int64(policy.Buckets) {
			judge(newest, (newest+1)*policy.BucketMs)
		}
	}
	if last >= end {
		judge((end-1)/policy.BucketMs, end)
	}
	return s
}

// requireMean checks a mean kinetic temperature against a mean rate: it is the
// exact one rounded to four decimals, or the next one where the exact one is
// within 10^-8 of the middle.
func requireMean(t require.TestingT, unit string, limit evaluation.Amount, energy int64, mean *big.Float, found *evaluation.Amount) {
	require.NotNil(t, found)
	inverse := float().Quo(number(1), fractionOf(absolute(unit, whole(int64(limit)))))
	gas := float().Mul(logarithm(mean), fractionOf(big.NewRat(83_144, 10_000*energy)))
	exact := relative(unit, float().Quo(number(1), inverse.Sub(inverse, gas)))
	apart := float().Sub(exact, number(int64(*found)))
	apart.Abs(apart)
	require.LessOrEqual(t, apart.Cmp(number(50_000+10)), 0, "%s is not %s to four decimals", found, exact.Text('f', 3))
	require.Zero(t, int64(*found)%100_000)
}
