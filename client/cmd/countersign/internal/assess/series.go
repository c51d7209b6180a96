package assess

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// Series is what one device measured of one quantity, from however many files.
type Series struct {
	// Device is empty when the files do not say.
	Device string
	// Measurement is the type of measurement as in GS1's CBV, empty when the
	// files do not say; Component the part of a compound quantity.
	Measurement, Component string
	// Unit is the UN/ECE Recommendation 20 code, empty when the files do not say.
	Unit string
	// Readings rise in time; values are in units of ten to the power of Scale.
	Readings []telemetry.Reading
	Scale    int
	readings.Counts
	// Files are where they stood, each once.
	Files []string
	// Chain is of recordings, nil for other files.
	Chain *Chain
}

// part is what one file has of one series.
type part struct {
	file string
	readings.Run
	counts readings.Counts
	sealed *telemetry.Recording // nil for other files
}

func count(into *readings.Counts, more readings.Counts) {
	into.Duplicates += more.Duplicates
	into.Empty += more.Empty
	into.Unsorted += more.Unsorted
	into.Other += more.Other
}

// ConflictError says that two files, or two places in one, have different values
// for the same time. Nobody but the logger's owner can say which holds.
type ConflictError struct {
	Device, File, Other string
	At                  evaluation.Moment
	Values              [2]string
}

func (e *ConflictError) Error() string {
	where := e.File
	if e.Other != e.File {
		where += " and " + e.Other
	}
	return fmt.Sprintf("%s: two values for %s: %s and %s", where, e.At, e.Values[0], e.Values[1])
}

// join makes one series of its parts, which agree in device, measurement,
// component and unit.
func join(parts []part) (Series, error) {
	first := parts[0]
	s := Series{Device: first.Device, Measurement: first.Measurement, Component: first.Component, Unit: first.Unit, Scale: first.Scale}
	total := 0
	for _, p := range parts {
		s.Scale = min(s.Scale, p.Scale)
		count(&s.Counts, p.counts)
		total += len(p.Readings)
		if !slices.Contains(s.Files, p.file) {
			s.Files = append(s.Files, p.file)
		}
	}
	all := make([]telemetry.Reading, 0, total)
	for _, p := range parts {
		for _, r := range p.Readings {
			value, ok := telemetry.Rescale(r.Value, p.Scale, s.Scale)
			if !ok || !fits(value, s.Scale) {
				return Series{}, fmt.Errorf("%s: the value %s does not fit %d decimals, which others have", p.file, telemetry.FormatDecimal(r.Value, p.Scale), -s.Scale)
			}
			all = append(all, telemetry.Reading{Time: r.Time, Value: value})
		}
	}
	if len(parts) > 1 {
		slices.SortStableFunc(all, func(a, b telemetry.Reading) int { return cmp.Compare(a.Time, b.Time) })
	}
	return s, s.take(all, parts)
}

// fits reports whether a value is within the limits of a recording.
func fits(value int64, scale int) bool {
	most := telemetry.MaxMagnitude * 1_000_000_000 / telemetry.Factor(scale)
	return value <= most && value >= -most
}

// take drops repeated readings and refuses contradicting ones.
func (s *Series) take(all []telemetry.Reading, parts []part) error {
	s.Readings = all[:0]
	for _, r := range all {
		n := len(s.Readings)
		switch {
		case n == 0 || s.Readings[n-1].Time != r.Time:
			s.Readings = append(s.Readings, r)
		case s.Readings[n-1].Value == r.Value:
			s.Duplicates++
		default:
			return s.conflict(s.Readings[n-1], r, parts)
		}
	}
	return nil
}

func (s *Series) conflict(a, b telemetry.Reading, parts []part) error {
	conflict := &ConflictError{Device: s.Device, At: evaluation.Moment(a.Time)}
	for i, r := range [2]telemetry.Reading{a, b} {
		conflict.Values[i] = telemetry.FormatDecimal(r.Value, s.Scale)
	}
	conflict.File, conflict.Other = holder(parts, a, s.Scale), holder(parts, b, s.Scale)
	return conflict
}

// holder returns the file that has a reading.
func holder(parts []part, r telemetry.Reading, scale int) string {
	for _, p := range parts {
		at, found := slices.BinarySearchFunc(p.Readings, r.Time, func(x telemetry.Reading, t int64) int { return cmp.Compare(x.Time, t) })
		if !found {
			continue
		}
		if value, ok := telemetry.Rescale(p.Readings[at].Value, p.Scale, scale); ok && value == r.Value {
			return p.file
		}
	}
	return parts[0].file
}
