package client

import (
	"context"
	"iter"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Followed is something that a valid transaction put on the ledger.
type Followed[T any] struct {
	// Kind is what it is.
	Kind Kind
	// Block is the number of its block, Index the place of the transaction in the
	// block, Write that of the write in the transaction.
	Block, Index, Write uint64
	// Transaction is the id.
	Transaction string
	// Time is the ledger time: the timestamp that the transaction's sender chose
	// within 15 minutes of the endorsers' clocks.
	Time time.Time
	// Record is the record as the transaction wrote it.
	Record T
	// Checkpoint is the place behind this item.
	Checkpoint Checkpoint
}

// Item is an item of any kind: Record is a pointer, to what [Kind] says.
type Item = Followed[any]

// Stream is what happens on the ledger, in its order, of certain kinds. It is begun
// by [Stream.Items], [Process] or [ProcessTx], each time anew, and may be by several
// at once.
//
// Items are decoded from the public writes of valid transactions in the blocks of the
// client's own gateways. Chaincode events are not looked at: one organisation can
// forge those. Which transactions are valid is the peer's word, as is what it answers
// to queries; that no transaction in a block was changed, and that each block follows
// the one before, is checked.
//
// A stream outlives its peer: when it breaks, or no longer keeps up, it goes on at the
// next gateway, exactly where it was, waiting there for blocks that this one does not
// have yet.
type Stream[T any] struct {
	client  *Client
	name    string
	options []FollowOption
}

// Follow follows all that can be followed, or some [Kinds] of it.
//
//	for item, err := range c.Follow(client.From(checkpoint)).Items(ctx) {
//		if err != nil {
//			return err
//		}
//		switch r := item.Record.(type) {
//		case *condition.BreachChange: ...
//		}
//		checkpoint = item.Checkpoint
//	}
func (c *Client) Follow(options ...FollowOption) *Stream[any] {
	return &Stream[any]{c, "items", options}
}

// FollowEvents follows the events that are recorded.
func (c *Client) FollowEvents(options ...FollowOption) *Stream[*product.RecordedEvent] {
	return streamOf[*product.RecordedEvent](c, "events", KindEvent, options)
}

// FollowBreaches follows breaches: each is there again whenever something becomes of
// it, so that what is kept of it elsewhere is replaced by its id. What a breach
// affects has a stream of its own: [Client.FollowAffected].
func (c *Client) FollowBreaches(options ...FollowOption) *Stream[*condition.BreachChange] {
	return streamOf[*condition.BreachChange](c, "breaches", KindBreach, options)
}

// FollowAffected follows what breaches are found to affect: each object once, by
// transactions of as much as one takes.
func (c *Client) FollowAffected(options ...FollowOption) *Stream[*condition.AffectedBy] {
	return streamOf[*condition.AffectedBy](c, "affected", KindAffected, options)
}

// FollowDiscrepancies follows what sides of shipments claim and answer.
func (c *Client) FollowDiscrepancies(options ...FollowOption) *Stream[*shipment.Discrepancy] {
	return streamOf[*shipment.Discrepancy](c, "discrepancies", KindDiscrepancy, options)
}

// FollowRecalls follows recalls and the answers to them.
func (c *Client) FollowRecalls(options ...FollowOption) *Stream[*product.RecallChange] {
	return streamOf[*product.RecallChange](c, "recalls", KindRecall, options)
}

// FollowDisclosures follows what is public of disclosures: requests, votes, that
// something was delivered, and what its recipient says. What was delivered comes from
// [Client.FollowDeliveries].
func (c *Client) FollowDisclosures(options ...FollowOption) *Stream[*disclosure.Change] {
	return streamOf[*disclosure.Change](c, "disclosures", KindDisclosure, options)
}

func streamOf[T any](c *Client, name string, k Kind, options []FollowOption) *Stream[T] {
	return &Stream[T]{c, name, append(options[:len(options):len(options)], func(c *followConfig) { c.kinds = []Kind{k} })}
}

// Items yields the items until the context ends, or the block that [UntilBlock] or
// [UntilNow] says. An error is the last that it yields: a [StreamError], or what is
// wrong with the options.
func (s *Stream[T]) Items(ctx context.Context) iter.Seq2[Followed[T], error] {
	return func(yield func(Followed[T], error) bool) {
		err := s.run(ctx, nil, func(_ context.Context, at step[T]) (bool, error) {
			return at.item == nil || yield(*at.item, nil), nil
		})
		if err != nil {
			yield(Followed[T]{}, err)
		}
	}
}

// step is one that a stream takes.
type step[T any] struct {
	// item is an item; nil at the end of a block, at the start, and when the stream
	// broke.
	item *Followed[T]
	// at is the place behind it.
	at Checkpoint
	// pause tells that the next step may take its time: there is no further block
	// yet, as far as is known.
	pause bool
	// behind is how many blocks the stream is behind, as far as is known.
	behind uint64
}

// run takes steps until take says that it is enough, or fails: its error is returned
// as it is. From replaces where the options begin; nil does not.
func (s *Stream[T]) run(ctx context.Context, from *Checkpoint, take func(context.Context, step[T]) (more bool, err error)) error {
	config, err := newFollowConfig(s.options)
	if err != nil {
		return err
	}
	if from != nil {
		config.start, config.from = atCheckpoint, *from
	}
	f := &following{client: s.client, name: s.name, config: config}
	return f.run(ctx, func(found *Item, pause bool) error {
		next := step[T]{at: f.at, pause: pause, behind: f.behind()}
		if found != nil {
			next.item = typed[T](found)
		}
		more, err := take(ctx, next)
		if err == nil && !more {
			err = errEnough
		}
		return err
	})
}

func typed[T any](i *Item) *Followed[T] {
	record, _ := i.Record.(T) // the stream has no other kind
	return &Followed[T]{
		Kind: i.Kind, Block: i.Block, Index: i.Index, Write: i.Write, Transaction: i.Transaction, Time: i.Time,
		Record: record, Checkpoint: i.Checkpoint,
	}
}
