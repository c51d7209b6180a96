package assess

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	// those here. Places is for SenML, too.
	CSV readings.CSV
	// Device is the device to take; empty for all.
	Device string
	// Measurement is the type of measurement to take. What does not say its own is
	// taken where its file has none that does, and nothing else.
	Measurement string
	// Unit is the unit of readings whose files do not say.
	Unit string
	// Now is what relative times in SenML count from; the zero time refuses them.
	Now time.Time
	// Keys are public keys, one of which verifies each recording; none: they
	// are not verified.
	Keys []crypto.PublicKey
}

// Load reads files, and joins what they have of one device to one series. Series
// are in order of device. Each error names the file, and the line where there is
// one.
func Load(files []File, options Options) ([]Series, error) {
	var all, taken []part
	for _, file := range files {
		parts, err := read(file, options)
		if err != nil {
			return nil, &FileError{File: file.Name, Err: err}
		}
		all = append(all, parts...)
		wanted, err := options.take(parts)
		if err != nil {
			return nil, &FileError{File: file.Name, Err: err}
		}
		taken = append(taken, wanted...)
	}
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

// take returns those parts of a file that are asked for.
func (o Options) take(parts []part) ([]part, error) {
	var known, unknown []part
	for _, p := range parts {
		switch {
		case o.Device != "" && p.Device != o.Device:
		case p.Measurement == "":
			unknown = append(unknown, p)
		case o.Measurement == "" || p.Measurement == o.Measurement:
			known = append(known, p)
		}
	}
	switch {
	case len(known) > 0 || len(unknown) == 0:
		return known, nil
	case len(unknown) == 1:
		return unknown, nil
	}
	names := make([]string, 0, len(unknown))
	for _, p := range unknown {
		names = append(names, p.Device)
	}
	return nil, fmt.Errorf("nothing says what of it is %s: %s; name the device", o.Measurement, strings.Join(names[:min(len(names), 20)], ", "))
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

// FileError is an error in a file, which may have several lines.
type FileError struct {
	File string
	Err  error
}

// Error has the file's name before each line.
func (e *FileError) Error() string {
	return e.File + ": " + strings.ReplaceAll(e.Err.Error(), "\n", "\n"+e.File+": ")
}

func (e *FileError) Unwrap() error { return e.Err }
