package client

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// Why a stream leaves a gateway that is connected.
var (
	errStalled = errors.New("client: the gateway does not give out a block that is there")
	errSilent  = errors.New("client: the gateway has given out no block for a long time")
)

// leftBecause returns why a stream was left, if it was, and else its error.
func leftBecause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); errors.Is(why, errStalled) || errors.Is(why, errSilent) {
		return why
	}
	return err
}

// watched looks after a stream while it waits: a peer that hangs, or that gets no
// more blocks, keeps its connections open and says nothing.
type watched struct {
	f      *following
	blocks *deliverer
	at     func() string
	leave  context.CancelCauseFunc

	block atomic.Uint64
	since atomic.Pointer[time.Time] // since when it waits; nil while it does not
	end   context.CancelFunc
	group sync.WaitGroup
}

func (f *following) watch(ctx context.Context, leave context.CancelCauseFunc, d *deliverer, at func() string) *watched {
	ctx, end := context.WithCancel(ctx)
	w := &watched{f: f, blocks: d, at: at, leave: leave, end: end}
	w.group.Go(func() { w.run(ctx) })
	return w
}

func (w *watched) waiting(block uint64) {
	now := time.Now()
	w.block.Store(block)
	w.since.Store(&now)
}

func (w *watched) received() { w.since.Store(nil) }

func (w *watched) stop() {
	w.end()
	w.group.Wait()
}

func (w *watched) run(ctx context.Context) {
	w.ask(ctx) //nolint:errcheck // how far behind the stream begins
	every := w.f.config.stall
	if silence := w.f.config.silence; silence > 0 {
		every = min(every, silence)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		if why := w.look(ctx); why != nil {
			w.leave(why)
			return
		}
	}
}

// look tells why the gateway should be left; nil when it should not.
func (w *watched) look(ctx context.Context) error {
	since, block := w.since.Load(), w.block.Load()
	if since == nil {
		return nil // who reads takes his time
	}
	waited := time.Since(*since)
	if silence := w.f.config.silence; silence > 0 && waited >= silence {
		return errSilent
	}
	if waited < w.f.config.stall {
		return nil
	}
	at := w.at()
	here, silent := w.ask(gateways.Only(ctx, at))
	there, err := w.ask(gateways.Away(ctx, at))
	switch {
	case ctx.Err() != nil || w.since.Load() != since:
		return nil
	case silent == nil && here >= block, err == nil && there >= block:
		return errStalled
	case silent != nil && err == nil:
		return errStalled // it does not answer, and another does
	}
	return nil
}

// ask returns the number of the last block of a gateway: the one that the context
// says.
func (w *watched) ask(ctx context.Context) (uint64, error) {
	ctx, _ = gateways.Noting(ctx) // the stream's own stays what it is
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	newest, err := w.blocks.newest(ctx)
	if err == nil {
		w.f.known(newest)
	}
	return newest, err
}
