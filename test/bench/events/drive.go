package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// sample is one measurement of a load.
type sample struct {
	window    time.Duration
	calls     int
	events    int
	used      reading
	latencies []time.Duration // sorted; of each call that ended in the window
}

// with returns both measurements as one.
func (s sample) with(other sample) sample {
	s.window += other.window
	s.calls += other.calls
	s.events += other.events
	s.used = s.used.and(other.used)
	s.latencies = slices.Concat(s.latencies, other.latencies)
	slices.Sort(s.latencies)
	return s
}

// rate is in events a second.
func (s sample) rate() float64 { return float64(s.events) / s.window.Seconds() }

// latency is a percentile.
func (s sample) latency(percent int) time.Duration {
	if len(s.latencies) == 0 {
		return 0
	}
	return s.latencies[min(len(s.latencies)*percent/100, len(s.latencies)-1)]
}

// ended is a call that has returned.
type ended struct {
	at   time.Time
	took time.Duration
}

// drive has the callers of a load call in a closed loop, and measures a window.
func (b *bench) drive(ctx context.Context, l Load, window time.Duration) (s sample, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	call, end, err := l.begin(ctx, b)
	if err != nil {
		return s, err
	}
	if err := b.settle(ctx); err != nil {
		return s, errors.Join(err, end())
	}
	stop := make(chan struct{})
	calls := make([][]ended, l.Callers)
	var callers sync.WaitGroup
	for i := range l.Callers {
		callers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-ctx.Done():
					return
				default:
				}
				began := time.Now()
				if err := call(ctx, i, n); err != nil {
					cancel(fmt.Errorf("caller %d, call %d: %w", i, n, err))
					return
				}
				now := time.Now()
				calls[i] = append(calls[i], ended{now, now.Sub(began)})
			}
		})
	}
	from, to, used, err := b.window(ctx, window)
	close(stop)
	callers.Wait()
	ended := end()
	if failed := context.Cause(ctx); failed != nil || err != nil || ended != nil {
		return s, errors.Join(failed, err, ended)
	}
	s.window, s.used = to.Sub(from), used
	all := slices.Concat(calls...)
	b.recorded += len(all) * l.Events
	for _, c := range all {
		if !c.at.Before(from) && c.at.Before(to) {
			s.latencies = append(s.latencies, c.took)
		}
	}
	slices.Sort(s.latencies)
	s.events = len(s.latencies) * l.Events
	s.calls = len(s.latencies)
	return s, nil
}

// settle waits until the nodes have done what the load before has left them with, such as
// compaction of their databases: it is not to count against the next.
func (b *bench) settle(ctx context.Context) error {
	before, err := read(b.network, b.servers)
	for deadline := time.Now().Add(longestRest); err == nil && time.Now().Before(deadline); {
		if err := pause(ctx, rest); err != nil {
			return err
		}
		var after reading
		after, err = read(b.network, b.servers)
		if after.since(before).total() < rest/quiet {
			return err
		}
		before = after
	}
	if err == nil {
		b.logf("the nodes are not quiet after %v: what they have left counts against the next", longestRest)
	}
	return err
}

const (
	rest        = time.Second
	longestRest = 20 * time.Second
	quiet       = 5 // a fifth of a processor, for all processes together
)

// window waits until all callers are under way, and reads the meters at the
// beginning and the end of what is measured.
func (b *bench) window(ctx context.Context, length time.Duration) (from, to time.Time, used reading, err error) {
	if err := pause(ctx, warmUp); err != nil {
		return from, to, used, err
	}
	before, err := read(b.network, b.servers)
	if err != nil {
		return from, to, used, err
	}
	from = time.Now()
	if err := pause(ctx, length); err != nil {
		return from, to, used, err
	}
	to = time.Now()
	after, err := read(b.network, b.servers)
	return from, to, after.since(before), err
}

// warmUp is how long a load runs before it is measured.
const warmUp = 1500 * time.Millisecond

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
