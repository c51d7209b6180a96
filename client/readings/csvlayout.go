package readings

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// layout is where in a file what stands.
type layout struct {
	comma  rune
	header []string // empty if there is none
	line   int      // of the header; 0 if there is none
	from   int      // the line of the first row
	time   []int    // columns of the time
	value  int
	device int // -1 if there is none
	found  quantity
}

// headLine is one of the first lines, taken apart.
type headLine struct {
	number  int
	comment bool
	fields  []string
	parts   []stampParts // of each field
}

// separators are tried in this order. The comma is the last: where it stands for
// the decimal point, it parts rows into as many columns as the separator does.
var separators = []rune{';', '\t', '|', ','}

// findLayout tries each separator and takes the one with which the most columns
// make sense.
func findLayout(text string, options CSV) (layout, error) {
	try := separators
	if options.Comma != 0 {
		try = []rune{options.Comma}
	}
	var (
		best     layout
		firstErr error
		most     int
	)
	for _, comma := range try {
		lines := headOf(text, comma)
		l, err := findColumns(lines, options)
		columns := 0
		for _, line := range lines {
			columns = max(columns, len(line.fields))
		}
		l.comma = comma
		switch {
		case err == nil && (best.comma == 0 || columns > most):
			best, most = l, columns
		case err != nil && best.comma == 0 && (firstErr == nil || columns > most):
			firstErr, most = err, columns
		}
	}
	if best.comma == 0 {
		return layout{}, firstErr
	}
	return best, nil
}

// headOf takes the first lines apart; blank ones are left out.
func headOf(text string, comma rune) []headLine {
	var lines []headLine
	for number := 1; text != "" && number <= headLines; number++ {
		var line string
		line, text = cutLine(text)
		if strings.TrimSpace(line) == "" || len(line) > maxLine {
			continue
		}
		fields, err := splitLine(strings.TrimPrefix(line, "#"), comma, nil)
		if err != nil {
			continue // the rows say what is wrong with it
		}
		parts := make([]stampParts, len(fields))
		for i, field := range fields {
			if _, p, ok := parseStamp(field); ok {
				parts[i] = p
			}
		}
		lines = append(lines, headLine{number: number, comment: line[0] == '#', fields: fields, parts: parts})
	}
	return lines
}

func findColumns(lines []headLine, options CSV) (layout, error) {
	if len(lines) == 0 {
		return layout{}, formatError("the file is empty: of its first %d lines none has text, or none is within %d bytes", headLines, maxLine)
	}
	l := layout{device: -1}
	var err error
	if len(options.Time) > 0 {
		err = l.namedTime(lines, options)
	} else {
		err = l.findTime(lines)
	}
	if err != nil {
		return layout{}, err
	}
	rows := slices.DeleteFunc(slices.Clone(lines), func(line headLine) bool { return line.number < l.from })
	if err := l.findDevice(rows, options); err != nil {
		return layout{}, err
	}
	return l, l.findValue(rows, options)
}

// namedTime finds the header by the names that the options give, or takes the
// columns by number.
func (l *layout) namedTime(lines []headLine, options CSV) error {
	for i, line := range lines {
		l.header = line.fields
		columns := make([]int, len(options.Time))
		found := true
		for j, name := range options.Time {
			columns[j] = l.column(name)
			found = found && columns[j] >= 0
		}
		if !found {
			continue
		}
		l.time = columns
		if isRow(line, columns) { // named by number, and a row already
			l.place(lines, i)
			return nil
		}
		if isNumbered(options.Time[0]) {
			continue // a number fits every line: the first row decides
		}
		if err := twice(line.fields, options.Time); err != nil {
			return err
		}
		l.line, l.from = line.number, line.number+1
		return nil
	}
	if isNumbered(options.Time[0]) {
		return formatError("no line has a time in column %s", strings.Join(options.Time, " and "))
	}
	return formatError("no column %q; the columns are %q", strings.Join(options.Time, `" and "`), clipAll(lines[0].fields))
}

// twice refuses a name that two columns have.
func twice(header, names []string) error {
	for _, name := range names {
		n := 0
		for _, column := range header {
			if strings.EqualFold(column, strings.TrimSpace(name)) {
				n++
			}
		}
		if n > 1 {
			return formatError("two columns %q; name the one that is meant by its number, such as #2", name)
		}
	}
	return nil
}

// column finds a column by its name in the header, or its number; -1 if there
// is none.
func (l *layout) column(name string) int {
	name = strings.TrimSpace(name)
	if number, ok := strings.CutPrefix(name, "#"); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= maxLine {
			return n - 1
		}
	}
	return slices.IndexFunc(l.header, func(column string) bool { return strings.EqualFold(column, name) })
}

// isRow reports whether a line has a time in the columns of the time.
func isRow(line headLine, columns []int) bool {
	var has stampParts
	for _, at := range columns {
		if at >= len(line.parts) {
			return false
		}
		has.date = has.date || line.parts[at].date
		has.clock = has.clock || line.parts[at].clock
	}
	return has.date && has.clock
}

// timeRun is a run of lines with a time in the same columns.
type timeRun struct {
	columns      []int
	begin, count int
	rank         int // the lower, the more surely a time: one column, two, a bare number
}

// findTime finds the longest run of lines with a time in the same columns, and
// the header above it. What a logger writes above its rows, such as the time of
// its start, makes shorter runs.
func (l *layout) findTime(lines []headLine) error {
	var best timeRun
	ambiguous := false
	for _, columns := range timeColumns(lines) {
		for begin := 0; begin < len(lines); begin++ {
			run := runOf(lines, columns, begin)
			switch order := run.compare(best); {
			case order > 0:
				best, ambiguous = run, false
			case order == 0 && run.count > 0:
				ambiguous = true
			}
			begin += run.count
		}
	}
	if best.count == 0 {
		return unsaid(formatError("no line among the first %d has a date and a clock; name the column of the time (the columns of the first line are %q)",
			headLines, clipAll(lines[0].fields)), "Time", "Comma")
	}
	l.time = best.columns
	l.place(lines, best.begin)
	if ambiguous {
		return unsaid(formatError("two columns hold times; name the one that is meant (the columns are %q)", clipAll(l.header)), "Time")
	}
	return nil
}

// runOf returns the run that begins at a line; its count may be 0.
func runOf(lines []headLine, columns []int, begin int) timeRun {
	run := timeRun{columns: columns, begin: begin, rank: len(columns)}
	for begin+run.count < len(lines) && isRow(lines[begin+run.count], columns) {
		run.count++
	}
	if columns[0] < len(lines[begin].parts) && lines[begin].parts[columns[0]].epoch {
		run.rank += 2
	}
	return run
}

// compare puts longer runs first, of equal ones the later, and of those that
// begin together the one that is more surely of times.
func (r timeRun) compare(other timeRun) int {
	return cmp.Or(cmp.Compare(r.count, other.count), cmp.Compare(r.begin, other.begin), cmp.Compare(other.rank, r.rank))
}

// place finds the header above the row at index row, whose shape the others
// have, and the first line of the rows. Between header and rows nothing is
// passed over: what is no row there is a bad line.
func (l *layout) place(lines []headLine, row int) {
	for i, line := range lines[:row] {
		if isRow(line, l.time) && len(line.fields) == len(lines[row].fields) {
			row = i
			break
		}
	}
	l.header, l.line = nil, 0
	for _, comments := range []bool{false, true} {
		for i := row - 1; i >= 0 && l.header == nil; i-- {
			if lines[i].comment == comments && lines[i].isHeader(slices.Max(l.time)) {
				l.header, l.line = lines[i].fields, lines[i].number
			}
		}
	}
	if l.header != nil {
		l.from = l.line + 1
		return
	}
	first := slices.IndexFunc(lines, func(line headLine) bool { return isRow(line, l.time) })
	l.from = lines[first].number
}

// isHeader reports whether a line can name columns, up to one: it has text in
// fields, and neither times nor numbers.
func (h headLine) isHeader(column int) bool {
	text := false
	for i, field := range h.fields {
		if h.parts[i] != (stampParts{}) {
			return false
		}
		if _, _, err := exact(field); err == nil {
			return false
		}
		text = text || field != ""
	}
	return text && len(h.fields) > column
}

// timeColumns returns the single columns that hold date and clock in some line
// and, if there are none, the pairs that hold the one and the other.
func timeColumns(lines []headLine) [][]int {
	var whole, pairs [][]int
	for _, line := range lines {
		for i, part := range line.parts {
			if part.date && part.clock {
				whole = addColumns(whole, []int{i})
			}
			for j, other := range line.parts {
				if part.date && !part.clock && other.clock && !other.date {
					pairs = addColumns(pairs, []int{i, j})
				}
			}
		}
	}
	return append(whole, pairs...)
}

func addColumns(all [][]int, columns []int) [][]int {
	const most = 64 // combinations; a file with more has no meaning
	if len(all) >= most || slices.ContainsFunc(all, func(have []int) bool { return slices.Equal(have, columns) }) {
		return all
	}
	return append(all, columns)
}
