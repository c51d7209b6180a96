package readings

import (
	"cmp"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Counts says what of an input did not become a reading.
type Counts struct {
	// Duplicates were dropped, because time and value stood there already.
	Duplicates int
	// Empty have no value.
	Empty int
	// Unsorted have a time before the one above; they were put in order.
	Unsorted int
	// Other are of another device, or hold no number.
	Other int
}

// point is one value as the input has it.
type point struct {
	at    int64 // milliseconds since 1970
	value int64
	scale int
	place int // line, record or report
}

// series gathers the points of one run.
type series struct {
	run    Run
	points []point
	name   func(place int) string
	// deviceless: nothing says of which device a place is.
	deviceless bool
}

// finish puts the points in order and brings them to one scale. The same time
// with two values is a fault: nobody but the logger's owner can say which holds.
func (s *series) finish(counts *Counts, faults *InputError) Run {
	run := s.run
	for i, p := range s.points {
		run.Scale = min(run.Scale, p.scale)
		if i > 0 && p.at < s.points[i-1].at {
			counts.Unsorted++
		}
	}
	slices.SortStableFunc(s.points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	run.Readings = make([]telemetry.Reading, 0, len(s.points))
	first := 0 // the place that the last reading came from
	for _, p := range s.points {
		value, ok := telemetry.Rescale(p.value, p.scale, run.Scale)
		if !ok || !fits(value, run.Scale) {
			faults.add(s.name(p.place), p.place, limitError("the value does not fit %d decimals, which another needs", -run.Scale))
			continue
		}
		last := len(run.Readings) - 1
		switch {
		case last < 0 || run.Readings[last].Time != p.at:
			run.Readings, first = append(run.Readings, telemetry.Reading{Time: p.at, Value: value}), p.place
		case run.Readings[last].Value == value:
			counts.Duplicates++
		default:
			faults.add(s.name(p.place), p.place, s.contradiction(first))
		}
	}
	return run
}

// contradiction is a place with another value than the first, for the same time.
// Lines may be of several devices, told apart by a column.
func (s *series) contradiction(first int) error {
	err := formatError("another value than %s for the same time", s.name(first))
	if s.deviceless {
		return unsaid(err, "DeviceColumn", "Device")
	}
	return err
}

// fits reports whether a value is within telemetry.MaxMagnitude.
func fits(value int64, scale int) bool {
	limit := telemetry.MaxMagnitude * telemetry.Factor(0) / telemetry.Factor(scale)
	return value <= limit && value >= -limit
}

// inTime checks that a time can stand in a recording.
func inTime(ms int64) (int64, error) {
	if ms < 0 || ms > telemetry.MaxTime {
		return 0, limitError("a time outside 1970 to 9999")
	}
	return ms, nil
}
