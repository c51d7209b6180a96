package faults_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestChaosLosesNothingAndDoublesNothing kills clients, peers, orderers and chaincode
// servers, freezes nodes and cuts connections, at random and under load. Then all is
// repaired, the clients finish what stands in their outboxes, and the books are
// balanced.
func TestChaosLosesNothingAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	seed := *chaosSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	fmt.Printf("chaos: seed %d, for %s (repeat it with -faults.seed=%d -faults.for=%s)\n", seed, *chaosFor, seed, *chaosFor)
	w := newWorld(t, load{lanes: 6, perObject: 20, recorders: make([]defect, 3), followers: make([]defect, 2)})
	plan := newPlan(seed, *chaosFor, w.targets())
	stop := w.report(t)
	w.suffer(t, plan)
	require.NoError(t, w.calm(t.Context()))
	calmed := time.Now()
	require.NoError(t, w.settle(t.Context()))
	stop()
	fmt.Printf("chaos: over; the clients were done %s after the last repair\n", time.Since(calmed).Round(time.Millisecond))

	found, events, objects := w.check(t)
	w.figures(t, plan, events, objects)
	require.NoError(t, w.network.Err())
	require.Positive(t, events)
	require.Empty(t, found, "seed %d", seed)
}

// suffer carries out a plan.
func (w *world) suffer(t *testing.T, plan []planned) {
	t.Helper()
	began := time.Now()
	var all sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for _, f := range plan {
		time.Sleep(time.Until(began.Add(f.at)))
		all.Go(func() {
			err := w.sufferOne(t.Context(), f)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
}

func (w *world) sufferOne(ctx context.Context, f planned) error {
	repair, whom, err := w.befall(ctx, f)
	fmt.Printf("chaos: %s", f)
	if whom != f.target {
		fmt.Printf(": %s", whom)
	}
	fmt.Println()
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	time.Sleep(f.lasts)
	if err := repair(); err != nil {
		return fmt.Errorf("repair after %s: %w", f, err)
	}
	return nil
}

// report prints how far it is every ten seconds, until it is told to stop.
func (w *world) report(t *testing.T) (stop func()) {
	t.Helper()
	began := time.Now()
	ended := make(chan struct{})
	var reporting sync.WaitGroup
	reporting.Go(func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				all, accepted := w.counts()
				fmt.Printf("chaos: %s: %d events in outboxes, %d accepted; seen by followers: %v\n",
					time.Since(began).Round(time.Second), all, accepted, w.seen())
			case <-ended:
				return
			}
		}
	})
	return sync.OnceFunc(func() { close(ended); reporting.Wait() })
}

// counts sums the outboxes up; what cannot be read at the moment counts nothing.
func (w *world) counts() (all, accepted int) {
	for _, r := range w.recorders {
		o, err := openOutbox(r.config.Database)
		if err != nil {
			continue
		}
		if a, b, err := o.counts(); err == nil {
			all, accepted = all+a, accepted+b
		}
		_ = o.db.Close()
	}
	return all, accepted
}

func (w *world) seen() []int {
	var all []int
	for _, f := range w.followers {
		seen, err := seenBy(f.config.Database)
		if err == nil {
			all = append(all, len(seen))
		}
	}
	return all
}

// figures prints what docs/reliability.md states.
func (w *world) figures(t *testing.T, plan []planned, events, objects int) {
	t.Helper()
	faults := map[string]int{}
	for _, f := range plan {
		faults[string(f.kind)]++
	}
	var kinds []string
	for _, kind := range sortedKeys(faults) {
		kinds = append(kinds, fmt.Sprintf("%d %s", faults[kind], kind))
	}
	fmt.Printf("chaos: %d events of %d objects; %d faults: %s\n", events, objects, len(plan), strings.Join(kinds, ", "))
	for _, r := range w.recorders {
		o, err := openOutbox(r.config.Database)
		require.NoError(t, err)
		met, err := o.met()
		require.NoError(t, err)
		slowest, err := o.slowest()
		require.NoError(t, err)
		require.NoError(t, o.db.Close())
		fmt.Printf("chaos: recorder %d: slowest event %s; its caller met: %s\n", r.config.Number, slowest, strings.Join(slices.Concat(met, none(met)), ", "))
	}
}

func none(met []string) []string {
	if len(met) == 0 {
		return []string{"no error"}
	}
	return nil
}
