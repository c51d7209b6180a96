package evidence

import (
	"context"
	"errors"
	"fmt"
	"time"

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
func Standard() Settings { return Settings{Rounds: 9, Each: 200 * time.Millisecond} }

// The ways in which a file is looked at.
const (
	bare  = iota // its signatures alone
	whole        // read and verified
	cold         // the same, by a verifier that has met none of the peers
	ways
)

// measured is one kind of evidence.
type measured struct {
	item
	bytes  int
	run    [ways]func() error
	micros [ways][]float64 // one a round
}

// Run measures on the consortium in memory. The context ends it between two rounds.
func Run(ctx context.Context, s Settings) (*Report, error) {
	r := &Report{settings: s, machine: page.Machine()}
	c, err := clienttest.Start(clienttest.WithTime(at))
	if err != nil {
		return nil, err
	}
	list, err := items(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		m, err := prepare(i, c.Roots())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.name, err)
		}
		r.kinds = append(r.kinds, m)
	}
	for range s.Rounds {
		for _, m := range r.kinds {
			for way, run := range m.run {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				took, err := repeat(s.Each, run)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", m.name, err)
				}
				m.micros[way] = append(m.micros[way], took)
			}
		}
	}
	return r, nil
}

// repeat runs something for a time, once at least, and returns the microseconds of
// processor time that a run takes.
func repeat(each time.Duration, run func() error) (float64, error) {
	began, spent := time.Now(), page.Spent()
	for n := 1; ; n++ {
		if err := run(); err != nil {
			return 0, err
		}
		if time.Since(began) >= each {
			return float64(page.Spent()-spent) / float64(time.Microsecond) / float64(n), nil
		}
	}
}

func prepare(i item, roots *verify.Roots) (*measured, error) {
	file, err := i.evidence.Encode()
	if err != nil {
		return nil, err
	}
	v, err := verify.New(roots)
	if err != nil {
		return nil, err
	}
	policy := verify.Policy{Of: organisations, Required: len(i.evidence.Attested().Endorsements)}
	m := &measured{item: i, bytes: len(file)}
	if m.run[bare], err = signed.Signatures(i.evidence.Attested()); err != nil {
		return nil, err
	}
	m.run[whole] = func() error { return signed.Verified(v, policy, file, at) }
	m.run[cold] = func() error {
		fresh, err := verify.New(roots)
		if err != nil {
			return err
		}
		return signed.Verified(fresh, policy, file, at)
	}
	return m, errors.Join(m.run[bare](), m.run[whole]())
}
