package evaluation_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestTheTablesHoldThePowersOfTwoRoundedDown(t *testing.T) {
	coarse, fine := evaluation.Powers()
	for i := range 256 {
		two := artanh2(number(2))
		power := exp(float().Mul(two, fractionOf(big.NewRat(int64(i), 256))))
		finer := exp(float().Mul(two, fractionOf(big.NewRat(int64(i), 65536))))
		require.Equal(t, coarse[i], down(power, 63), i)
		require.Equal(t, fine[i], down(finer.Sub(finer, number(1)), 64), i)
	}
}

// down returns x*2^bits rounded down. What is within 2^-160 of a whole number is
// one: the series ends there.
func down(x *big.Float, bits int) uint64 {
	scaled := float().SetMantExp(x, bits)
	scaled.Add(scaled, float().SetMantExp(number(1), -160))
	whole, _ := scaled.Uint64()
	return whole
}

// The bound that docs/verdicts.md states: a relative error of 2^-54, and 2^-88.
func TestARateIsWithinItsStatedBound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	energies := []int64{40_000, 83_144, 100_000, 250_000}
	edges := []int64{-200e9, -200e9 + 1, -100e9, -80e9, -20e9, 0, 1, 2e9, 5e9, 8e9, 25e9, 25e9 + 1, 30e9, 40e9, 100e9, 200e9 - 1, 200e9}
	worst := number(0)
	check := func(energy, limit, at int64) {
		reference, temperature := celsius(limit), celsius(at)
		want := arrhenius(energy, kelvinsOf(reference), kelvinsOf(temperature))
		found := fractionOf(evaluation.Rate(energy, reference, temperature))
		if want.MantExp(nil) > evaluation.MostRate {
			require.Equal(t, evaluation.MostRate, found.MantExp(nil), "%d J/mol, %d at %d", energy, limit, at)
			return
		}
		bound := float().Add(float().SetMantExp(want, -54), float().SetMantExp(number(1), -88))
		apart := float().Sub(want, found)
		apart.Abs(apart)
		require.LessOrEqual(t, apart.Cmp(bound), 0, "%d J/mol, %d at %d: %s for %s", energy, limit, at, found.Text('g', 30), want.Text('g', 30))
		if want.MantExp(nil) > -20 {
			if relative := float().Quo(apart, want); relative.Cmp(worst) > 0 {
				worst = relative
			}
		}
	}
	for _, energy := range energies {
		for _, limit := range edges {
			for _, at := range edges {
				check(energy, limit, at)
			}
		}
	}
	for range 3000 {
		check(random.Int64N(210_001)+40_000, random.Int64N(400e9+1)-200e9, random.Int64N(400e9+1)-200e9)
	}
	for range 2000 { // as goods are kept
		check(83_144, random.Int64N(25e9), random.Int64N(60e9)-20e9)
	}
	t.Log("worst relative error", worst.Text('g', 5), "= 2^", worst.MantExp(nil))
}

func TestTheRateAtTheLimitIsExactlyOne(t *testing.T) {
	for limit := int64(-200e9); limit <= 200e9; limit += 7_654_321_987 {
		require.Equal(t, big.NewRat(1, 1), evaluation.Rate(83_144, celsius(limit), celsius(limit)), fmt.Sprint(limit))
	}
}

func TestTheRateAtAbsoluteZeroIsNoneAndFarAboveTheMost(t *testing.T) {
	require.Zero(t, evaluation.Rate(40_000, celsius(200e9), 0).Sign())
	require.Zero(t, evaluation.Rate(40_000, celsius(200e9), 1).Sign())
	for _, at := range []uint64{celsius(-200e9) / 7, celsius(-200e9) / 8, celsius(-200e9)/8 + 1} {
		require.Zero(t, evaluation.Rate(40_000, celsius(200e9), at).Sign())
	}
	require.Equal(t, evaluation.MostRate, fractionOf(evaluation.Rate(250_000, celsius(-200e9), celsius(9000e9))).MantExp(nil))
}

// The longest window, all of it at the fastest rate: the sum has room for it, and
// one millisecond of it in a window at rest is enough to break the limit.
func TestNoSumOverflows(t *testing.T) {
	terms := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 31 * day, Between: evaluation.Linear,
		MKT: &evaluation.MKT{Upper: *amount(t, "-200"), BucketMs: 31 * day, Buckets: evaluation.MaxBuckets, ActivationEnergy: 250_000},
	}
	pointer, text := terms.Check()
	require.Empty(t, text, pointer)
	var readings []telemetry.Reading
	for i := range int64(4 * evaluation.MaxBuckets) {
		readings = append(readings, telemetry.Reading{Time: i * 31 * day, Value: telemetry.MaxMagnitude})
	}
	var tally evaluation.Tally
	tally.Evaluate(terms, evaluation.Window{End: evaluation.Open}, readings, 0)
	require.Equal(t, int64(evaluation.MaxBuckets*31*day), tally.MKT.Worst.Ms)
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 127), big.NewInt(1))
	most.Mul(most, big.NewInt(2*tally.MKT.Worst.Ms))
	require.Equal(t, most.Text(16), tally.MKT.Worst.Sum.String())

	terms.Between = evaluation.Hold
	var calm []telemetry.Reading
	for i := range int64(evaluation.MaxBuckets) {
		calm = append(calm, telemetry.Reading{Time: i * 31 * day, Value: -270})
	}
	last := int64(evaluation.MaxBuckets) * 31 * day
	end := evaluation.Window{End: evaluation.Moment(last)}
	for hot, want := range map[int64]evaluation.Verdict{-270: evaluation.Kept, telemetry.MaxMagnitude: evaluation.Broken} {
		var tally evaluation.Tally
		tally.Evaluate(terms, end, append(calm, telemetry.Reading{Time: last - 1, Value: hot}, telemetry.Reading{Time: last, Value: -270}), 0)
		require.Equal(t, want, tally.Judge(terms, end, end.End).Verdict)
	}
}
