package gateways

import (
	"context"
	"sync"

	"google.golang.org/grpc"
)

// stream is a stream at one gateway, which learns from how it ends.
type stream struct {
	grpc.ClientStream
	at   *gateway
	ctx  context.Context //nolint:containedctx // a stream is its context's
	done func()
}

// newStream counts a stream as a call until it has ended, or its context has.
func newStream(ctx context.Context, s grpc.ClientStream, at *gateway) *stream {
	if !at.enter() {
		return &stream{ClientStream: s, at: at, ctx: ctx, done: func() {}} // retired: it ends with the gateway
	}
	leave := sync.OnceFunc(at.leave)
	stop := context.AfterFunc(ctx, leave)
	return &stream{ClientStream: s, at: at, ctx: ctx, done: func() {
		stop()
		leave()
	}}
}

// RecvMsg implements [grpc.ClientStream].
func (s *stream) RecvMsg(message any) error {
	err := s.ClientStream.RecvMsg(message)
	if err != nil {
		s.at.saw(s.ctx, err, len(s.Trailer()) > 0, "", 0)
		s.done()
	}
	return err
}
