package readings

import (
	"crypto"
	"fmt"
	"io"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Run is what one device measured of one quantity, in rising order of time.
type Run struct {
	// Device names the device as the source does; a GS1 key in canonical
	// Digital Link form without the domain, such as /8004/0614141LOGGER1. Empty
	// when the source does not say.
	Device string
	// Measurement, Unit and Component are as in [telemetry.Header]; Measurement
	// and Unit are empty when the source does not say.
	Measurement, Unit, Component string
	// Scale is the power of ten that values are counted in: the coarsest, at
	// most 0, that holds each of them exactly.
	Scale int
	// Readings rise in time.
	Readings []telemetry.Reading
}

// Of returns what is in a recording.
func Of(recording *telemetry.Recording) Run {
	h := recording.Header()
	return Run{
		Device: h.Device, Measurement: h.Measurement, Unit: h.Unit, Component: h.Component,
		Scale: h.Scale, Readings: recording.Readings(),
	}
}

// Drafts cuts the run into recordings of at most [telemetry.MaxReadings].
// first says what the run does not: Sequence and Previous of the first (0 and
// none for the device's first ever), Place, Position, Gateway, Chunk, and
// whatever else it sets in place of the run's own. Sequence numbers go on from
// draft to draft; Previous of all but the first is the root of the one before,
// which is known only when that is sealed: see [Run.Seal].
//
// It fails with [telemetry.ErrLimit] for a run without readings, and with
// [telemetry.ErrFormat] when neither run nor first name device, measurement and
// unit, or first has readings or another scale.
func (r Run) Drafts(first telemetry.Draft) ([]telemetry.Draft, error) {
	if len(r.Readings) == 0 {
		return nil, fmt.Errorf("%w: a run without readings", telemetry.ErrLimit)
	}
	if first.Readings != nil || first.Scale != 0 {
		return nil, fmt.Errorf("%w: readings and their scale come from the run", telemetry.ErrFormat)
	}
	for _, field := range []struct {
		name string
		to   *string
		own  string
	}{
		{"device", &first.Device, r.Device},
		{"measurement", &first.Measurement, r.Measurement},
		{"unit", &first.Unit, r.Unit},
	} {
		if *field.to == "" {
			*field.to = field.own
		}
		if *field.to == "" {
			return nil, fmt.Errorf("%w: nothing says the %s; name it", telemetry.ErrFormat, field.name)
		}
	}
	if first.Component == "" {
		first.Component = r.Component
	}
	first.Scale, first.Sequence = r.Scale, max(first.Sequence, 1)
	var drafts []telemetry.Draft
	for rest := r.Readings; len(rest) > 0; {
		n := min(len(rest), telemetry.MaxReadings)
		draft := first
		draft.Sequence += uint64(len(drafts))
		draft.Readings, rest = rest[:n:n], rest[n:]
		if len(drafts) > 0 {
			draft.Previous = telemetry.Hash{}
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// Seal cuts the run as [Run.Drafts] does and seals the drafts one after
// another, each naming the one before. The last of them is what the device's
// next recording continues. It fails as [Run.Drafts] and [telemetry.Seal] do.
func (r Run) Seal(random io.Reader, key crypto.Signer, first telemetry.Draft) ([]*telemetry.Recording, error) {
	drafts, err := r.Drafts(first)
	if err != nil {
		return nil, err
	}
	recordings := make([]*telemetry.Recording, len(drafts))
	for i, draft := range drafts {
		if i > 0 {
			draft.Previous = recordings[i-1].Root()
		}
		if recordings[i], err = telemetry.Seal(random, key, draft); err != nil {
			return nil, fmt.Errorf("recording %d of %d: %w", i+1, len(drafts), err)
		}
	}
	return recordings, nil
}
