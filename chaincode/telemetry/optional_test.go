package telemetry_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestWhereAndByWhomIsSignedAndProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draft(grid(100)...)
		d.Place = rapid.SampledFrom([]string{"", "/414/0614141000012", "/414/0614141000012/254/A-1"}).Draw(t, "place")
		d.Gateway = rapid.SampledFrom([]string{"", "/8004/0614141GATE1"}).Draw(t, "gateway")
		d.Component = rapid.SampledFrom([]string{"", "x", "axial_distance"}).Draw(t, "component")
		if d.Place == "" && rapid.Bool().Draw(t, "position") {
			d.Position = &telemetry.Position{
				Latitude:  rapid.Int64Range(-900_000_000, 900_000_000).Draw(t, "latitude"),
				Longitude: rapid.Int64Range(-1_799_999_999, 1_800_000_000).Draw(t, "longitude"),
			}
		}
		r := seal(t, edKey(), d)
		got, err := telemetry.Decode(r.Bytes())
		require.NoError(t, err)
		h := got.Header()
		require.Equal(t, []any{d.Place, d.Position, d.Gateway, d.Component}, []any{h.Place, h.Position, h.Gateway, h.Component})
		if d.Gateway == "" {
			require.Equal(t, d.Device, h.Signer())
		} else {
			require.Equal(t, d.Gateway, h.Signer())
		}
		proof, err := got.Prove(70, 80)
		require.NoError(t, err)
		encoded, err := proof.MarshalBinary()
		require.NoError(t, err)
		var read telemetry.Proof
		require.NoError(t, read.UnmarshalBinary(encoded))
		require.Equal(t, h, read.Header)
		_, err = read.Verify(got.Root())
		require.NoError(t, err)
		read.Header.Place, read.Header.Position = "/414/0614141000029", nil
		_, err = read.Verify(got.Root())
		require.ErrorIs(t, err, telemetry.ErrProof, "the root stands for the place, too")
	})
}

func TestASignedRecordingWithABadOptionIsRefused(t *testing.T) {
	for _, b := range signedBreaks {
		t.Run(b.name, func(t *testing.T) {
			f := good()
			b.change(&f)
			_, err := telemetry.Decode(f.encode(t))
			require.ErrorIs(t, err, map[string]error{"malformed": telemetry.ErrFormat, "limit": telemetry.ErrLimit}[b.expect])
		})
	}
}
