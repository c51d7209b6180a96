package telemetry_test

import (
	"crypto"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// BenchmarkDecode reads recordings of 100,000 readings whose differences take
// 1, 2 and 4 bytes, on a regular grid and with times of their own. What it
// reports includes the root over all chunks, not the signature.
func BenchmarkDecode(b *testing.B) {
	for _, times := range []string{"grid", "own"} {
		for _, width := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("times=%s/width=%d", times, width), func(b *testing.B) {
				readings := make([]telemetry.Reading, telemetry.MaxReadings)
				for i := range readings {
					readings[i] = telemetry.Reading{Time: start + int64(i)*1000, Value: int64(i%100) << (8 * (width - 1))}
					if times == "own" {
						readings[i].Time += int64(i % 7)
					}
				}
				d := draft(readings...)
				d.Scale = -2
				data := seal(b, edKey(), d).Bytes()
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := telemetry.Decode(data); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/telemetry.MaxReadings, "ns/reading")
			})
		}
	}
}

// BenchmarkVerify checks one signature, which a recording pays once.
func BenchmarkVerify(b *testing.B) {
	for name, key := range map[string]crypto.Signer{"EdDSA": edKey(), "ES256": ecKey(b)} {
		r := seal(b, key, draft(grid(8)...))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, r.Verify(key.Public()))
			}
		})
	}
}
