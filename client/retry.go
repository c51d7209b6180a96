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
// as it may be, or the context ends; then it returns the last error. Pauses
// grow, with jitter, so that callers who lost the same race do not race again; one
// that the context would not outlast is not begun. Before it waits for peers of a
// named organisation, it asks whether there can be any.
func again[T any](ctx context.Context, c *Client, f *flight, once func(context.Context, *flight) (T, error)) (T, error) {
	var pauses *backoff.ExponentialBackOff
	explained := false
	for f.try = 1; ; f.try++ {
		result, err := once(ctx, f)
		var failed *Error
		if err == nil || !errors.As(err, &failed) {
			return result, err
		}
		switch {
		case len(failed.Absent) == 0:
			failed.Retry = failed.Retry || c.behind(ctx, f, failed)
		case !explained:
			explained = c.explain(ctx, failed)
		}
		if !failed.Retry || f.try >= f.Tries {
			return result, err
		}
		if pauses == nil {
			pauses = newPauses()
		}
		_, end := c.step(ctx, f.step(StageRetry))
		waited := pause(ctx, pauses)
		end(Outcome{Code: failed.Code()})
		if !waited {
			return result, err
		}
	}
}

// observed makes a call, as [again] does, in sight of the observer.
func observed[T any](ctx context.Context, c *Client, f *flight, once func(context.Context, *flight) (T, error)) (T, error) {
	if c.observer == nil {
		return again(ctx, c, f, once)
	}
	begun := Step{Stage: StageCall, Function: f.Function.FullName(), RequestBytes: len(f.Request)}
	for _, value := range f.Transient {
		begun.TransientBytes += len(value)
	}
	ctx, end := c.step(ctx, begun)
	result, err := again(ctx, c, f, once)
	how := Outcome{Code: CodeOf(err), Transaction: f.transaction, Tries: f.try}
	switch answer := any(result).(type) {
	case []byte:
		how.AnswerBytes = len(answer)
	case interface{ size() int }:
		how.AnswerBytes = answer.size()
	}
	end(how)
	return result, err
}

func newPauses() *backoff.ExponentialBackOff {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = firstPause, lastPause, growth
	return pauses
}

// pause waits before the next try, and tells whether the context still lasts. It does
// not wait for what the context will not see.
func pause(ctx context.Context, pauses *backoff.ExponentialBackOff) bool {
	wait := pauses.NextBackOff()
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	return rest(ctx, wait)
}

// rest waits, and tells whether the context still lasts.
func rest(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
