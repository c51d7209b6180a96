package condition_test

import (
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

const minute = 60_000

func amount(t require.TestingT, text string) *evaluation.Amount {
	var a evaluation.Amount
	require.NoError(t, a.UnmarshalText([]byte(text)))
	return &a
}

func ms(n int64) *int64 { return &n }

// vaccine is 2 to 8 degrees, excursions of up to 10 minutes, 15 in all.
func vaccine(t require.TestingT) evaluation.Terms {
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 10 * minute, Between: evaluation.Linear,
		Bands: []evaluation.Band{{
			Name: "2-8", Lower: amount(t, "2"), Upper: amount(t, "8"), LongestExcursionMs: ms(10 * minute), AllowanceMs: ms(15 * minute),
		}},
	}
}

// at takes minute and tenth of a degree, in turn.
func at(pairs ...int64) []telemetry.Reading {
	var readings []telemetry.Reading
	for i := 0; i < len(pairs); i += 2 {
		readings = append(readings, telemetry.Reading{Time: pairs[i] * minute, Value: pairs[i+1]})
	}
	return readings
}
