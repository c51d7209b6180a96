package erp

import (
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"io"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/readings"
)

// RecordReadings takes the file of a logger, seals what is new in it with the logger's
// key, and has it evaluated. It returns the breaches that the readings show. The same
// file again, or one that overlaps, records nothing twice.
func RecordReadings(ctx context.Context, c *client.Client, logger string, key crypto.Signer, file io.Reader) (breaches []string, err error) {
	read, err := readings.ReadCSV(file, readings.CSV{})
	if err != nil {
		return nil, err
	}
	next := telemetry.Draft{Device: logger}
	last, err := c.Recording(ctx, logger, 0) // the last one
	switch {
	case err == nil:
		next.Sequence, next.Previous = last.Sequence+1, last.Root
		read.Readings = slices.DeleteFunc(read.Readings, func(r telemetry.Reading) bool { return r.Time <= int64(last.Last) })
	case !errors.Is(err, fault.NotFound): // its first
		return nil, err
	}
	if len(read.Readings) == 0 {
		return nil, nil
	}
	sealed, err := read.Seal(rand.Reader, key, next)
	if err != nil {
		return nil, err
	}
	recordings := make([][]byte, len(sealed))
	for i, recording := range sealed {
		recordings[i] = recording.Bytes()
	}
	recorded, err := c.Record(ctx, recordings...)
	if err != nil {
		return nil, err
	}
	for _, lane := range recorded.Lanes {
		if lane.Breach != "" {
			breaches = append(breaches, lane.Breach)
		}
	}
	return breaches, nil
}
