package client

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// errEnough ends a stream because its reader does not want more of it.
var errEnough = errors.New("client: enough")

// takeError is an error of who takes the items, which is returned as it is.
type takeError struct{ error }

// following is a stream that has begun.
type following struct {
	client *Client
	name   string
	config followConfig
	emit   func(item *Item, pause bool) error

	at     Checkpoint
	begun  bool
	until  uint64
	newest atomic.Uint64 // the last block of any gateway, as far as is known
	away   string        // the gateway that was left
	lastOK time.Time     // when a gateway was last heard of
	tries  *patience
}

// run reads until it is enough, the context ends, or there is what no other try
// heals.
func (f *following) run(ctx context.Context, emit func(item *Item, pause bool) error) error {
	f.emit, f.until, f.lastOK = emit, math.MaxUint64, time.Now()
	f.tries = newPatience()
	for {
		err := f.read(ctx)
		var taken takeError
		switch {
		case err == nil, errors.Is(err, errEnough):
			f.client.observe(ctx, Event{Kind: StreamEnded, Name: f.name, Code: CodeOK, Block: f.at.Block})
			return nil
		case errors.As(err, &taken):
			f.client.observe(ctx, Event{Kind: StreamEnded, Name: f.name, Code: CodeOf(taken.error), Block: f.at.Block})
			return taken.error
		case f.final(ctx, err):
			return f.ended(ctx, err)
		}
		f.client.observe(ctx, Event{Kind: StreamLost, Name: f.name, Code: CodeOf(err), Block: f.at.Block})
		if f.begun {
			if err := f.take(nil, true); err != nil { // nothing waits while the stream is down
				if errors.As(err, &taken) {
					return taken.error
				}
				return nil
			}
		}
		if !f.tries.wait(ctx) {
			return f.ended(ctx, errors.Join(ctx.Err(), err))
		}
	}
}

func (f *following) ended(ctx context.Context, err error) error {
	f.client.observe(ctx, Event{Kind: StreamEnded, Name: f.name, Code: CodeOf(err), Block: f.at.Block})
	return &StreamError{Stream: f.name, Checkpoint: f.at, cause: err}
}

// take hands an item on, or nil.
func (f *following) take(item *Item, pause bool) error {
	err := f.emit(item, pause)
	if err == nil || errors.Is(err, errEnough) {
		return err
	}
	return takeError{err}
}

// read reads blocks from one gateway until that fails, or it is enough.
func (f *following) read(ctx context.Context) error {
	session := f.client.session()
	ctx, at := gateways.Noting(gateways.Away(ctx, f.away))
	defer func() { f.away = at() }()
	if err := f.begin(ctx, session.blocks); err != nil {
		return err
	}
	if f.at.Block > f.until {
		return f.take(nil, true)
	}
	f.client.observe(ctx, Event{Kind: StreamOpened, Name: f.name, Block: f.at.Block})
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	w := f.watch(ctx, leave, session.blocks, at)
	defer w.stop()
	for block, err := range session.blocks.public(ctx, f.at.Block, f.until, w) {
		if err != nil {
			return leftBecause(ctx, err)
		}
		f.heard(block.GetHeader().GetNumber())
		if err := f.block(ctx, session.blocks, block); err != nil {
			return err
		}
	}
	return f.take(nil, true)
}

// heard notes that a gateway gave out a block.
func (f *following) heard(block uint64) {
	f.tries.heard()
	f.lastOK = time.Now()
	f.known(block)
}

// known notes that a block is there. Whoever handles what is in it may write what
// follows from it.
func (f *following) known(block uint64) {
	f.client.knows(block)
	raise(&f.newest, block)
}

// behind is how many blocks are there behind the one in which the stream is.
func (f *following) behind() uint64 {
	here := f.at.Block
	if !f.at.partial() {
		here-- // all of it has been read
	}
	if newest := f.newest.Load(); f.at.Last.Known() && newest > here {
		return newest - here
	}
	return 0
}

// begin finds out where the stream begins and ends, once.
func (f *following) begin(ctx context.Context, d *deliverer) error {
	if f.begun {
		return nil
	}
	at := f.config.from
	if f.config.start == atNow || f.config.untilNow {
		last, err := d.newestHeader(ctx)
		if err != nil {
			return err
		}
		f.known(last.Number)
		if f.config.start == atNow {
			at = Checkpoint{Block: last.Number + 1, Last: last}
		}
		if f.config.untilNow {
			f.until = last.Number
		}
	}
	if f.config.until != nil {
		f.until = *f.config.until
	}
	f.at, f.begun = at, true
	return f.take(nil, false)
}

// final tells whether no other try heals what ended the stream.
func (f *following) final(ctx context.Context, err error) bool {
	var fork *ForkError
	var corrupt *CorruptBlockError
	var record *RecordError
	switch {
	case ctx.Err() != nil, errors.As(err, &fork), errors.As(err, &corrupt), errors.As(err, &record):
		return true
	case f.config.giveUp > 0 && time.Since(f.lastOK) > f.config.giveUp:
		return true
	}
	return f.tries.exhausted(err)
}
