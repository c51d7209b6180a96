package client

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxUnsaved is how many blocks without an item go by before the place behind them is
// saved: so many are read again at most after a crash, and found empty.
const maxUnsaved = 100

// HandlerError says that a handler has failed: the stream has ended before the item,
// which comes again when it goes on.
type HandlerError struct {
	// Block, Index and Transaction are the item's.
	Block, Index uint64
	Transaction  string
	cause        error
}

// Error implements error.
func (e *HandlerError) Error() string {
	return fmt.Sprintf("client: the handler failed on an item of block %d, transaction %s: %v", e.Block, e.Transaction, e.cause)
}

// Unwrap returns what the handler returned.
func (e *HandlerError) Unwrap() error { return e.cause }

// Process hands the items of a stream to a handler, one after the other, each at least
// once: the place behind an item is saved when the handler is done with it, so that
// after a crash between the two the handler sees that one item again, and no other.
// It begins where the store says; where the stream's options say only when the store
// has nothing yet.
//
//	store, err := client.OpenCheckpointFile("breaches.checkpoint")
//	...
//	err = client.Process(ctx, c.FollowBreaches(), store, func(ctx context.Context, item client.Followed[*condition.BreachChange]) error {
//		return tell(ctx, item.Record)
//	})
//
// It returns nil at the stream's end, if it has one, and else fails: with
// [HandlerError] when the handler has, [StreamError], the store's errors such as
// [CheckpointError], or what is wrong with the options.
func Process[T any](ctx context.Context, stream *Stream[T], store Checkpoints, handle func(ctx context.Context, item Followed[T]) error) error {
	if store == nil || handle == nil {
		return errors.New("client: Process takes where to keep checkpoints, and a handler")
	}
	from, err := store.Load(ctx)
	if err != nil {
		return err
	}
	saved := uint64(0)
	if from != nil {
		saved = from.Block
	}
	return stream.run(ctx, from, func(ctx context.Context, next step[T]) (bool, error) {
		switch {
		case next.item != nil:
			if err := stream.handle(ctx, next, func() error { return handle(ctx, *next.item) }); err != nil {
				return false, err
			}
		case from != nil && next.at.Block < saved+maxUnsaved:
			return true, nil
		}
		if err := store.Save(ctx, next.at); err != nil {
			return false, err
		}
		saved, from = next.at.Block, &next.at
		return true, nil
	})
}

// handle has an item handled, and tells the observer.
func (s *Stream[T]) handle(ctx context.Context, next step[T], handler func() error) error {
	began := time.Now()
	err := handler()
	s.client.observe(ctx, Event{
		Kind: StreamDelivered, Name: s.name, Code: CodeOf(err), Block: next.item.Block, Size: 1, Lag: next.behind, Took: time.Since(began),
	})
	if err != nil {
		return &HandlerError{next.item.Block, next.item.Index, next.item.Transaction, err}
	}
	return nil
}
