package evaluation_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// FuzzEvaluate: whatever terms that pass their check, and whatever readings:
// nothing panics, and a cut changes nothing.
func FuzzEvaluate(f *testing.F) {
	for _, terms := range []evaluation.Terms{vaccine(f), refrigerated(f), roomTemperature(f), frozen(f), every(f)} {
		encoded, err := json.Marshal(terms)
		require.NoError(f, err)
		f.Add(encoded, []byte{1, 90, 2, 50, 3, 120, 200, 3, 4, 4, 255, 255, 9, 9, 0, 0}, int8(-1), int64(1_000_000), int64(3_600_000), uint16(7))
		f.Add(encoded, []byte{255, 0, 255, 255, 255, 0, 255, 127}, int8(9), int64(0), int64(-1), uint16(3))
	}
	f.Fuzz(func(t *testing.T, encoded, steps []byte, scale int8, start, length int64, cut uint16) {
		var terms evaluation.Terms
		if json.Unmarshal(encoded, &terms) != nil {
			return
		}
		if pointer, text := terms.Check(); text != "" {
			require.LessOrEqual(t, len(pointer), 64)
			return
		}
		if scale < telemetry.MinScale || scale > telemetry.MaxScale || start < 0 || start > telemetry.MaxTime {
			return
		}
		window := evaluation.Window{Start: evaluation.Moment(start), End: evaluation.Open}
		if length >= 0 {
			window.End = evaluation.Moment(min(start+length%telemetry.MaxTime, telemetry.MaxTime))
		}
		readings := fuzzReadings(steps, int(scale), start)
		var whole, parts evaluation.Tally
		all := whole.Evaluate(terms, window, readings, int(scale))
		at := min(int(cut), len(readings))
		first := parts.Evaluate(terms, window, readings[:at], int(scale))
		parts = stored(t, parts)
		second := parts.Evaluate(terms, window, readings[at:], int(scale))
		require.Equal(t, whole, parts)
		require.Equal(t, all.Break, evaluation.Join(first.Break, second.Break))
		whole.Judge(terms, window, evaluation.Moment(start+length/2))
		whole.MeanKinetic(terms)
	})
}

// fuzzReadings makes readings of steps: of time, long for large ones, and of
// value, up to the limits.
func fuzzReadings(steps []byte, scale int, start int64) []telemetry.Reading {
	var readings []telemetry.Reading
	at, most := max(0, start-100_000), telemetry.MaxMagnitude*1_000_000_000/telemetry.Factor(scale)
	for i := 0; i+1 < len(steps); i += 2 {
		step := int64(steps[i]) + 1
		if steps[i] > 200 {
			step <<= (steps[i] - 200) / 2
		}
		if at += step; at > telemetry.MaxTime {
			break
		}
		value := int64(int8(steps[i+1]))
		switch steps[i+1] {
		case 127:
			value = most
		case 128:
			value = -most
		}
		readings = append(readings, telemetry.Reading{Time: at, Value: max(-most, min(most, value))})
	}
	return readings
}
