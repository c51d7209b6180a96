package telemetry_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

const start = 1_772_352_000_000 // 2026-03-01T08:00:00Z

func edKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func ecKey(t require.TestingT) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func draft(readings ...telemetry.Reading) telemetry.Draft {
	return telemetry.Draft{
		Device: "/8004/0614141LOGGER1", Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1,
		Readings: readings,
	}
}

// grid returns n readings a minute apart, with values that wander.
func grid(n int) []telemetry.Reading {
	readings := make([]telemetry.Reading, n)
	for i := range readings {
		readings[i] = telemetry.Reading{Time: start + int64(i)*60_000, Value: 50 + int64(i*i%7) - 3}
	}
	return readings
}

func seal(t require.TestingT, key crypto.Signer, d telemetry.Draft) *telemetry.Recording {
	r, err := telemetry.Seal(rand.Reader, key, d)
	require.NoError(t, err)
	return r
}

func drawReadings(t *rapid.T) []telemetry.Reading {
	n := rapid.IntRange(1, 600).Draw(t, "n")
	step := rapid.SampledFrom([]int64{1, 100, 60_000, 1 << 33}).Draw(t, "step")
	regular := rapid.Bool().Draw(t, "regular")
	spread := rapid.SampledFrom([]int64{0, 1, 120, 1 << 20, 4e18}).Draw(t, "spread")
	readings := make([]telemetry.Reading, n)
	at := rapid.Int64Range(0, start).Draw(t, "start")
	for i := range readings {
		readings[i] = telemetry.Reading{Time: at, Value: rapid.Int64Range(-spread, spread).Draw(t, "value")}
		at += step
		if !regular {
			at += rapid.Int64Range(0, step).Draw(t, "jitter")
		}
	}
	return readings
}

func TestWhatIsSealedIsDecodedToTheLastReading(t *testing.T) {
	ec := ecKey(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draft(drawReadings(t)...)
		d.Scale = -9
		d.Sequence = rapid.Uint64Min(2).Draw(t, "sequence")
		d.Previous = telemetry.Hash{1}
		d.Chunk = rapid.IntRange(telemetry.MinChunk, telemetry.MaxChunk).Draw(t, "chunk")
		key := rapid.SampledFrom([]crypto.Signer{edKey(), ec}).Draw(t, "key")
		sealed := seal(t, key, d)
		got, err := telemetry.Decode(sealed.Bytes())
		require.NoError(t, err)
		require.NoError(t, got.Verify(key.Public()))
		require.Equal(t, d.Readings, got.Readings())
		h := got.Header()
		require.Equal(t, telemetry.Header{
			Device: d.Device, Sequence: d.Sequence, Previous: d.Previous, Measurement: d.Measurement, Unit: d.Unit,
			Scale: d.Scale, Start: d.Readings[0].Time, Interval: h.Interval, Count: len(d.Readings), Chunk: d.Chunk, Root: got.Root(),
		}, h)
		require.Equal(t, sealed.Root(), got.Root())
	})
}

func TestTheLargestRecordingFitsItsLimit(t *testing.T) {
	readings := make([]telemetry.Reading, telemetry.MaxReadings)
	at := int64(start)
	for i := range readings {
		readings[i] = telemetry.Reading{Time: at, Value: int64(1-2*(i%2)) * 4e18}
		at += 1 + int64(i%2)*(1<<31)
	}
	d := draft(readings...)
	d.Scale, d.Chunk = -9, telemetry.MinChunk
	r := seal(t, edKey(), d)
	require.Equal(t, readings, r.Readings())
	require.LessOrEqual(t, len(r.Bytes()), telemetry.MaxBytes)

	_, err := telemetry.Seal(rand.Reader, edKey(), draft(make([]telemetry.Reading, telemetry.MaxReadings+1)...))
	require.ErrorIs(t, err, telemetry.ErrLimit)
}

func TestAGridMayBeAsWideAsTimeItself(t *testing.T) {
	d := draft(telemetry.Reading{Time: 0}, telemetry.Reading{Time: telemetry.MaxTime})
	require.Equal(t, telemetry.MaxTime, seal(t, edKey(), d).Header().Interval)
}

func TestARegularGridCostsFewBytes(t *testing.T) {
	r := seal(t, edKey(), draft(grid(64_000)...))
	require.Less(t, len(r.Bytes()), 64_000*5/4, "1 byte a reading and 9 a chunk of 64")
	require.Equal(t, int64(60_000), r.Header().Interval)
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	for _, key := range []crypto.Signer{edKey(), ecKey(t)} {
		irregular := grid(70)
		irregular[3].Time++
		for _, d := range []telemetry.Draft{draft(grid(70)...), draft(irregular...)} {
			good := seal(t, key, d).Bytes()
			for i := range good {
				for _, flip := range []byte{1, 0x80, 0xff} {
					bad := bytes.Clone(good)
					bad[i] ^= flip
					if r, err := telemetry.Decode(bad); err == nil {
						require.ErrorIs(t, r.Verify(key.Public()), telemetry.ErrSignature, "byte %d", i)
					} else {
						require.True(t, isOurs(err), "byte %d: %v", i, err)
					}
				}
			}
			for i := range good {
				_, err := telemetry.Decode(good[:i])
				require.ErrorIs(t, err, telemetry.ErrFormat)
			}
			_, err := telemetry.Decode(append(bytes.Clone(good), 0))
			require.ErrorIs(t, err, telemetry.ErrFormat)
		}
	}
}

func TestASignatureIsGoodForItsKeyAlone(t *testing.T) {
	ed, ec := edKey(), ecKey(t)
	r := seal(t, ed, draft(grid(3)...))
	require.NoError(t, r.Verify(ed.Public()))
	require.ErrorIs(t, r.Verify(ed), telemetry.ErrSignature, "a private key")
	require.ErrorIs(t, r.Verify(ec.Public()), telemetry.ErrSignature)
	require.ErrorIs(t, r.Verify(ed25519.NewKeyFromSeed(make([]byte, 32)).Public()), telemetry.ErrSignature)
	require.ErrorIs(t, r.Verify(ed25519.PublicKey{1}), telemetry.ErrSignature)
	require.ErrorIs(t, r.Verify(nil), telemetry.ErrSignature)
	require.ErrorIs(t, seal(t, ec, draft(grid(3)...)).Verify(ecKey(t).Public()), telemetry.ErrSignature)

	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, err = telemetry.Seal(rand.Reader, p384, draft(grid(3)...))
	require.ErrorIs(t, err, telemetry.ErrFormat)
}

func TestAKeyIsReadForItsAlgorithmAlone(t *testing.T) {
	ec := ecKey(t)
	der, err := x509.MarshalPKIXPublicKey(ec.Public())
	require.NoError(t, err)
	key, err := telemetry.ParseKey(telemetry.ES256, der)
	require.NoError(t, err)
	require.True(t, ec.PublicKey.Equal(key))
	_, err = telemetry.ParseKey(telemetry.EdDSA, der)
	require.ErrorIs(t, err, telemetry.ErrFormat)
	_, err = telemetry.ParseKey(telemetry.ES256, der[1:])
	require.ErrorIs(t, err, telemetry.ErrFormat)
}

func TestADraftThatIsNoRecordingIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*telemetry.Draft)
		want   error
	}{
		"no readings":            {func(d *telemetry.Draft) { d.Readings = nil }, telemetry.ErrLimit},
		"no device":              {func(d *telemetry.Draft) { d.Device = "" }, telemetry.ErrFormat},
		"a device with a space":  {func(d *telemetry.Draft) { d.Device = "a b" }, telemetry.ErrFormat},
		"sequence 0":             {func(d *telemetry.Draft) { d.Sequence = 0 }, telemetry.ErrFormat},
		"first with a previous":  {func(d *telemetry.Draft) { d.Previous = telemetry.Hash{1} }, telemetry.ErrFormat},
		"second without":         {func(d *telemetry.Draft) { d.Sequence = 2 }, telemetry.ErrFormat},
		"unit by name":           {func(d *telemetry.Draft) { d.Unit = "celsius" }, telemetry.ErrFormat},
		"no measurement":         {func(d *telemetry.Draft) { d.Measurement = "" }, telemetry.ErrFormat},
		"scale too fine":         {func(d *telemetry.Draft) { d.Scale = -10 }, telemetry.ErrLimit},
		"scale too coarse":       {func(d *telemetry.Draft) { d.Scale = 10 }, telemetry.ErrLimit},
		"chunk too small":        {func(d *telemetry.Draft) { d.Chunk = 7 }, telemetry.ErrLimit},
		"chunk too large":        {func(d *telemetry.Draft) { d.Chunk = 257 }, telemetry.ErrLimit},
		"times fall at once":     {func(d *telemetry.Draft) { d.Readings[1].Time--; d.Readings[0].Time = d.Readings[1].Time + 9 }, telemetry.ErrFormat},
		"times fall later":       {func(d *telemetry.Draft) { d.Readings[5].Time = d.Readings[3].Time }, telemetry.ErrFormat},
		"times stand still":      {func(d *telemetry.Draft) { d.Readings[1].Time = d.Readings[0].Time; d.Readings = d.Readings[:2] }, telemetry.ErrFormat},
		"before 1970":            {func(d *telemetry.Draft) { d.Readings[0].Time = -1 }, telemetry.ErrLimit},
		"after 9999":             {func(d *telemetry.Draft) { d.Readings[9].Time = telemetry.MaxTime + 1 }, telemetry.ErrLimit},
		"value too large":        {func(d *telemetry.Draft) { d.Readings[4].Value = 40_000_000_001 }, telemetry.ErrLimit},
		"value too small":        {func(d *telemetry.Draft) { d.Readings[4].Value = -1 << 63 }, telemetry.ErrLimit},
		"a time that overflows":  {func(d *telemetry.Draft) { d.Readings[0].Time = -1 << 63 }, nil},
		"times at both extremes": {func(d *telemetry.Draft) { d.Readings[0].Time, d.Readings[1].Time = 1<<63-1, -1<<63 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := draft(grid(10)...)
			c.change(&d)
			_, err := telemetry.Seal(rand.Reader, edKey(), d)
			require.Error(t, err)
			require.True(t, isOurs(err), "%v", err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestTheRootIsTheTreeHeadOfRFC6962(t *testing.T) {
	// An independent reading of the format: leaves cut out by hand, the head by
	// x/mod's own tree code.
	for _, n := range []int{1, 8, 9, 64, 65, 100, 1000} {
		d := draft(grid(n)...)
		d.Chunk = 8
		r := seal(t, edKey(), d)
		proof, err := r.Prove(0, n)
		require.NoError(t, err)
		leaves := append([][]byte{headerLeaf(t, r)}, chunksOf(t, proof)...)
		var stored []tlog.Hash
		reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			hashes := make([]tlog.Hash, len(indexes))
			for i, at := range indexes {
				hashes[i] = stored[at]
			}
			return hashes, nil
		})
		for i, leaf := range leaves {
			hashes, err := tlog.StoredHashes(int64(i), leaf, reader)
			require.NoError(t, err)
			stored = append(stored, hashes...)
		}
		head, err := tlog.TreeHash(int64(len(leaves)), reader)
		require.NoError(t, err)
		require.Equal(t, telemetry.Hash(head), r.Root(), "%d readings", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(seal(f, edKey(), draft(grid(70)...)).Bytes())
	f.Add(seal(f, ecKey(f), draft(grid(1)...)).Bytes())
	irregular := grid(20)
	irregular[3].Time++
	f.Add(seal(f, edKey(), draft(irregular...)).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := telemetry.Decode(data)
		if err != nil {
			if !isOurs(err) {
				t.Fatalf("unmatched error %v", err)
			}
			return
		}
		if !bytes.Equal(r.Bytes(), data) {
			t.Fatal("a second encoding of the same recording")
		}
		proof, err := r.Prove(0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.Verify(r.Root()); err != nil {
			t.Fatal(err)
		}
	})
}
