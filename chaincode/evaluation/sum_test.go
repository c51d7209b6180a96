package evaluation_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

func TestASumIsReadOnlyAsItIsWritten(t *testing.T) {
	for text, ok := range map[string]bool{
		"0": true, "1": true, "ff": true, "ffffffffffffffffffffffffffffffffffffffffffffffff": true,
		"": false, "00": false, "0f": false, "FF": false, "+1": false, "-1": false, "g": false, "1_0": false,
		"1000000000000000000000000000000000000000000000000": false,
	} {
		var sum evaluation.Sum
		err := sum.UnmarshalText([]byte(text))
		require.Equal(t, ok, err == nil, text)
		if ok {
			require.Equal(t, text, sum.String())
		} else {
			require.ErrorIs(t, err, evaluation.ErrSum, text)
		}
	}
}

func words(high uint64, rest ...uint64) *big.Int {
	n := new(big.Int).SetUint64(high)
	for _, word := range rest {
		n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(word))
	}
	return n
}

func drawWord(t *rapid.T, most uint64, label string) uint64 {
	if rapid.Bool().Draw(t, "edge") {
		return most - rapid.Uint64Range(0, 3).Draw(t, label)
	}
	return rapid.Uint64Range(0, most).Draw(t, label)
}

func TestSumsAreExact(t *testing.T) {
	const word = 1<<64 - 1
	rapid.Check(t, func(t *rapid.T) {
		rate := func() [2]uint64 { return [2]uint64{drawWord(t, 1<<63-1, "high"), drawWord(t, word, "low")} }
		a, b, ms := rate(), rate(), int64(drawWord(t, evaluation.MaxBucketMs, "ms"))
		want := words(a[0], a[1])
		want.Add(want, words(b[0], b[1])).Mul(want, big.NewInt(ms))
		first := evaluation.Weighted(ms, a, b)
		require.Equal(t, want.Text(16), first.String())

		second := evaluation.Sum{drawWord(t, 1<<38, "highest"), drawWord(t, word, "middle"), drawWord(t, word, "lowest")}
		other := words(second[0], second[1], second[2])
		plus, minus, more := second.Calculate(first)
		require.Equal(t, new(big.Int).Add(other, want).Text(16), plus.String())
		if difference := new(big.Int).Sub(other, want); difference.Sign() >= 0 {
			require.Equal(t, difference.Text(16), minus.String())
			require.Equal(t, difference.Sign() > 0, more)
		}
		x := evaluation.Bucket{Ms: 1 + int64(drawWord(t, evaluation.MaxBuckets*evaluation.MaxBucketMs, "x")), Sum: first}
		y := evaluation.Bucket{Ms: 1 + int64(drawWord(t, evaluation.MaxBuckets*evaluation.MaxBucketMs, "y")), Sum: second}
		meanX, meanY := new(big.Rat).SetFrac(want, big.NewInt(x.Ms)), new(big.Rat).SetFrac(other, big.NewInt(y.Ms))
		require.Equal(t, meanX.Cmp(meanY) > 0, x.Warmer(y))
		require.Equal(t, meanY.Cmp(meanX) > 0, y.Warmer(x))
		require.False(t, x.Warmer(x))
	})
}
