package telemetry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Readings that are all the same take next to no bytes: what a sequence unpacks to is
// bounded for itself, so that a small transaction cannot fill the memory of endorsers.
func TestASmallSequenceDoesNotUnpackToAnyNumberOfReadings(t *testing.T) {
	readings := make([]telemetry.Reading, telemetry.MaxReadings)
	for i := range readings {
		readings[i].Time = int64(i) * 60_000
	}
	d := draft(readings...)
	d.Chunk = telemetry.MaxChunk
	one := seal(t, edKey(), d)
	require.Less(t, len(one.Bytes()), 4096)
	many := make([]*telemetry.Recording, telemetry.MaxSequenceReadings/telemetry.MaxReadings)
	for i := range many {
		many[i] = one
	}
	data, err := telemetry.JoinSequence(many...)
	require.NoError(t, err)
	_, err = telemetry.DecodeSequence(data, telemetry.MaxSequence)
	require.NoError(t, err)

	_, err = telemetry.JoinSequence(append(many, one)...)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = telemetry.DecodeSequence(append(data, one.Bytes()...), telemetry.MaxSequence)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	var named *telemetry.SequenceError
	require.ErrorAs(t, err, &named)
	require.Equal(t, len(many), named.Index)
}
