package telemetry

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// CSVOptions say how to read a logger's CSV file. The zero value reads columns
// 'time' and 'value' with times that carry a zone.
type CSVOptions struct {
	// Time names the column of the time, default "time". Where date and time
	// stand in two columns, name both, date first.
	Time []string
	// Value names the column of the value, default "value".
	Value string
	// Comma separates columns, default ','.
	Comma rune
	// Zone is the zone of times that carry none; nil refuses them.
	Zone *time.Location
	// SkipEmpty passes over rows without a value, and counts them; otherwise
	// they are errors.
	SkipEmpty bool
	// MaxRows bounds the rows, default and at most 1,000,000.
	MaxRows int
}

// Limits of a CSV file.
const (
	maxCSVRows   = 1_000_000
	maxCSVBytes  = 64 << 20
	maxCSVFaults = 20
	maxCSVLine   = 64 << 10
)

// Table is what a CSV file holds, in rising order of time.
type Table struct {
	// Readings have values in units of ten to the power of Scale.
	Readings []Reading
	// Scale is the coarsest that holds every value exactly, at most 0.
	Scale int
	// Duplicates counts rows dropped because time and value stood in an
	// earlier row; Empty those without a value; Unsorted those with a time
	// before the row above.
	Duplicates, Empty, Unsorted int
}

// ParseCSV reads a logger's CSV file (RFC 4180; LF or CRLF, with or without a
// UTF-8 byte order mark, header row first, other columns ignored).
//
// A time is RFC 3339, 'T' or a space between date and time; what is finer than
// a millisecond is cut off. A value is a decimal number (see [ParseDecimal]) and
// is taken exactly. Rows may stand in any order; a row repeated exactly is
// dropped and counted; the same time with two values is an error, because
// nobody but the logger's owner can say which holds.
//
// Every error but the reader's own is a [*CSVError], which lists the bad lines
// and matches [ErrFormat], or [ErrLimit] when the file is too large.
func ParseCSV(r io.Reader, options CSVOptions) (*Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCSVBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxCSVBytes {
		return nil, csvLimit(0, "the file has more than %d bytes; split it", maxCSVBytes)
	}
	p := &csvParser{options: options.withDefaults()}
	if err := p.rows(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))); err != nil {
		return nil, err
	}
	return p.table()
}

func (o CSVOptions) withDefaults() CSVOptions {
	if len(o.Time) == 0 {
		o.Time = []string{"time"}
	}
	if o.Value == "" {
		o.Value = "value"
	}
	if o.Comma == 0 {
		o.Comma = ','
	}
	if o.MaxRows <= 0 || o.MaxRows > maxCSVRows {
		o.MaxRows = maxCSVRows
	}
	return o
}

// row is a reading as it stands in the file.
type row struct {
	line  int
	time  int64
	value int64
	scale int
}

type csvParser struct {
	options CSVOptions
	columns []int // of the time's parts, then of the value
	all     []row
	faults  CSVError
	empty   int
}

// rows reads every line, and collects what is wrong with each.
func (p *csvParser) rows(data []byte) error {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comma = p.options.Comma
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		p.faults.add(1, "no header row: %w", err)
		return &p.faults
	}
	if err := p.header(header); err != nil {
		return err
	}
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if len(p.all) >= p.options.MaxRows {
			return csvLimit(p.options.MaxRows+2, "more than %d rows; split the file", p.options.MaxRows)
		}
		p.record(reader, fields, err)
	}
}

// record takes one row, or notes why not.
func (p *csvParser) record(reader *csv.Reader, fields []string, err error) {
	var malformed *csv.ParseError
	if errors.As(err, &malformed) {
		p.faults.add(malformed.Line, "%w", malformed.Err)
		return
	}
	line, _ := reader.FieldPos(0)
	if err := p.take(line, fields); err != nil {
		p.faults.add(line, "%w", err)
	}
}

// header finds the columns by name, without regard to case and outer spaces.
func (p *csvParser) header(names []string) error {
	for _, want := range append(slices.Clone(p.options.Time), p.options.Value) {
		same := func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), want) }
		at := slices.IndexFunc(names, same)
		switch {
		case at < 0:
			p.faults.add(1, "no column %q; the columns are %q", want, clipAll(names))
		case slices.ContainsFunc(names[at+1:], same):
			p.faults.add(1, "two columns %q", want)
		}
		p.columns = append(p.columns, at)
	}
	return p.faults.orNil()
}

// take reads one row.
func (p *csvParser) take(line int, fields []string) error {
	if last := slices.Max(p.columns); last >= len(fields) {
		return formatError("%d columns where column %d is needed", len(fields), last+1)
	}
	values := make([]string, len(p.columns))
	for i, at := range p.columns {
		values[i] = strings.TrimSpace(fields[at])
		if len(values[i]) > maxCSVLine {
			return limitError("a field of %d bytes", len(values[i]))
		}
	}
	text := values[len(values)-1]
	if text == "" && p.options.SkipEmpty {
		p.empty++
		return nil
	}
	at, err := p.options.time(strings.Join(values[:len(values)-1], "T"))
	if err != nil {
		return err
	}
	value, scale, err := ParseDecimal(text)
	if err != nil {
		return err
	}
	p.all = append(p.all, row{line: line, time: at, value: value, scale: scale})
	return nil
}

// rfc3339 is the shape of a time; package time alone is more lenient.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$`)

// time reads RFC 3339 (T or space), with the zone of the options if it has none.
func (o CSVOptions) time(text string) (int64, error) {
	text = strings.Replace(text, " ", "T", 1)
	var at time.Time
	err := ErrFormat
	if parts := rfc3339.FindStringSubmatch(text); parts != nil && parts[1] != "" {
		at, err = time.Parse(time.RFC3339, text)
	} else if parts != nil && o.Zone != nil {
		at, err = time.ParseInLocation("2006-01-02T15:04:05", text, o.Zone)
	}
	if err != nil {
		return 0, formatError("%q is not a time such as 2026-03-01T08:00:00Z, with its zone", clip(text))
	}
	if ms := at.UnixMilli(); ms >= 0 && ms <= MaxTime {
		return ms, nil
	}
	return 0, limitError("time %q is outside 1970 to 9999", clip(text))
}

// table sorts the rows and brings them to one scale.
func (p *csvParser) table() (*Table, error) {
	t := &Table{Empty: p.empty}
	for i, r := range p.all {
		t.Scale = min(t.Scale, r.scale)
		if i > 0 && r.time < p.all[i-1].time {
			t.Unsorted++
		}
	}
	slices.SortStableFunc(p.all, func(a, b row) int { return cmp.Compare(a.time, b.time) })
	t.Readings = make([]Reading, 0, len(p.all))
	first := 0 // the row that the last reading came from
	for i, r := range p.all {
		value, ok := Rescale(r.value, r.scale, t.Scale)
		if !ok || value > maxValue(t.Scale) || value < -maxValue(t.Scale) {
			p.faults.add(r.line, "%w", limitError("the value does not fit %d decimals", -t.Scale))
			continue
		}
		reading := Reading{Time: r.time, Value: value}
		if i == 0 || reading.Time != p.all[first].time || len(t.Readings) == 0 {
			t.Readings, first = append(t.Readings, reading), i
			continue
		}
		if reading != t.Readings[len(t.Readings)-1] {
			p.faults.add(r.line, "%w", formatError("another value than line %d for the same time", p.all[first].line))
			continue
		}
		t.Duplicates++
	}
	if len(p.all) == 0 && len(p.faults.Lines) == 0 {
		p.faults.add(1, "no readings")
	}
	if err := p.faults.orNil(); err != nil {
		return nil, err
	}
	return t, nil
}

func clipAll(names []string) []string {
	clipped := make([]string, min(len(names), 20))
	for i := range clipped {
		clipped[i] = clip(names[i])
	}
	return clipped
}
