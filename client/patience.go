package client

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// patience is that of a stream which breaks: it waits, longer each time, and ends when
// gateways refuse again and again.
type patience struct {
	waits   *backoff.ExponentialBackOff
	refused int // how often in a row
}

func newPatience() *patience {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = firstWait, lastWait
	return &patience{waits: waits}
}

// heard notes that a gateway gave out a block.
func (p *patience) heard() {
	p.waits.Reset()
	p.refused = 0
}

// mostRefusals is how often in a row gateways may refuse before the stream ends: one
// that has just been started, or is behind in the channel's configuration, may know
// neither channel nor member.
const mostRefusals = 5

// exhausted takes note of why the stream broke, and tells whether to give up.
func (p *patience) exhausted(err error) bool {
	if !refusal(err) {
		return false
	}
	p.refused++
	return p.refused >= mostRefusals
}

// wait returns false when the context has ended.
func (p *patience) wait(ctx context.Context) bool {
	timer := time.NewTimer(p.waits.NextBackOff())
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// refusal tells whether a peer has refused, and will again.
func refusal(err error) bool {
	var ended *BlocksError
	if errors.As(err, &ended) {
		switch ended.Status {
		case "FORBIDDEN", notFound, "BAD_REQUEST":
			return true
		}
	}
	switch status.Code(errors.Unwrap(err)) {
	case codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented, codes.InvalidArgument,
		codes.Canceled: // not by the stream's context: the client was closed
		return true
	default:
		return false
	}
}
