package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Group captures events one by one and sends them together: what many callers
// capture at the same time becomes a document of up to a hundred events, for which
// signatures, ordering and validation are paid once.
//
//   - Latency: an event goes at once when no document is in flight, and otherwise
//     with those that come within a short delay ([WithGroupDelay]).
//   - Order: events that name the same object, lot, class or container, or have the
//     same eventID, go in the order of the calls: in one document, in that order, or
//     the later when the outcome of the earlier is known. Others do not wait for them.
//   - Independence: a refusal reaches only the caller of its event. The document goes
//     again without it; when the refusal names no event, in halves. The later events
//     of the same object go on: they were asked for independently.
//
// A group holds no goroutine while it has nothing in flight. It is safe for
// concurrent use, and should be shared, as a [Client] is: the order is kept within
// one group only.
type Group struct {
	client *Client
	config groupConfig
	room   *semaphore.Weighted
	ctx    context.Context //nolint:containedctx // the calls belong to no one caller
	cancel context.CancelFunc
	timer  *time.Timer

	mu        sync.Mutex
	lines     groupLines
	count     uint64         // entries so far
	open      int            // entries whose outcome is not known
	inFlight  int            // documents
	flights   sync.WaitGroup // their goroutines
	closed    bool
	abandoned bool          // nothing more is sent
	empty     chan struct{} // closed when the group is closed and nothing is open
}

// Grouped is the answer to [Group.Capture].
type Grouped struct {
	// Receipt is that of the document with which the event went.
	Receipt
	// Event is the event; its Index is always 0.
	Event shipment.CapturedEvent
	// Together is how many events the document had.
	Together int
}

// GroupResult is what became of one of several events.
type GroupResult struct {
	// Captured is nil when there is an Err.
	Captured *Grouped
	// Err is as [Group.Capture] returns it.
	Err error
}

// Pending is an event that a group has taken. Its methods are safe for concurrent
// use.
type Pending struct{ entry *groupEntry }

// ErrGroupClosed: the group was closed before the event was sent. Nothing has
// changed on the ledger.
var ErrGroupClosed = errors.New("client: the group is closed")

// LeftError says that a caller has left while its event was on its way: it goes on,
// and may be on the ledger soon, or be refused. To capture it again is safe: what is
// on record by then fails with fault.AlreadyRecorded.
type LeftError struct{ cause error }

// Error implements error.
func (e *LeftError) Error() string {
	return "client: the event goes on without its caller, and it is not known what becomes of it: " + e.cause.Error()
}

// Unwrap returns why the caller has left.
func (e *LeftError) Unwrap() error { return e.cause }

// HeldBackError says that an event was not sent, because one before it of the same
// object, lot, class or container, or with the same eventID, has failed otherwise than
// by a final refusal, and may be recorded when its caller sends it again. Nothing has changed
// on the ledger; send both again, in their order.
type HeldBackError struct {
	// Before is what the event before it met. It is not unwrapped: it tells nothing
	// of this event.
	Before error
}

// Error implements error.
func (e *HeldBackError) Error() string {
	return "client: the event was not sent, as one of the same object before it has failed and may be recorded yet: " + e.Before.Error()
}

const captureFunction = "shipment:Capture"

// NewGroup returns a group that captures through a client. Close the group before
// the client.
func NewGroup(c *Client, options ...GroupOption) (*Group, error) {
	config, err := newGroupConfig(options)
	if err != nil {
		return nil, err
	}
	g := &Group{
		client: c, config: config, room: semaphore.NewWeighted(config.memory),
		lines: groupLines{lines: map[string]*groupLine{}}, empty: make(chan struct{}),
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.timer = time.AfterFunc(time.Hour, g.tick)
	g.timer.Stop()
	return g, nil
}

// Capture captures one event, as [Client.CaptureEvents] would alone, and waits until
// its own outcome is known. It fails
//   - as CaptureEvents does, with the refusal of this event alone, as if it had been
//     the only one of its document. An event that breaks the rules of EPCIS is refused
//     before it is sent. What concerns the whole document, such as an
//     [OutcomeUnknownError] or a gateway out of reach, every caller hears.
//   - with [Error] and the context's error when that ends before the event was sent:
//     it is taken out, and nothing has changed.
//   - with [LeftError] when the context ends later.
//   - with [HeldBackError] when an event of the same object before it has failed
//     otherwise than by a final refusal.
//   - with [ErrGroupClosed].
//
// The timeouts of the client bound the calls; the caller's context does not reach
// them, as a document is of many callers.
func (g *Group) Capture(ctx context.Context, event epcis.Event) (*Grouped, error) {
	p, err := g.Start(ctx, event)
	if err != nil {
		return nil, err
	}
	return g.await(ctx, p)
}

// CaptureAll captures events in their order, each for itself, and returns what
// became of each, in the same order. Events of one object keep their order, and
// those of different objects may be recorded in any. The context bounds the whole, as
// in [Group.Capture].
func (g *Group) CaptureAll(ctx context.Context, events []epcis.Event) []GroupResult {
	results := make([]GroupResult, len(events))
	pending := make([]*Pending, len(events))
	before := map[string]*groupEntry{}
	for i := range events {
		pending[i], results[i].Err = g.start(ctx, events[i], before)
	}
	for i, p := range pending {
		if p == nil {
			continue
		}
		results[i].Captured, results[i].Err = g.await(ctx, p)
	}
	return results
}

// await waits for an outcome; an event that was not sent when the context ends is
// taken out.
func (g *Group) await(ctx context.Context, p *Pending) (*Grouped, error) {
	select {
	case <-p.entry.done:
	case <-ctx.Done():
		g.withdraw(p.entry, status.FromContextError(ctx.Err()).Err())
	}
	return p.Wait(ctx)
}

// Start gives an event to the group and returns at once, or when there is room for
// it ([WithGroupMemory]); the context bounds that. From then on the event goes its
// way, whether anybody waits for it or not. It fails when the event breaks the rules
// of EPCIS, when the context ends, and with [ErrGroupClosed].
func (g *Group) Start(ctx context.Context, event epcis.Event) (*Pending, error) {
	return g.start(ctx, event, map[string]*groupEntry{})
}

// start gives an event to the group, unless one given before has failed and may be
// recorded yet: the last of each name, among which it puts this one.
func (g *Group) start(ctx context.Context, event epcis.Event, before map[string]*groupEntry) (*Pending, error) {
	e, err := newGroupEntry(event)
	if err != nil {
		return nil, err
	}
	if err := g.room.Acquire(ctx, e.weight()); err != nil {
		return nil, withdrawn(status.FromContextError(err).Err())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		g.room.Release(e.weight())
		return nil, ErrGroupClosed
	}
	if err := e.follow(before); err != nil {
		g.room.Release(e.weight())
		return nil, err
	}
	g.count++
	g.open++
	e.number, e.since = g.count, time.Now()
	g.lines.join(e)
	g.pump()
	return &Pending{e}, nil
}

// Done is closed when the outcome is known.
func (p *Pending) Done() <-chan struct{} { return p.entry.done }

// Wait waits for the outcome, and fails as [Group.Capture] does, with [LeftError]
// when the context ends first, also for an event that was not sent yet: it goes on.
// It may be called again.
func (p *Pending) Wait(ctx context.Context) (*Grouped, error) {
	select {
	case <-p.entry.done:
		return p.entry.result, p.entry.err
	default:
	}
	select {
	case <-p.entry.done:
		return p.entry.result, p.entry.err
	case <-ctx.Done():
		return nil, &LeftError{ctx.Err()}
	}
}

// Close sends what waits, waits for all outcomes, and releases what the group holds.
// When the context ends first, what was not sent fails with [ErrGroupClosed], what is
// in flight is cut short as if its callers had left, and Close returns the context's
// error. It may be called again.
func (g *Group) Close(ctx context.Context) error {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		g.pump()
		g.settled()
	}
	g.mu.Unlock()
	var err error
	select {
	case <-g.empty:
	case <-ctx.Done():
		err = fmt.Errorf("client: close the group: %w", ctx.Err())
		g.abandon()
		g.cancel()
	}
	g.flights.Wait()
	g.timer.Stop()
	g.cancel()
	return err
}

// abandon fails everything that waits.
func (g *Group) abandon() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.abandoned = true
	g.pump()
}

// withdraw takes an entry out, if it was not sent and its outcome is not known.
func (g *Group) withdraw(e *groupEntry, why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-e.done:
		return
	default:
	}
	if !e.flying {
		own := withdrawn(why)
		g.holdBack(g.lines.behind([]*groupEntry{e}), own)
		g.finish(e, nil, own)
		g.pump()
	}
}

// withdrawn is the error of a caller who has left in time.
func withdrawn(why error) *Error {
	return &Error{Stage: StageEndorse, Function: captureFunction, cause: why}
}

// finish tells an entry's outcome.
func (g *Group) finish(e *groupEntry, result *Grouped, err error) {
	g.lines.leave(e)
	e.flying, e.result, e.err = false, result, err
	close(e.done)
	g.room.Release(e.weight())
	g.open--
	g.settled()
}

// settled notes when a closed group is empty.
func (g *Group) settled() {
	if !g.closed || g.open > 0 {
		return
	}
	select {
	case <-g.empty:
	default:
		close(g.empty)
	}
}

// tick sends what has waited long enough.
func (g *Group) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pump()
}

// pump sends documents while there is reason to.
func (g *Group) pump() {
	for g.abandoned && len(g.lines.ready) > 0 { // then who is behind them
		g.finish(g.lines.ready[0], nil, ErrGroupClosed)
	}
	for len(g.lines.ready) > 0 && g.inFlight < g.config.inFlight {
		waits := time.Until(g.lines.ready[0].since.Add(g.config.delay))
		full := len(g.lines.ready) >= g.config.events || g.lines.bytes >= g.config.bytes
		if g.inFlight > 0 && waits > 0 && !full && !g.closed {
			g.timer.Reset(waits)
			return
		}
		g.inFlight++
		g.flights.Add(1)
		go g.fly(g.lines.next(g.config))
	}
}
