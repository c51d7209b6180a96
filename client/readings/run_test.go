package readings_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// requireOurs checks that an error is one that a caller can match.
func requireOurs(t require.TestingT, err error) {
	var listed *readings.InputError
	require.True(t, errors.As(err, &listed), "%v", err)
	require.True(t, errors.Is(err, telemetry.ErrFormat) || errors.Is(err, telemetry.ErrLimit), "%v", err)
	require.NotEmpty(t, err.Error())
}

func run(n int) readings.Run {
	r := readings.Run{Device: "/8004/0614141LOGGER1", Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i := range n {
		r.Readings = append(r.Readings, telemetry.Reading{Time: start + int64(i)*1000, Value: 50 + int64(i%7)})
	}
	return r
}

func TestALongRunBecomesRecordingsThatContinueOneAnother(t *testing.T) {
	r := run(2*telemetry.MaxReadings + 5)
	first := telemetry.Draft{Sequence: 7, Previous: telemetry.Hash{1}, Place: "/414/0614141000012", Gateway: "/8004/0614141GATE1"}
	drafts, err := r.Drafts(first)
	require.NoError(t, err)
	require.Len(t, drafts, 3)
	require.Equal(t, telemetry.Hash{1}, drafts[0].Previous)
	require.Zero(t, drafts[1].Previous)
	require.Equal(t, uint64(9), drafts[2].Sequence)
	require.Len(t, drafts[2].Readings, 5)
	require.Equal(t, "/414/0614141000012", drafts[2].Place)
	require.Equal(t, r.Readings, sealed(t, r, first))
}

func TestWhatTheInputDoesNotSayMustBeSaid(t *testing.T) {
	for name, c := range map[string]struct {
		run   func(*readings.Run)
		first telemetry.Draft
		want  error
		says  string
	}{
		"no device":       {func(r *readings.Run) { r.Device = "" }, telemetry.Draft{}, telemetry.ErrFormat, "device"},
		"no measurement":  {func(r *readings.Run) { r.Measurement = "" }, telemetry.Draft{}, telemetry.ErrFormat, "measurement"},
		"no unit":         {func(r *readings.Run) { r.Unit = "" }, telemetry.Draft{}, telemetry.ErrFormat, "unit"},
		"no readings":     {func(r *readings.Run) { r.Readings = nil }, telemetry.Draft{}, telemetry.ErrLimit, "without readings"},
		"readings twice":  {func(*readings.Run) {}, telemetry.Draft{Readings: run(1).Readings}, telemetry.ErrFormat, "readings"},
		"another scale":   {func(*readings.Run) {}, telemetry.Draft{Scale: 1}, telemetry.ErrFormat, "scale"},
		"no previous one": {func(*readings.Run) {}, telemetry.Draft{Sequence: 2}, telemetry.ErrFormat, "recording 1 of 1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(3)
			c.run(&r)
			_, err := r.Seal(rand.Reader, deviceKey(), c.first)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
		})
	}
	named := run(3)
	named.Device, named.Unit = "", ""
	recordings, err := named.Seal(rand.Reader, deviceKey(), telemetry.Draft{Device: "/8004/0614141LOGGER1", Unit: "CEL"})
	require.NoError(t, err)
	require.Equal(t, run(3), readings.Of(recordings[0]))
}
