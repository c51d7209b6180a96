package readings

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// SenML says how to read a SenML pack.
type SenML struct {
	// Now is what times below 2^28 are relative to (RFC 8428, section 4.5.3): when
	// the pack arrived. The zero time refuses them.
	Now time.Time
	// Places rounds values to so many places after the point, as in [CSV].
	Places int
	// MaxRecords bounds the records, default and at most 1,000,000.
	MaxRecords int
}

// Pack is what a SenML pack or an EPCIS event holds.
type Pack struct {
	// Runs are in the order in which their first readings stand. Each name and
	// unit is a run of its own.
	Runs []Run
	// Counts are of the whole pack. Other counts what is no number: texts, data,
	// sums, and values in units that have no UN/ECE Recommendation 20 code here.
	Counts
	// Skipped names what Other counts, each once, at most 100 of them.
	Skipped []string
}

// maxSkipped bounds Pack.Skipped.
const maxSkipped = 100

func (p *Pack) skip(what string) {
	p.Other++
	if len(p.Skipped) < maxSkipped && !slices.Contains(p.Skipped, what) {
		p.Skipped = append(p.Skipped, what)
	}
}

// ReadSenML reads a SenML pack (RFC 8428) of at most 64 MiB, in JSON or CBOR,
// which its first byte tells. Records are resolved as section 4.6 says; those of
// one name and unit are a run. Its device is the name, in canonical Digital Link
// form without the domain if it is that of a GS1 key; its measurement and unit
// follow from SenML's (docs/readings.md has the table), and are empty without
// one. A boolean is 0 or 1, Dimensionless in C62.
//
// Values are taken exactly. A floating-point number in CBOR stands for its exact
// value if that has at most nine decimals, or else for the shortest decimal that
// reads back as the same number of that width, so 5.2 is 5.2.
//
// Every error but the reader's own is an [*InputError], which names the bad
// records, counted from 0, and matches [telemetry.ErrFormat], or
// [telemetry.ErrLimit] when the pack is too large.
func ReadSenML(r io.Reader, options SenML) (*Pack, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return nil, whole(limitError("the pack has more than %d bytes; split it", maxBytes))
	}
	if options.Places < 0 || options.Places > -telemetry.MinScale {
		return nil, whole(formatError("values are rounded to 1 to %d places", -telemetry.MinScale))
	}
	most := maxRows
	if options.MaxRecords > 0 {
		most = min(options.MaxRecords, maxRows)
	}
	s := resolver{options: options, byKey: map[senmlKey]*series{}, version: senmlVersion}
	if isCBOR(data) {
		err = eachCBORRecord(data, most, s.record)
	} else {
		err = eachJSONRecord(data, most, s.record)
	}
	if err != nil {
		s.faults.add("", 0, err)
	}
	return s.finish()
}

// isCBOR reports whether data begins with an array in CBOR, which no text does.
func isCBOR(data []byte) bool { return len(data) > 0 && data[0] >= 0x80 && data[0] <= 0x9f }

func recordName(record int) string { return fmt.Sprintf("record %d", record) }

// senmlKey tells the runs of a pack apart.
type senmlKey struct{ name, unit string }
