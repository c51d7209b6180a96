package assess

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/client/readings"
)

// File is a file's name and content.
type File struct {
	Name string
	Data []byte
}

// Options say how to read files, and which series to take.
type Options struct {
	// CSV is how to read loggers' CSV files; Measurement, Unit and Device are
	// those here.
	CSV readings.CSV
	// Device is the device to take; empty for all.
	Device string
	// Measurement is the type of measurement to take; series that do not say
	// theirs are taken, too.
	Measurement string
	// Unit is the unit of readings whose files do not say.
	Unit string
	// Keys are public keys, one of which verifies each recording; none: they
	// are not verified.
	Keys []crypto.PublicKey
}

// Load reads files, and joins what they have of one device to one series. Series
// are in order of device. Each error names the file, and the line where there is
// one.
func Load(files []File, options Options) ([]Series, error) {
	var all []part
	for _, file := range files {
		parts, err := read(file, options)
		if err != nil {
			return nil, named(file.Name, err)
		}
		all = append(all, parts...)
	}
	taken := slices.DeleteFunc(slices.Clone(all), func(p part) bool { return !options.takes(p) })
	if len(taken) == 0 {
		return nil, nothing(all, options)
	}
	groups := map[string][]part{}
	for _, p := range taken {
		p.Unit = cmp.Or(p.Unit, options.Unit)
		groups[p.Device+"\x00"+p.Component] = append(groups[p.Device+"\x00"+p.Component], p)
	}
	var series []Series
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		s, err := options.series(groups[key])
		if err != nil {
			return nil, err
		}
		series = append(series, s)
	}
	return series, nil
}

func (o Options) takes(p part) bool {
	return (o.Device == "" || p.Device == o.Device) && (o.Measurement == "" || p.Measurement == "" || p.Measurement == o.Measurement)
}

// nothing says why no series is left.
func nothing(all []part, options Options) error {
	var found []string
	for _, p := range all {
		text := cmp.Or(p.Measurement, "readings") + " of " + cmp.Or(p.Device, "a device without a name")
		if !slices.Contains(found, text) && len(found) < 20 {
			found = append(found, text)
		}
	}
	wanted := cmp.Or(options.Measurement, "readings")
	if options.Device != "" {
		wanted += " of " + options.Device
	}
	if len(found) == 0 {
		return errors.New("there are no readings")
	}
	return fmt.Errorf("there is no %s; there is %s", wanted, strings.Join(found, ", "))
}

// series joins the parts of one device.
func (o Options) series(parts []part) (Series, error) {
	for _, p := range parts[1:] {
		if p.Unit != parts[0].Unit {
			return Series{}, fmt.Errorf("%s has %s in %q, %s in %q: evaluate them one by one", parts[0].file,
				cmp.Or(p.Device, "readings"), parts[0].Unit, p.file, p.Unit)
		}
	}
	parts, chain, err := o.chained(parts)
	if err != nil {
		return Series{}, err
	}
	s, err := join(parts)
	s.Chain = chain
	return s, err
}

// chained checks the chain of those parts that are recordings.
func (o Options) chained(parts []part) ([]part, *Chain, error) {
	var recordings []sealed
	var others []part
	for _, p := range parts {
		if p.sealed != nil {
			recordings = append(recordings, sealed{p.file, p.sealed})
		} else {
			others = append(others, p)
		}
	}
	if len(recordings) == 0 {
		return parts, nil, nil
	}
	linked, chain, err := link(recordings, o.Keys)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range linked {
		others = append(others, recorded(s.file, s.recording))
	}
	return others, &chain, nil
}

// named puts the file's name before each line of an error.
func named(file string, err error) error { return &FileError{file, err} }

// FileError is an error in a file, which may have several lines.
type FileError struct {
	File string
	Err  error
}

func (e *FileError) Error() string {
	return e.File + ": " + strings.ReplaceAll(e.Err.Error(), "\n", "\n"+e.File+": ")
}

func (e *FileError) Unwrap() error { return e.Err }
