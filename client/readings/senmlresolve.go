package readings

import (
	"math/big"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// resolver applies base fields to records (RFC 8428, section 4.6).
type resolver struct {
	options SenML
	pack    Pack
	faults  InputError
	byKey   map[senmlKey]*series
	order   []*series

	version            int64
	baseName, baseUnit string
	baseTime           big.Rat
	baseValue          big.Rat
	// hasBaseValue and hasBaseSum make up for a value or sum that is missing.
	hasBaseValue, hasBaseSum bool
}

// absolute is where times since 1970 begin: below, they are relative.
var absolute = big.NewRat(1<<28, 1)

// record resolves record i. broken says that it could not be read.
func (s *resolver) record(i int, r *senmlRecord, broken error) {
	err := broken
	if err == nil {
		err = s.resolve(i, r)
	}
	if err != nil {
		s.faults.add(recordName(i), i, err)
	}
}

func (s *resolver) resolve(i int, r *senmlRecord) error {
	if err := s.base(i, r); err != nil || r.baseOnly() {
		return err
	}
	name := s.baseName + r.texts[fieldName]
	if !isSenMLName(name) {
		return formatError("%q is no name of RFC 8428, section 4.5.1", clip(name))
	}
	unit := s.baseUnit
	if r.has[fieldUnit] {
		unit = r.texts[fieldUnit]
	}
	switch n := r.values(); {
	case n > 1:
		return formatError("%d values in one record", n)
	case n == 0 && (r.has[fieldSum] || s.hasBaseSum), r.has[fieldText], r.has[fieldData]:
		s.pack.skip(name + ": no number")
		return nil
	case n == 0 && !s.hasBaseValue:
		return formatError("no value")
	}
	at, err := s.time(r)
	if err != nil {
		return err
	}
	return s.add(i, name, unit, at, r)
}

// base takes the base fields of a record, which hold until they are set anew.
func (s *resolver) base(i int, r *senmlRecord) error {
	if r.has[fieldVersion] {
		if err := s.setVersion(i, r.number(fieldVersion)); err != nil {
			return err
		}
	}
	if r.has[fieldBaseName] {
		s.baseName = r.texts[fieldBaseName]
	}
	if r.has[fieldBaseUnit] {
		s.baseUnit = r.texts[fieldBaseUnit]
	}
	if r.has[fieldBaseTime] {
		s.baseTime.Set(r.number(fieldBaseTime))
	}
	if r.has[fieldBaseValue] {
		s.baseValue.Set(r.number(fieldBaseValue))
		s.hasBaseValue = true
	}
	s.hasBaseSum = s.hasBaseSum || r.has[fieldBaseSum]
	return nil
}

// setVersion checks the version, which is one for the whole pack.
func (s *resolver) setVersion(i int, version *big.Rat) error {
	if !version.IsInt() || version.Sign() <= 0 || !version.Num().IsInt64() {
		return formatError("a version is a whole number above 0")
	}
	v := version.Num().Int64()
	switch {
	case v > senmlVersion && v != senmlSecondary:
		return formatError("SenML of version %d; this reads %d and %d", v, senmlVersion, senmlSecondary)
	case i > 0 && v != s.version:
		return formatError("another version than the records before")
	}
	s.version = v
	return nil
}

// time returns when a record was measured, in milliseconds since 1970.
func (s *resolver) time(r *senmlRecord) (int64, error) {
	seconds := new(big.Rat).Add(&s.baseTime, r.number(fieldTime))
	if seconds.Cmp(absolute) >= 0 {
		return toMillis(seconds)
	}
	if s.options.Now.IsZero() {
		return 0, unsaid(formatError("a time relative to now (below 2^28); say when the pack arrived"), "Now")
	}
	return toMillis(seconds.Add(seconds, big.NewRat(s.options.Now.UnixMilli(), 1000)))
}

// add puts a value into its run.
func (s *resolver) add(i int, name, unit string, at int64, r *senmlRecord) error {
	value, scale := int64(0), 0
	if r.has[fieldBool] {
		unit = senmlBoolean
		if r.truth {
			value = 1
		}
	} else {
		sum := new(big.Rat).Add(&s.baseValue, r.number(fieldValue))
		var err error
		if value, scale, err = fromRat(round(sum, s.options.Places)); err != nil {
			if _, _, still := fromRat(round(sum, mostPlaces)); still == nil {
				err = unsaid(err, "Places")
			}
			return err
		}
	}
	key := senmlKey{name, unit}
	run, ok := s.byKey[key]
	if !ok {
		of, known := senmlQuantity(unit)
		if !known {
			s.pack.skip(name + " in " + unit)
			return nil
		}
		run = &series{name: recordName, run: Run{Device: deviceOf(name), Measurement: of.measurement, Unit: of.unit, Component: of.component}}
		s.byKey[key] = run
		s.order = append(s.order, run)
	}
	run.points = append(run.points, point{at: at, value: value, scale: scale, place: i})
	return nil
}

// deviceOf returns a device's GS1 key in canonical form, or the name as it is.
func deviceOf(name string) string {
	if id, err := gs1.Parse(name); err == nil && (id.Kind() == gs1.GIAI || id.Kind() == gs1.GRAI) {
		return id.Path()
	}
	return name
}

func (s *resolver) finish() (*Pack, error) {
	for _, series := range s.order {
		s.pack.Runs = append(s.pack.Runs, series.finish(&s.pack.Counts, &s.faults))
	}
	if err := s.faults.orNil(); err != nil {
		return nil, err
	}
	return &s.pack, nil
}

// isSenMLName reports whether a name has the characters that RFC 8428, section
// 4.5.1, allows.
func isSenMLName(name string) bool {
	if name == "" || strings.IndexByte("-:./_", name[0]) >= 0 {
		return false
	}
	for _, c := range []byte(name) {
		if !isLetter(c) && (c < '0' || c > '9') && strings.IndexByte("-:./_", c) < 0 {
			return false
		}
	}
	return true
}
