package client

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
	growth     = 2
)

// again makes a call until it succeeds, fails for good, has been made as often
// as the client may, or the context ends; then it returns the last error. Pauses
// grow, with jitter, so that callers who lost the same race do not race again. Before
// it waits for peers of a named organisation, it asks whether there can be any.
func again[T any](ctx context.Context, c *Client, call func() (T, error)) (T, error) {
	pauses := newPauses()
	explained := false
	for try := 1; ; try++ {
		result, err := call()
		var failed *Error
		if err == nil || !errors.As(err, &failed) {
			return result, err
		}
		if len(failed.Absent) > 0 && !explained {
			c.explain(ctx, failed)
			explained = true
		}
		if try >= c.tries || !failed.Retry {
			return result, err
		}
		if !pause(ctx, pauses) {
			return result, err
		}
	}
}

func newPauses() *backoff.ExponentialBackOff {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = firstPause, lastPause, growth
	return pauses
}

// pause waits before the next try, and tells whether the context still lasts.
func pause(ctx context.Context, pauses *backoff.ExponentialBackOff) bool {
	timer := time.NewTimer(pauses.NextBackOff())
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
