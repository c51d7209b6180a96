package assess

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// read reads a file of any kind, which its content tells.
func read(file File, options Options) ([]part, error) {
	switch kindOf(file.Data) {
	case empty:
		return nil, errors.New("the file is empty")
	case recording:
		return readRecordings(file)
	case senml:
		pack, err := readings.ReadSenML(bytes.NewReader(file.Data), readings.SenML{Now: options.Now, Places: options.CSV.Places})
		if err == nil && len(pack.Runs) == 0 && len(pack.Skipped) > 0 {
			return nil, fmt.Errorf("none of its records is a reading that can be judged: %s", strings.Join(pack.Skipped[:min(len(pack.Skipped), 20)], ", "))
		}
		return packed(file, pack, err)
	case epcisEvents:
		return readEvents(file)
	}
	return readCSV(file, options)
}

// packed returns the runs of a pack.
func packed(file File, pack *readings.Pack, err error) ([]part, error) {
	if err != nil {
		return nil, err
	}
	parts := make([]part, len(pack.Runs))
	for i, run := range pack.Runs {
		parts[i] = part{file: file.Name, Run: run}
	}
	if len(parts) > 0 {
		parts[0].counts = pack.Counts
	}
	return parts, nil
}

// readEvents reads the sensor reports of EPCIS events, JSON-LD or XML.
func readEvents(file File) ([]part, error) {
	document, _, err := epcis.ReadAny(bytes.NewReader(file.Data), epcis.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var parts []part
	for i := range document.Events {
		pack, err := readings.FromEvent(&document.Events[i])
		more, err := packed(file, pack, err)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i, err)
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

// readRecordings reads one recording, or several one after another (RFC 8742).
func readRecordings(file File) ([]part, error) {
	var parts []part
	for rest := file.Data; len(rest) > 0; {
		var item cbor.RawMessage
		after, err := cbor.UnmarshalFirst(rest, &item)
		if err != nil {
			return nil, &telemetry.SequenceError{Index: len(parts), Err: err}
		}
		recording, err := telemetry.Decode(item)
		if err != nil {
			return nil, &telemetry.SequenceError{Index: len(parts), Err: err}
		}
		parts, rest = append(parts, recorded(file.Name, recording)), after
	}
	return parts, nil
}

// recorded is a recording as a part.
func recorded(file string, recording *telemetry.Recording) part {
	return part{file: file, Run: readings.Of(recording), sealed: recording}
}

func readCSV(file File, options Options) ([]part, error) {
	csv := options.CSV
	csv.Measurement, csv.Unit = options.Measurement, options.Unit
	if csv.DeviceColumn != "" {
		csv.Device = options.Device
	}
	found, err := readings.ReadCSV(bytes.NewReader(file.Data), csv)
	if err != nil {
		return nil, err
	}
	return []part{{file: file.Name, Run: found.Run, counts: found.Counts}}, nil
}
