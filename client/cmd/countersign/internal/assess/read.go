package assess

import (
	"bytes"
	"errors"

	"github.com/fxamacker/cbor/v2"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// read reads a file of any kind, which its content tells.
func read(file File, options Options) ([]part, error) {
	switch {
	case len(bytes.TrimSpace(file.Data)) == 0:
		return nil, errors.New("the file is empty")
	case isRecording(file.Data):
		return readRecordings(file)
	}
	return readCSV(file, options)
}

// isRecording reports whether data begins as a recording does: an array of two,
// the first tagged as COSE_Sign1.
func isRecording(data []byte) bool { return len(data) > 2 && data[0] == 0x82 && data[1] == 0xd2 }

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
