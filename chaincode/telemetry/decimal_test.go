package telemetry_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestDecimalsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?[0-9]{1,9}(\.[0-9]{1,9})?`).Draw(t, "text")
		value, scale, err := telemetry.ParseDecimal(text)
		require.NoError(t, err)
		want, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		got, ok := new(big.Rat).SetString(telemetry.FormatDecimal(value, scale))
		require.True(t, ok)
		require.Zero(t, want.Cmp(got), "%s became %d e%d", text, value, scale)
		unit := new(big.Rat).SetFrac(big.NewInt(value*telemetry.Factor(scale)), big.NewInt(1e9))
		require.Zero(t, want.Cmp(unit))
		again, scaleAgain, err := telemetry.ParseDecimal(telemetry.FormatDecimal(value, scale))
		require.NoError(t, err)
		require.Equal(t, value, again)
		require.Equal(t, scale, scaleAgain)
	})
}

func TestWhatIsNoDecimalIsRefused(t *testing.T) {
	for _, text := range []string{"", "-", "+-1", "--1", ".5", "5.", "1e3", "0x1", "1,5", "1_0", " 1", "1 ", "NaN", "Inf", "１"} {
		_, _, err := telemetry.ParseDecimal(text)
		require.ErrorIs(t, err, telemetry.ErrFormat, "%q", text)
	}
	for _, text := range []string{"4000000000.000000001", "-4000000001", "99999999999999999999", "0.0000000001"} {
		_, _, err := telemetry.ParseDecimal(text)
		require.ErrorIs(t, err, telemetry.ErrLimit, "%q", text)
	}
	for text, want := range map[string]string{"-4000000000": "-4000000000", "4000000000.000000000": "4000000000", "-0": "0", "007.50": "7.5", "0.000000001000": "0.000000001"} {
		value, scale, err := telemetry.ParseDecimal(text)
		require.NoError(t, err)
		require.Equal(t, want, telemetry.FormatDecimal(value, scale))
	}
	require.Equal(t, "-9223372036854775808", telemetry.FormatDecimal(-1<<63, 0))
	require.Equal(t, "1200", telemetry.FormatDecimal(12, 2))
	require.Zero(t, telemetry.Factor(10))
	require.Zero(t, telemetry.Factor(-10))
}
