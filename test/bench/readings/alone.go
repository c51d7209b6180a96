package readings

import (
	"crypto/sha256"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// What each endorser does with a recording, without network and ledger.
const (
	decoding   = "telemetry.Decode and Verify: the root, the readings, the signature"
	hashing    = "SHA-256 over the same bytes, to compare"
	evaluating = "evaluation.Tally.Evaluate, one band, one reading in fifty out of range"
	asking     = "the same, with all that terms can ask for"
	crossing   = "one band, each reading on the other side of its limit than the one before"
)

// alones measures, on one processor, what a reading takes in nanoseconds.
func (r *Report) alones(longest int) error {
	d, err := newDevice(1, time.Unix(0, 0))
	if err != nil {
		return err
	}
	l := Load{Readings: longest, Recordings: 1, Chunk: 64}
	run := make([]telemetry.Reading, longest)
	sealed, err := d.seal(l, run) // fills run
	if err != nil {
		return err
	}
	if err := r.alone(decoding, longest, func() error {
		recording, err := telemetry.Decode(sealed.data)
		if err != nil {
			return err
		}
		return recording.Verify(d.key.Public())
	}); err != nil {
		return err
	}
	if err := r.alone(hashing, longest, func() error {
		_ = sha256.Sum256(sealed.data)
		return nil
	}); err != nil {
		return err
	}
	if err := r.alone(evaluating, longest, evaluate(terms(), run)); err != nil {
		return err
	}
	if err := r.alone(asking, longest, evaluate(strictTerms(), run)); err != nil {
		return err
	}
	for i := range run {
		run[i].Value = 799 + 2*int64(i%2)
	}
	return r.alone(crossing, longest, evaluate(terms(), run))
}

func evaluate(demanded evaluation.Terms, run []telemetry.Reading) func() error {
	return func() error {
		var tally evaluation.Tally
		window := evaluation.Window{Start: evaluation.Moment(run[0].Time), End: evaluation.Open}
		tally.Evaluate(demanded, window, run, scale)
		return nil
	}
}

// aloneFor is how long each is repeated.
const aloneFor = 500 * time.Millisecond

func (r *Report) alone(name string, readings int, act func() error) error {
	n := 0
	began := time.Now()
	for ; time.Since(began) < aloneFor; n++ {
		if err := act(); err != nil {
			return err
		}
	}
	each := float64(time.Since(began).Nanoseconds()) / float64(n) / float64(readings)
	r.single[name] = append(r.single[name], each)
	return nil
}
