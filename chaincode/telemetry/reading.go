package telemetry

import (
	"errors"
	"fmt"
	"time"
)

// Errors that a caller can match with errors.Is.
var (
	// ErrFormat: the bytes or fields are not a recording or proof in the one
	// canonical form.
	ErrFormat = errors.New("malformed")
	// ErrLimit: a size, count or value is over a stated limit.
	ErrLimit = errors.New("over the limit")
	// ErrSignature: the signature does not verify with the key.
	ErrSignature = errors.New("signature does not verify")
	// ErrProof: a proof does not lead to the root.
	ErrProof = errors.New("proof does not lead to the root")
)

// Limits of a recording.
const (
	// MaxReadings bounds the readings of one recording; longer runs are
	// several recordings.
	MaxReadings = 100_000
	// MaxBytes bounds an encoded recording, in bytes: above what MaxReadings
	// of the widest deltas take.
	MaxBytes = 2 << 20
	// MaxTime bounds times: 9999-12-31T23:59:59.999Z in milliseconds.
	MaxTime int64 = 253_402_300_799_999
	// MaxMagnitude bounds a value, in whole units of its measure: four
	// thousand million, so that every value and every difference of two is an
	// int64 count of thousand-millionths.
	MaxMagnitude int64 = 4_000_000_000
)

// Reading is one measurement.
type Reading struct {
	// Time is when, in milliseconds since 1970-01-01T00:00:00Z.
	Time int64
	// Value is the measured value in units of ten to the power of the
	// recording's scale.
	Value int64
}

// At returns the time of the reading, UTC.
func (r Reading) At() time.Time { return time.UnixMilli(r.Time).UTC() }

// interval returns the distance in milliseconds of readings on a regular grid,
// or 0 when they are not on one, or fewer than two.
func interval(readings []Reading) int64 {
	if len(readings) < 2 {
		return 0
	}
	step := readings[1].Time - readings[0].Time
	for i := 2; i < len(readings); i++ {
		if readings[i].Time-readings[i-1].Time != step {
			return 0
		}
	}
	return step
}

func formatError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrFormat, fmt.Errorf(format, args...))
}

func limitError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrLimit, fmt.Errorf(format, args...))
}
