package main

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
	"github.com/countersign-ledger/countersign/client/readings"
)

// judge reads policy and files and judges. Nothing is printed but progress.
func (s streams) judge(f judgeFlags, names []string) (*assess.Report, []assess.Series, error) {
	if f.listed < 0 {
		return nil, nil, fmt.Errorf("--list takes a number, not %d", f.listed)
	}
	from, to, err := f.window()
	if err != nil {
		return nil, nil, err
	}
	options, err := s.options(f)
	if err != nil {
		return nil, nil, err
	}
	policy, err := s.readPolicy(f)
	if err != nil {
		return nil, nil, err
	}
	options.Measurement = policy.Terms.Measurement
	series, err := s.load(names, options)
	if err != nil {
		return nil, nil, err
	}
	show, clear := s.progress()
	report, err := assess.Judge(assess.Question{Policy: policy, From: from, To: to, Listed: f.listed, Progress: show}, series)
	clear()
	return report, series, err
}

// load reads the files.
func (s streams) load(names []string, options assess.Options) ([]assess.Series, error) {
	files := make([]assess.File, len(names))
	for i, name := range names {
		data, err := s.read(name)
		if err != nil {
			return nil, err
		}
		files[i] = assess.File{Name: name, Data: data}
		if name == standardIn {
			files[i].Name = "standard input"
		}
	}
	series, err := assess.Load(files, options)
	var unsaid *readings.UnsaidError
	if errors.As(err, &unsaid) {
		err = fmt.Errorf("%w\n(say it with %s)", err, sayWith(unsaid.Options))
	}
	return series, err
}

// says are the flags that say what options of readers do.
var says = map[string]string{
	"Comma":        "--separator",
	"Dates":        "--date-order dmy or --date-order mdy",
	"Decimal":      "--decimal-comma, if it is the decimal point; a separator of thousands is not read",
	"Device":       "--device",
	"DeviceColumn": "--device-column",
	"Now":          "--now 2026-03-01T12:00:00Z",
	"Overlap":      "--overlap",
	"Places":       "--places",
	"Time":         "--time",
	"Value":        "--value",
	"Zone":         "--zone",
}

// sayWith returns the flags for options.
func sayWith(options []string) string {
	flags := make([]string, len(options))
	for i, option := range options {
		flags[i] = cmp.Or(says[option], option)
	}
	return strings.Join(flags, ", ")
}

// options returns how the flags say that files are read.
func (s streams) options(f judgeFlags) (assess.Options, error) {
	options := assess.Options{Device: f.device, Unit: strings.ToUpper(f.unit)}
	separator, err := f.separator()
	if err != nil {
		return options, err
	}
	options.CSV = readings.CSV{Comma: separator, Time: f.times, Value: f.value, DeviceColumn: f.deviceColumn, Places: f.places}
	if f.places < 0 || f.places > 9 {
		return options, fmt.Errorf("--places takes 1 to 9, not %d", f.places)
	}
	if f.decimalComma {
		options.CSV.Decimal = ','
	}
	if f.overlap {
		options.CSV.Overlap = readings.OverlapByOrder
	}
	switch strings.ToLower(f.order) {
	case "", "ymd":
	case "dmy":
		options.CSV.Dates = readings.DayFirst
	case "mdy":
		options.CSV.Dates = readings.MonthFirst
	default:
		return options, fmt.Errorf("--date-order takes dmy or mdy, not %q", f.order)
	}
	if f.zone != "" {
		if options.CSV.Zone, err = readings.ParseZone(f.zone); err != nil {
			return options, fmt.Errorf("--zone: %w", err)
		}
	}
	if f.now != "" {
		if options.Now, err = moment("--now", f.now); err != nil {
			return options, err
		}
	}
	options.Keys, err = s.keys(f.keys)
	return options, err
}

// keys reads public keys.
func (s streams) keys(names []string) ([]crypto.PublicKey, error) {
	var keys []crypto.PublicKey
	for _, name := range names {
		text, err := s.read(name)
		if err != nil {
			return nil, err
		}
		key, err := assess.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// patience is how long nothing is said of progress.
const patience = 2 * time.Second

// progress returns what shows how far the work is, on standard error when that is
// a terminal and the work takes long, and what wipes it out again.
func (s streams) progress() (show func(done, all int), clear func()) {
	file, isFile := s.err.(*os.File)
	if !isFile {
		return nil, func() {}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	begun, shown := s.now(), -1
	show = func(done, all int) {
		percent := int(100 * int64(done) / int64(max(all, 1)))
		if percent != shown && s.now().Sub(begun) >= patience {
			fmt.Fprintf(s.err, "\revaluating: %d %%", percent)
			shown = percent
		}
	}
	return show, func() {
		if shown >= 0 {
			fmt.Fprint(s.err, "\r                    \r")
		}
	}
}
