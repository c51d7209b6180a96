package main

import (
	"context"
	"errors"
	"slices"
	"time"
)

// measure starts and stops a network several times. Building Fabric and the
// chaincode server does not count: a network's time to ready begins after it.
func (u *up) measure(ctx context.Context, dir string, report *report) error {
	var times []time.Duration
	for i := range u.runs {
		n, err := u.start(ctx, dir, report)
		if err != nil {
			return err
		}
		times = append(times, n.Ready())
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		err = errors.Join(n.Stop(stopCtx), report.ran(i+1, n.Ready()))
		cancel()
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return report.median(times, median(times))
}

// median of at least one time; of an even number the mean of the middle two.
func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
