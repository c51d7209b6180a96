package fields

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/test/bench/page"
	"github.com/countersign-ledger/countersign/test/bench/signed"
)

// Settings say how much to measure.
type Settings struct {
	// Rounds is how often each thing is measured, in turn with the others.
	Rounds int
	// Each is how long it is repeated in a round.
	Each time.Duration
}

// Standard is what the page has.
func Standard() Settings { return Settings{Rounds: 9, Each: 300 * time.Millisecond} }

// What is measured.
const (
	signatures = "the three signatures alone: SHA-256 and ECDSA over what is signed, keys at hand"
	statement  = "the statement alone, read and verified"
	one        = "1 field, read and verified"
	all        = "64 fields, read and verified"
	cold       = "1 field, by a verifier that has not met the peers before"
	committing = "commitments to 64 fields"
	opening    = "64 fields opened, each against 64 commitments"
)

// sizes are the fields of the records whose size is told.
var sizes = []int{8, 32, 64}

// bench is what is measured, by name, in order.
type bench struct {
	name string
	run  func() error
}

// Run measures on the consortium in memory. The context ends it between two rounds.
func Run(ctx context.Context, s Settings) (*Report, error) {
	r := &Report{settings: s, machine: page.Machine(), records: map[int]record{}, files: map[string]int{}, micros: map[string][]float64{}}
	benches, err := r.prepare(ctx)
	if err != nil {
		return nil, err
	}
	for range s.Rounds {
		for _, b := range benches {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			took, err := repeat(s.Each, b.run)
			if err != nil {
				return nil, fmt.Errorf("fields: %s: %w", b.name, err)
			}
			r.micros[b.name] = append(r.micros[b.name], took)
		}
	}
	return r, nil
}

// repeat runs something for a time, once at least, and returns microseconds a run.
func repeat(each time.Duration, run func() error) (float64, error) {
	began := time.Now()
	for n := 1; ; n++ {
		if err := run(); err != nil {
			return 0, err
		}
		if took := time.Since(began); took >= each {
			return float64(took) / float64(time.Microsecond) / float64(n), nil
		}
	}
}

func (r *Report) prepare(ctx context.Context) ([]bench, error) {
	c, err := clienttest.Start(clienttest.WithTime(at))
	if err != nil {
		return nil, err
	}
	if err := c.Found(ctx, shipmenttest.Founders()...); err != nil {
		return nil, err
	}
	for _, n := range sizes {
		if r.records[n], err = publish(ctx, c, n); err != nil {
			return nil, err
		}
	}
	largest := r.records[sizes[len(sizes)-1]]
	shown, oneFile, err := show(ctx, c, largest, 1)
	if err != nil {
		return nil, err
	}
	_, allFile, err := show(ctx, c, largest, len(largest.draft.Fields))
	if err != nil {
		return nil, err
	}
	alone, err := shown.Statement.Encode()
	if err != nil {
		return nil, err
	}
	r.files[statement], r.files[one], r.files[all] = len(alone), len(oneFile), len(allFile)
	bare, err := signed.Signatures(shown.Statement)
	if err != nil {
		return nil, err
	}
	roots := c.Roots()
	v, err := verify.New(roots)
	if err != nil {
		return nil, err
	}
	commit, open := commitments(largest)
	return []bench{
		{signatures, bare},
		{statement, func() error { return signed.Verified(v, roots.Policy, alone, at) }},
		{one, func() error { return signed.Verified(v, roots.Policy, oneFile, at) }},
		{all, func() error { return signed.Verified(v, roots.Policy, allFile, at) }},
		{cold, func() error {
			fresh, err := verify.New(roots)
			if err != nil {
				return err
			}
			return signed.Verified(fresh, roots.Policy, oneFile, at)
		}},
		{committing, commit},
		{opening, open},
	}, nil
}

// commitments makes and opens those of a record.
func commitments(r record) (commit, open func() error) {
	id, fields := r.draft.ID, r.draft.Fields
	made := make([]string, len(fields))
	commit = func() (err error) {
		for i, f := range fields {
			if made[i], err = selective.Commit(id, f); err != nil {
				return err
			}
		}
		return nil
	}
	return commit, func() error { return selective.Open(id, made, fields...) }
}
