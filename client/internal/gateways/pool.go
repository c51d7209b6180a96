package gateways

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

var _ grpc.ClientConnInterface = (*Pool)(nil)

// Settings of a [Pool]; a zero field keeps the default.
type Settings struct {
	// Settle is how long a gateway that came back must stay within reach before
	// calls return to it: at least this, at most twice this, at random, so that
	// the clients of a peer that was restarted do not all come at once; 10 s. It
	// doubles, up to 16 times, each time the gateway is lost again soon.
	Settle time.Duration
	// Rest is how long a gateway behind which calls failed again and again comes
	// after the others, at least; at most twice this; 15 s. It doubles, up to 16
	// times, when it fails again.
	Rest time.Duration
	// Slow is how long a call must have lasted at least for its time-out to tell of
	// the gateway rather than of the caller's haste; 2 s. A gateway that has answered
	// nobody in that time hangs, and rests at once.
	Slow time.Duration
	// OnEvent is told of what happens, when it is not nil. It must not block.
	OnEvent func(Event)
}

const (
	defaultSettle = 10 * time.Second
	defaultRest   = 15 * time.Second
	defaultSlow   = 2 * time.Second
)

// Pool is a connection over several gateways. It is safe for concurrent use.
type Pool struct {
	settings Settings
	ctx      context.Context //nolint:containedctx // the pool's life
	end      context.CancelFunc
	group    sync.WaitGroup

	mu       sync.Mutex
	gateways []*gateway // in order of preference
	chosen   string     // the address that answered last
	changed  chan struct{}
	closed   bool
}

// ErrClosed says that the pool was closed.
var ErrClosed = errors.New("gateways: closed")

// New returns a pool of gateways in order of preference. It dials when it must; see
// [Pool.Contact].
func New(endpoints []Endpoint, settings Settings) (*Pool, error) {
	settings.Settle, settings.Rest = cmp.Or(settings.Settle, defaultSettle), cmp.Or(settings.Rest, defaultRest)
	settings.Slow = cmp.Or(settings.Slow, defaultSlow)
	p := &Pool{settings: settings, changed: make(chan struct{})}
	p.ctx, p.end = context.WithCancel(context.Background())
	if err := p.Replace(endpoints); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Replace puts other gateways in the place of the present ones. One that is among
// both keeps its connections; its TLS authorities are the new ones from the next
// handshake on. One that is not is closed when the last call on it has ended.
func (p *Pool) Replace(endpoints []Endpoint) error {
	if len(endpoints) == 0 {
		return errors.New("gateways: there are none")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	next := make([]*gateway, 0, len(endpoints))
	for _, e := range endpoints {
		same := func(g *gateway) bool { return g.endpoint.same(e) }
		if slices.ContainsFunc(next, same) {
			continue // named twice
		}
		if at := slices.IndexFunc(p.gateways, same); at >= 0 {
			p.gateways[at].retarget(e)
			next = append(next, p.gateways[at])
			continue
		}
		g, err := p.open(e)
		if err != nil {
			for _, opened := range next {
				if !slices.Contains(p.gateways, opened) {
					opened.retire()
				}
			}
			return fmt.Errorf("gateways: %s: %w", e.Address, err)
		}
		next = append(next, g)
	}
	for _, g := range p.gateways {
		if !slices.Contains(next, g) {
			g.retire()
		}
	}
	p.gateways = next
	return nil
}

// Close closes all connections; calls under way fail. Nothing is left running.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	all := p.gateways
	p.gateways = nil
	p.mu.Unlock()
	p.end()
	for _, g := range all {
		g.close()
	}
	p.group.Wait() // also of those that were retired: each is closed by its watch
	return nil
}

// candidates are the gateways in the order in which a call tries them.
func (p *Pool) candidates() []*gateway {
	p.mu.Lock()
	all := p.gateways
	p.mu.Unlock()
	if len(all) == 1 {
		return all
	}
	type candidate struct {
		*gateway
		rank rank
	}
	now := time.Now()
	ranked := make([]candidate, len(all))
	for i, g := range all {
		ranked[i] = candidate{g, g.rank(now)}
	}
	slices.SortStableFunc(ranked, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	ordered := make([]*gateway, len(all))
	for i, r := range ranked {
		ordered[i] = r.gateway
	}
	return ordered
}

// Invoke implements [grpc.ClientConnInterface]: it makes a call at the preferred
// gateway that is well, and at the next when the connection fails.
//
// A call whose connection failed may have been carried out. It is made again all the
// same, because every unary method of the gateway service is safe to repeat at
// another gateway: Evaluate and Endorse change nothing; CommitStatus reads; Submit
// hands over the same signed transaction, whose id the ledger takes once, so that a
// second one is found invalid and the status of the id is that of the first.
//
// Whatever a gateway has answered is returned, Unavailable too: that an orderer or
// an endorser is down is not remedied by asking elsewhere at once. A gateway behind
// which calls fail repeatedly comes after the others for a while. Of a Submit that one
// gateway may have carried out, the refusal of another says nothing, which is not
// returned therefore: the call fails as it did at the first of the two.
//
// With grpc.WaitForReady(true), a call waits for a gateway as long as its context
// lasts.
func (p *Pool) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	var header, trailer metadata.MD
	var to peer.Peer
	var lost error // how a Submit broke off that had been sent
	failFast := append(options[:len(options):len(options)], grpc.WaitForReady(false), grpc.Header(&header), grpc.Trailer(&trailer), grpc.Peer(&to))
	return p.somewhere(ctx, waits(options), func(g *gateway) (bool, error) {
		header, trailer, to = nil, nil, peer.Peer{}
		Note(ctx, g.address())
		began := time.Now()
		err := g.conn.Invoke(ctx, method, args, reply, failFast...)
		leave := g.saw(ctx, err, len(trailer) > 0, method, time.Since(began))
		switch {
		case err == nil || method != pb.Gateway_Submit_FullMethodName:
		case leave && to.Addr != nil:
			lost = err
		case lost != nil:
			err = lost
		}
		return leave, err
	})
}

// NewStream implements [grpc.ClientConnInterface]: a stream begins at the preferred
// gateway that is well. When it breaks, who reads it begins another.
func (p *Pool) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	var begun *stream
	failFast := append(options[:len(options):len(options)], grpc.WaitForReady(false))
	err := p.somewhere(ctx, waits(options), func(g *gateway) (bool, error) {
		s, err := g.conn.NewStream(ctx, d, method, failFast...)
		if err != nil {
			return g.saw(ctx, err, false, method, 0), err
		}
		begun = newStream(ctx, s, g)
		Note(ctx, g.address())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	return begun, nil
}

// somewhere acts at one gateway after the other until one does not have to be left.
func (p *Pool) somewhere(ctx context.Context, wait bool, act func(*gateway) (leave bool, err error)) error {
	for pauses := firstPause; ; pauses = min(2*pauses, lastPause) {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		var err error
		candidates := hinted(ctx, p.candidates())
		for _, g := range candidates {
			if !g.enter() {
				continue // retired meanwhile
			}
			var leave bool
			leave, err = act(g)
			g.leave()
			if !leave {
				p.choose(g, err)
				return err
			}
		}
		switch {
		case len(candidates) == 0:
			return status.Error(codes.Canceled, ErrClosed.Error())
		case err == nil: // all were retired while we looked
			continue
		case !wait:
			return err
		case !p.pause(ctx, changed, pauses):
			return status.FromContextError(ctx.Err()).Err()
		}
	}
}

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// pause waits until something has changed, or a while with jitter, and tells whether
// the context still lasts.
func (p *Pool) pause(ctx context.Context, changed <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d/2 + rand.N(d))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	case <-p.ctx.Done():
	}
	return ctx.Err() == nil
}

// waits tells whether a call waits for a connection.
func waits(options []grpc.CallOption) bool {
	wait := false
	for _, o := range options {
		if f, ok := o.(grpc.FailFastCallOption); ok {
			wait = !f.FailFast
		}
	}
	return wait
}

// choose notes which gateway has answered.
func (p *Pool) choose(g *gateway, err error) {
	if err != nil {
		return
	}
	p.mu.Lock()
	other := p.chosen != g.address()
	p.chosen = g.address()
	p.mu.Unlock()
	if other {
		p.tell(Event{Kind: Chosen, Address: g.address()})
	}
}

// wake tells waiting calls that a gateway has changed.
func (p *Pool) wake() {
	p.mu.Lock()
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
}

func (p *Pool) tell(e Event) {
	if p.settings.OnEvent != nil {
		p.settings.OnEvent(e)
	}
}
