package evaluation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// BenchmarkEvaluate measures what one reading costs, a minute after the other,
// in tenths of a degree. Its budget is 60 ns.
func BenchmarkEvaluate(b *testing.B) {
	calm := func(i int) int64 { return 50 + int64(i%23) }
	restless := func(i int) int64 { return 60 + int64(i%7)*int64(1-i%2*2)*10 } // in and out of both sides, nearly every time
	one := vaccine(b)
	four := vaccine(b)
	for _, name := range []string{"0-15", "-5-25", "1-9"} {
		four.Bands = append(four.Bands, evaluation.Band{
			Name: name, Lower: amount(b, "0"), Upper: amount(b, "15"), AllowanceMs: ms(60 * minute), MinimumMs: minute, Hysteresis: amount(b, "0.5"),
		})
	}
	warm := vaccine(b)
	warm.MKT = &evaluation.MKT{Upper: *amount(b, "25"), BucketMs: 24 * 60 * minute, Buckets: 30, ActivationEnergy: 83_144}
	watchful := vaccine(b)
	watchful.Plausible = &evaluation.Plausible{Lowest: amount(b, "-40"), Highest: amount(b, "85"), MostPerMinute: amount(b, "20"), StuckMs: ms(600 * minute)}
	all := four
	all.MKT, all.Plausible = warm.MKT, watchful.Plausible
	for _, c := range []struct {
		name   string
		terms  evaluation.Terms
		values func(int) int64
	}{
		{"one band", one, calm},
		{"4 bands", four, calm},
		{"MKT", warm, calm},
		{"plausibility", watchful, calm},
		{"excursions", one, restless},
		{"4 bands and excursions", four, restless},
		{"MKT and excursions", warm, restless},
		{"all", all, calm},
	} {
		b.Run(c.name, func(b *testing.B) {
			_, text := c.terms.Check()
			require.Empty(b, text)
			readings := make([]telemetry.Reading, 64_000)
			for i := range readings {
				readings[i] = telemetry.Reading{Time: int64(i) * minute, Value: c.values(i)}
			}
			for b.Loop() {
				var tally evaluation.Tally
				tally.Evaluate(c.terms, evaluation.Window{End: evaluation.Open}, readings, -1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64_000, "ns/reading")
		})
	}
}
