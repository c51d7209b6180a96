package readings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// csvRow is one line: its time and its value as written.
type csvRow struct {
	line  int
	at    stamp
	value string
}

type csvParser struct {
	given  CSV
	most   int // rows
	text   string
	layout layout
	file   LogFile
	rows   []csvRow
	faults InputError
	unit   string // that stands behind values
}

func lineName(line int) string { return fmt.Sprintf("line %d", line) }

func (p *csvParser) read() (*LogFile, error) {
	var err error
	if p.layout, err = findLayout(p.text, p.given); err != nil {
		return nil, whole(err)
	}
	if err := p.split(); err != nil {
		return nil, err
	}
	o, err := p.settle()
	if err != nil {
		p.faults.add("", 0, err)
		return nil, p.faults.orNil()
	}
	clock := wallClock{zone: o.Zone, overlap: o.Overlap, last: -1}
	s := series{run: Run{Device: p.device(), Measurement: o.Measurement, Unit: o.Unit, Component: p.layout.found.component}, name: lineName, deviceless: p.layout.device < 0}
	s.points = make([]point, 0, len(p.rows))
	for _, row := range p.rows {
		at, err := p.moment(row.at, o, &clock)
		if err != nil {
			p.faults.add(lineName(row.line), row.line, err)
			continue
		}
		value, scale, err := number(row.value, o.Decimal, o.Places)
		if o.Places == 0 && errors.Is(err, telemetry.ErrLimit) {
			if _, _, still := number(row.value, o.Decimal, mostPlaces); still == nil {
				err = unsaid(err, "Places")
			}
		}
		if err != nil {
			p.faults.add(lineName(row.line), row.line, err)
			continue
		}
		s.points = append(s.points, point{at: at, value: value, scale: scale, place: row.line})
	}
	p.file.Run = s.finish(&p.file.Counts, &p.faults)
	if len(p.rows) == 0 && p.faults.Total == 0 {
		p.faults.add("", 0, formatError("no readings"))
	}
	if err := p.faults.orNil(); err != nil {
		return nil, err
	}
	p.file.Columns, p.file.Options = p.layout.header, o
	return &p.file, nil
}

// split takes the lines apart, and collects what is wrong with each.
func (p *csvParser) split() error {
	var fields []string
	rest := p.text
	for line := 1; rest != ""; line++ {
		var text string
		text, rest = cutLine(rest)
		if line < p.layout.from || strings.TrimSpace(text) == "" || text[0] == '#' {
			continue
		}
		if len(p.rows)+p.file.Empty+p.file.Other >= p.most {
			p.faults.add(lineName(line), line, limitError("more than %d rows; split the file", p.most))
			return p.faults.orNil()
		}
		var err error
		if len(text) > maxLine {
			err = limitError("a line of %d bytes", len(text))
		} else if fields, err = splitLine(text, p.layout.comma, fields[:0]); err == nil {
			err = p.take(line, fields)
		}
		if err != nil {
			p.faults.add(lineName(line), line, err)
		}
	}
	return nil
}

// take keeps one row.
func (p *csvParser) take(line int, fields []string) error {
	l := &p.layout
	if len(l.header) > 0 && slices.Equal(fields, l.header) {
		return nil // files put together one after another
	}
	if last := max(slices.Max(l.time), l.value); last >= len(fields) {
		return formatError("%d columns where column %d is needed", len(fields), last+1)
	}
	if len(l.header) > 0 && len(fields) > len(l.header) && strings.Join(fields[len(l.header):], "") != "" {
		return formatError("%d columns where the header has %d", len(fields), len(l.header))
	}
	if l.device >= 0 && !p.ofDevice(fieldAt(fields, l.device)) {
		p.file.Other++
		return nil
	}
	text := fields[l.value]
	if word, ok := switchWords[strings.ToLower(text)]; ok && p.measurement() == "Dimensionless" {
		text = word
	}
	if isEmpty(text) {
		p.file.Empty++
		return nil
	}
	at, err := l.stamp(fields)
	if err != nil {
		return err
	}
	number, unit := cutUnit(text)
	if err := p.sameUnit(unit); err != nil {
		return err
	}
	p.rows = append(p.rows, csvRow{line: line, at: at, value: number})
	return nil
}

// ofDevice reports whether a row is of the device that is read. Without one in
// the options, it is that of the first row; another is refused by settle.
func (p *csvParser) ofDevice(name string) bool {
	if p.given.Device != "" {
		return name == p.given.Device
	}
	if p.file.Device == "" {
		p.file.Device = name
	}
	if name != p.file.Device && name != "" && p.faults.Total == 0 {
		p.faults.add("", 0, unsaid(formatError("column %q names several devices, such as %q and %q; name the one that is meant",
			p.layout.nameOf(p.layout.device), clip(p.file.Device), clip(name)), "Device"))
	}
	return true
}

// device is whose rows were read: some loggers write it in the first row alone.
func (p *csvParser) device() string {
	if p.given.Device != "" {
		return p.given.Device
	}
	return p.file.Device
}

// measurement is what the options or the header say is measured.
func (p *csvParser) measurement() string {
	if p.given.Measurement != "" {
		return p.given.Measurement
	}
	return p.layout.found.measurement
}

func fieldAt(fields []string, column int) string {
	if column < len(fields) {
		return fields[column]
	}
	return ""
}

// sameUnit notes the unit that stands behind a value.
func (p *csvParser) sameUnit(text string) error {
	if text == "" {
		return nil
	}
	measurement := p.measurement()
	unit := unitOf(measurement, text)
	switch {
	case unit == "" || measurement == "":
		return formatError("%q behind a number is no unit of %s", clip(text), measurement)
	case p.unit != "" && p.unit != unit, p.given.Unit != "" && p.given.Unit != unit,
		p.layout.found.unit != "" && p.layout.found.unit != unit:
		return formatError("a value in %s (%s), where others, the header or the options say another unit", clip(text), unit)
	}
	p.unit = unit
	return nil
}

// stamp reads the time of a row.
func (l *layout) stamp(fields []string) (stamp, error) {
	text := fields[l.time[0]]
	if len(l.time) > 1 {
		text += " " + fields[l.time[1]]
	}
	at, parts, ok := parseStamp(text)
	if !ok || !parts.date || !parts.clock {
		return stamp{}, formatError("%q is not a time such as 2026-03-01T08:00:00Z", clip(text))
	}
	return at, nil
}

// settle puts what was found out into the options.
func (p *csvParser) settle() (CSV, error) {
	o, l := p.given, &p.layout
	o.Comma = l.comma
	o.Time = l.timeNames()
	o.Value = l.nameOf(l.value)
	if l.device >= 0 {
		o.DeviceColumn = l.nameOf(l.device)
	}
	if o.Measurement == "" {
		o.Measurement = l.found.measurement
	}
	if o.Unit == "" {
		o.Unit = l.found.unit
	}
	if o.Unit == "" {
		o.Unit = p.unit
	}
	if o.Zone == nil {
		for _, at := range l.time {
			if zone := headerZone(l.nameOf(at)); zone != nil {
				o.Zone = zone
			}
		}
	}
	var err error
	if o.Decimal, err = findDecimal(p.rows, o.Decimal); err != nil {
		return o, err
	}
	o.Dates, err = p.dates(o.Dates)
	return o, err
}

// dates finds the order of day and month that the file proves.
func (p *csvParser) dates(given DateOrder) (DateOrder, error) {
	order, first := given, 0
	for _, row := range p.rows {
		s := row.at
		if !s.either {
			continue
		}
		first = max(first, 1)
		proven := DatesProven
		switch {
		case s.short && given == DatesProven:
			return 0, formatError("the dates have years of two digits (line %d); say whether the day or the month stands first", row.line)
		case s.first > 12:
			proven = DayFirst
		case s.second > 12:
			proven = MonthFirst
		}
		if proven != DatesProven && order != DatesProven && proven != order {
			return 0, formatError("the date of line %d has day and month in another order than %s", row.line, orderSource(given))
		}
		order = max(order, proven)
	}
	if first > 0 && order == DatesProven {
		return 0, unsaid(formatError("no date proves whether the day or the month stands first; say which"), "Dates")
	}
	return order, nil
}

func orderSource(given DateOrder) string {
	if given == DatesProven {
		return "the lines above"
	}
	return "the option says"
}

// moment returns the time of a row in milliseconds since 1970.
func (p *csvParser) moment(s stamp, o CSV, clock *wallClock) (int64, error) {
	if s.epoch {
		return inTime(s.ms)
	}
	day, err := s.day(o.Dates)
	if err != nil {
		return 0, err
	}
	local := day + s.ms
	at := local - int64(s.offset)*1000
	if !s.hasZone {
		if o.Zone == nil {
			return 0, unsaid(formatError("a time without a zone; say the zone, such as Europe/Berlin, +01:00 or UTC"), "Zone")
		}
		if at, err = clock.moment(local); err != nil {
			return 0, err
		}
	}
	clock.last = at
	return inTime(at)
}
