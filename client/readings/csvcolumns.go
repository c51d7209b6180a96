package readings

import (
	"slices"
	"strings"
)

// findDevice finds the column of the device, if the options name one, and
// refuses to mix the rows of several if one is called so.
func (l *layout) findDevice(rows []headLine, options CSV) error {
	if options.DeviceColumn == "-" {
		return nil
	}
	if options.DeviceColumn != "" {
		if l.device = l.column(options.DeviceColumn); l.device < 0 {
			return formatError("no column %q; the columns are %q", clip(options.DeviceColumn), clipAll(l.header))
		}
		return nil
	}
	for i, name := range l.header {
		if !isDeviceName(name) || slices.Contains(l.time, i) {
			continue
		}
		if names := distinct(rows, i); len(names) > 1 {
			return unsaid(formatError("column %q names several devices, such as %q; name the column and the device that is meant, or the column - for none", clip(name), clipAll(names)), "DeviceColumn", "Device")
		}
		l.device = i
		return nil
	}
	return nil
}

// distinct returns the texts that stand in a column, at most three of them.
func distinct(rows []headLine, column int) []string {
	var texts []string
	for _, row := range rows {
		if column < len(row.fields) && len(texts) < 3 && row.fields[column] != "" && !slices.Contains(texts, row.fields[column]) {
			texts = append(texts, row.fields[column])
		}
	}
	return texts
}

// findValue finds the column of the value: the one that is named, the one whose
// name says the measurement, or the only one with numbers.
func (l *layout) findValue(rows []headLine, options CSV) error {
	if options.Value != "" {
		if l.value = l.column(options.Value); l.value < 0 {
			return formatError("no column %q; the columns are %q", clip(options.Value), clipAll(l.header))
		}
		if err := twice(l.header, []string{options.Value}); err != nil {
			return err
		}
		if l.value < len(l.header) {
			l.found = quantityOf(l.header[l.value])
		}
		return l.agree(options)
	}
	columns := l.candidates(rows, options)
	switch len(columns) {
	case 0:
		return unsaid(formatError("no column for the value is found; name it (the columns are %q)", clipAll(l.header)), "Value")
	case 1:
		l.value = columns[0]
		if l.value < len(l.header) {
			l.found = quantityOf(l.header[l.value])
		}
		return l.agree(options)
	}
	names := make([]string, len(columns))
	for i, at := range columns {
		names[i] = l.nameOf(at)
	}
	return unsaid(formatError("several columns may be the value: %q; name the one that is meant, or the measurement", clipAll(names)), "Value")
}

// candidates returns the columns that may be the value.
func (l *layout) candidates(rows []headLine, options CSV) []int {
	var quantities, numbers []int
	for i := range width(rows) {
		name := ""
		if i < len(l.header) {
			name = l.header[i]
		}
		q := quantityOf(name)
		switch {
		case slices.Contains(l.time, i) || i == l.device:
		case q.measurement != "" && (options.Measurement == "" || q.measurement == options.Measurement) && !isDerived(name):
			quantities = append(quantities, i)
		case q.measurement == "" && (len(l.header) == 0 || !isAside(name)) && holdsNumbers(rows, i):
			numbers = append(numbers, i)
		}
	}
	if len(quantities) > 0 {
		return quantities
	}
	return numbers
}

// width returns the most fields that a row has.
func width(rows []headLine) int {
	most := 0
	for _, row := range rows {
		most = max(most, len(row.fields))
	}
	return most
}

// holdsNumbers reports whether a column holds numbers, for the most part.
func holdsNumbers(rows []headLine, column int) bool {
	numbers, others := 0, 0
	for _, row := range rows {
		if column >= len(row.fields) || isEmpty(row.fields[column]) {
			continue
		}
		number, _ := cutUnit(row.fields[column])
		if _, _, err := exact(strings.Replace(number, ",", ".", 1)); err != nil {
			others++
		} else {
			numbers++
		}
	}
	return numbers > others
}

// agree refuses options that say something else than the header.
func (l *layout) agree(options CSV) error {
	name := l.nameOf(l.value)
	if options.Unit != "" && l.found.unit != "" && options.Unit != l.found.unit {
		return formatError("column %q is in %s, the option says %s", clip(name), l.found.unit, options.Unit)
	}
	if options.Measurement != "" && l.found.measurement != "" && options.Measurement != l.found.measurement {
		return formatError("column %q is of %s, the option says %s", clip(name), l.found.measurement, options.Measurement)
	}
	return nil
}

// timeNames returns how the columns of the time can be named: by name or, if
// one of them has none, all by number.
func (l *layout) timeNames() []string {
	names := make([]string, len(l.time))
	for i, at := range l.time {
		names[i] = l.nameOf(at)
	}
	if slices.ContainsFunc(names, isNumbered) {
		for i, at := range l.time {
			names[i] = columnNumber(at)
		}
	}
	return names
}

// nameOf returns how a column can be named: by its name if no other has it, or
// else by its number.
func (l *layout) nameOf(column int) string {
	if column >= len(l.header) || l.header[column] == "" || l.header[column][0] == '#' || twice(l.header, l.header[column:column+1]) != nil {
		return columnNumber(column)
	}
	return l.header[column]
}
