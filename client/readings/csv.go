package readings

import (
	"io"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Limits of a logger's file.
const (
	maxRows  = 1_000_000
	maxBytes = 64 << 20
	maxLine  = 64 << 10
	// maxColumns bounds the work of finding the columns, which looks at pairs.
	maxColumns = 256
	// headLines is how far into a file its header and the beginning of its rows
	// are looked for.
	headLines = 200
)

// DateOrder says what stands first in dates such as 02/03/2026.
type DateOrder int

// The orders of a date.
const (
	// DatesProven takes day or month first as the file proves it, by a number
	// above 12; a file that proves neither is refused.
	DatesProven DateOrder = iota
	// DayFirst reads 02/03/2026 as the second of March.
	DayFirst
	// MonthFirst reads 02/03/2026 as the third of February.
	MonthFirst
)

// Overlap says what to do with local times that a zone has twice, in the hour
// that is repeated when daylight-saving time ends.
type Overlap int

// What is done with times that a zone has twice.
const (
	// RefuseOverlap makes each such line an error.
	RefuseOverlap Overlap = iota
	// OverlapByOrder takes the first pass as long as times rise from line to
	// line, and the second from where they do not. The file must be in order of
	// time there; a file that begins within the hour is taken to begin in the
	// first pass.
	OverlapByOrder
)

// CSV says how to read a logger's file. The zero value finds out what can be
// found out without doubt; what cannot be is an error that says which option
// decides it.
type CSV struct {
	// Comma separates columns; 0 finds out which of , ; tab | does.
	Comma rune
	// Decimal is the decimal separator of values, '.' or ','; 0 finds out.
	Decimal rune
	// Time names the column of the time or, where they stand in two, those of
	// date and clock, date first. A column is named as in the header, without
	// regard to case and outer spaces, or by its number: "#1" is the first.
	// Empty finds it by what stands in it.
	Time []string
	// Value names the column of the value. Empty takes the one that the header
	// names as a quantity, or the only one that holds numbers.
	Value string
	// Measurement is the type of measurement, such as Temperature. It chooses
	// among the columns when Value is empty. Empty takes what the header says,
	// if it does.
	Measurement string
	// Unit is the UN/ECE Recommendation 20 code of the values. Empty takes what
	// the header or the values say, if they do; a unit other than they say is an
	// error.
	Unit string
	// Places rounds values to so many places after the point, 1 to 9, halves away
	// from zero: for files that spell out floating-point numbers, such as
	// 21.299999237060547. 0 takes every value exactly, or refuses it.
	Places int
	// DeviceColumn names the column of the device, Device the one whose rows are
	// taken. Without Device, all rows must be of one. An empty DeviceColumn takes
	// one that is called "device", "serial number" or the like, "-" takes none.
	DeviceColumn, Device string
	// Dates is the order of day and month.
	Dates DateOrder
	// Zone is the zone of times that carry none, before what the header says;
	// nil without either refuses them. See [ParseZone].
	Zone *time.Location
	// Overlap says what to do with local times that Zone has twice.
	Overlap Overlap
	// MaxRows bounds the rows, default and at most 1,000,000.
	MaxRows int
}

// LogFile is what a logger's file holds.
type LogFile struct {
	Run
	Counts
	// Columns are the names in the header; empty for a file without.
	Columns []string
	// Options are those given, with what was found out put in.
	Options CSV
}

// ReadCSV reads a logger's file of at most 64 MiB: one reading a line, columns
// separated by a comma, semicolon, tab or bar, in UTF-8, UTF-16 or Latin-1. The
// header may stand in any of the first lines, after whatever a logger writes
// above it, or be missing. docs/readings.md lists what is understood.
//
// Values are taken exactly, up to nine decimals, if the options do not say that
// they be rounded; times are cut to the millisecond. Rows may stand in any order. A row repeated exactly is dropped
// and counted, one without a value skipped and counted; the same time with two
// values is an error.
//
// Every error but the reader's own is an [*InputError], which names the bad
// lines and matches [telemetry.ErrFormat], or [telemetry.ErrLimit] when the
// file is too large.
func ReadCSV(r io.Reader, options CSV) (*LogFile, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return nil, whole(limitError("the file has more than %d bytes; split it", maxBytes))
	}
	if err := options.check(); err != nil {
		return nil, whole(err)
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, whole(err)
	}
	p := &csvParser{given: options, text: text, most: maxRows}
	if options.MaxRows > 0 {
		p.most = min(options.MaxRows, maxRows)
	}
	return p.read()
}

func (o CSV) check() error {
	switch {
	case o.Decimal != 0 && o.Decimal != '.' && o.Decimal != ',':
		return formatError("the decimal separator is . or ,")
	case o.Comma == '"' || o.Comma == '\n' || o.Comma == '\r' || o.Comma == '\uFFFD':
		return formatError("%q cannot separate columns", o.Comma)
	case o.Places < 0 || o.Places > -telemetry.MinScale:
		return formatError("values are rounded to 1 to %d places", -telemetry.MinScale)
	case len(o.Time) > 2:
		return formatError("the time stands in one column, or in two")
	case len(o.Time) == 2 && isNumbered(o.Time[0]) != isNumbered(o.Time[1]):
		return formatError("name the columns of the time both by name, or both by number")
	case o.Device != "" && o.DeviceColumn == "":
		return formatError("name the column of the device, too")
	}
	return nil
}
