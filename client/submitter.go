package client

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// Submitter makes calls side by side, a limited number at a time: each from its
// endorsement to its commit, with all that [Client.Submit] does. It is safe for
// concurrent use. Close it when it is no longer needed, before its client.
//
// Calls that touch the same object are not kept in order: who needs that waits for
// one before the next, or captures through a [Group].
type Submitter struct {
	client *Client
	places chan struct{}
	ctx    context.Context //nolint:containedctx // the submitter's life
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
	shut   chan struct{} // closed when no more calls are taken
}

// NewSubmitter returns a submitter that makes at most limit calls at a time; a
// gateway of Fabric takes 500 by default, from all its clients together. A limit
// below 1 is 1.
func NewSubmitter(c *Client, limit int) *Submitter {
	s := &Submitter{client: c, places: make(chan struct{}, max(limit, 1)), shut: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Submission is a call that is being made.
type Submission struct {
	done    chan struct{}
	result  []byte
	receipt *Receipt
	err     error
}

// Go begins a call. While as many as the limit are being made, it waits: for a place,
// or until the context ends, or the submitter is closed ([ErrSubmitterClosed]).
// Nothing has been sent then. The context goes with the call to its end: one that is
// cancelled when Go has returned cancels the call.
func (s *Submitter) Go(ctx context.Context, call Invocation) (*Submission, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s.places <- struct{}{}:
	case <-s.shut:
		return nil, ErrSubmitterClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.places
		return nil, ErrSubmitterClosed
	}
	submission := &Submission{done: make(chan struct{})}
	s.calls.Go(func() {
		defer func() { <-s.places }()
		defer close(submission.done)
		bounded, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)()
		submission.result, submission.receipt, submission.err = s.client.Submit(bounded, call)
	})
	return submission, nil
}

// Close takes no more calls, and waits for those that are being made. When the
// context ends before them, they are cancelled: those that have not been handed over
// end without effect, and of the others the outcome is still found out, for as long
// as Timeouts.Resolve says. Nothing is left running when it returns. It fails with
// the context's error when it had to cancel.
func (s *Submitter) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.shut)
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.calls.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.cancel()
	<-ended
	return err
}

// Done is closed when the call has ended.
func (s *Submission) Done() <-chan struct{} { return s.done }

// Wait waits until the call has ended and returns what [Client.Submit] does, or
// until the context ends, which leaves the call alone: it can be waited for again.
func (s *Submission) Wait(ctx context.Context) ([]byte, *Receipt, error) {
	select {
	case <-s.done:
		return s.result, s.receipt, s.err
	default:
	}
	select {
	case <-s.done:
		return s.result, s.receipt, s.err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("client: the call has not ended: %w", ctx.Err())
	}
}

// Going is a [Submission] of a declared function.
type Going[Resp any] struct {
	*Submission
	function string
}

// Go begins a call of a declared function: [Submitter.Go] with types.
func Go[Req, Resp any](ctx context.Context, s *Submitter, f api.Declared[Req, Resp], request Req, options ...CallOption) (*Going[Resp], error) {
	call, err := invocation(f, request, options)
	if err != nil {
		return nil, err
	}
	submission, err := s.Go(ctx, call)
	if err != nil {
		return nil, err
	}
	return &Going[Resp]{submission, f.FullName()}, nil
}

// Wait waits until the call has ended and returns what [Call] does, or until the
// context ends, which leaves the call alone: it can be waited for again.
func (g *Going[Resp]) Wait(ctx context.Context) (response Resp, receipt *Receipt, err error) {
	result, receipt, err := g.Submission.Wait(ctx)
	if err != nil {
		return response, nil, err
	}
	if err := json.Unmarshal(result, &response); err != nil {
		return response, receipt, &AnswerError{Function: g.function, Receipt: receipt, cause: err}
	}
	return response, receipt, nil
}
