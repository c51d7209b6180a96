package gateways

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

const (
	// Peers take a ping a minute at most (peer.keepalive.minInterval).
	pingEvery = 65 * time.Second
	// What was sent and is not confirmed for so long means that the connection is
	// dead; on Linux also without a ping (TCP_USER_TIMEOUT).
	pingPatience = 10 * time.Second

	strikesOut = 3               // calls that fail behind a gateway in a row
	steady     = 5 * time.Minute // within reach for so long, earlier losses are forgotten
	mostLosses = 5               // after which the time to wait does not double any longer
)

// gateway is one of a pool.
type gateway struct {
	pool     *Pool
	at       string // its address, which never changes
	conn     *grpc.ClientConn
	security credentials.TransportCredentials
	gone     context.CancelFunc // ends its watch, which closes it

	mu       sync.Mutex
	endpoint Endpoint
	state    State // not Returning or Failing, which time ends
	since    time.Time
	err      error
	losses   int       // in a row
	settles  time.Time // when a gateway that came back counts as well
	strikes  int
	resting  int       // how often in a row
	rests    time.Time // until when it comes after others
	heard    time.Time // when it answered last
	busy     int
	retired  bool
}

// open makes a gateway, without dialling.
func (p *Pool) open(e Endpoint) (*gateway, error) {
	g := &gateway{pool: p, at: e.Address, endpoint: e, security: newTransport(e.TLS), state: Idle, since: time.Now()}
	conn, err := grpc.NewClient("passthrough:///"+e.Address, grpc.WithTransportCredentials(g.security),
		grpc.WithConnectParams(reconnecting()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingEvery, Timeout: pingPatience}))
	if err != nil {
		return nil, err
	}
	g.conn = conn
	var ctx context.Context
	ctx, g.gone = context.WithCancel(p.ctx)
	p.group.Go(func() { g.watch(ctx) })
	return g, nil
}

// reconnecting is sooner than gRPC's default of 1 to 120 s: a gateway that was
// restarted should be found within the tries of one call.
func reconnecting() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
		MinConnectTimeout: 5 * time.Second,
	}
}

func (g *gateway) address() string { return g.at }

// retarget takes new TLS settings, for the handshakes to come.
func (g *gateway) retarget(e Endpoint) {
	g.mu.Lock()
	g.endpoint = e
	g.mu.Unlock()
	if t, ok := g.security.(transport); ok {
		t.settings.Store(e.TLS)
	}
}

// enter counts a call, unless the gateway is not in the pool any longer.
func (g *gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.retired {
		return false
	}
	g.busy++
	return true
}

func (g *gateway) leave() {
	g.mu.Lock()
	g.busy--
	last := g.retired && g.busy == 0
	g.mu.Unlock()
	if last {
		g.close()
	}
}

// retire closes the gateway when it has no calls any longer.
func (g *gateway) retire() {
	g.mu.Lock()
	g.retired = true
	unused := g.busy == 0
	g.mu.Unlock()
	if unused {
		g.close()
	}
}

func (g *gateway) close() { g.gone() }

// watch follows gRPC's own view of the connection until the gateway is closed.
func (g *gateway) watch(ctx context.Context) {
	defer g.conn.Close() //nolint:errcheck // it fails only when closed before
	for {
		state := g.conn.GetState()
		switch state {
		case connectivity.Ready:
			g.found()
		case connectivity.TransientFailure:
			g.lose(errBroken)
		case connectivity.Idle:
			if g.wanted() {
				g.conn.Connect()
			}
		case connectivity.Connecting, connectivity.Shutdown:
		}
		changed := g.conn.WaitForStateChange(ctx, state)
		if state == connectivity.Ready {
			g.pool.tell(Event{Kind: Ended, Address: g.address()})
		}
		if !changed {
			return
		}
	}
}

// wanted tells whether a connection that has ended is made again at once: that of a
// gateway that has been used, or that was lost.
func (g *gateway) wanted() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state != Idle
}

// found notes that the gateway is connected to.
func (g *gateway) found() {
	g.mu.Lock()
	now := time.Now()
	before, took := g.state, now.Sub(g.since)
	if before != Ready {
		g.state, g.since = Ready, now
	}
	if before == Lost {
		settle := g.pool.settings.Settle << (min(g.losses, mostLosses) - 1)
		g.settles = now.Add(settle + rand.N(settle))
	}
	g.mu.Unlock()
	if before == Lost {
		g.pool.wake()
		g.pool.tell(Event{Kind: Found, Address: g.address(), Took: took})
	}
}

// lose notes that the gateway is out of reach.
func (g *gateway) lose(why error) {
	g.mu.Lock()
	before := g.state
	if before == Lost {
		if why != errBroken { //nolint:errorlint // this very value, which says less than any other
			g.err = why
		}
		g.mu.Unlock()
		return
	}
	now := time.Now()
	if before == Ready && now.Sub(g.since) > steady {
		g.losses = 0
	}
	g.losses++
	g.state, g.since, g.err, g.strikes = Lost, now, why, 0
	g.mu.Unlock()
	g.conn.Connect()
	g.pool.tell(Event{Kind: Gone, Address: g.address(), Err: why})
}

// saw notes how a call ended, and tells whether another gateway should be asked.
// answered says that the gateway itself has ended the call.
func (g *gateway) saw(ctx context.Context, err error, answered bool, method string, took time.Duration) (leave bool) {
	switch code := status.Code(err); {
	case code == codes.Unavailable && !answered && ctx.Err() == nil:
		g.lose(err)
		return true
	case code == codes.Unavailable && answered:
		g.strike(err, false)
	case code == codes.DeadlineExceeded && took > g.pool.settings.Slow && method != pb.Gateway_CommitStatus_FullMethodName:
		g.strike(err, g.silentFor(took))
	case err == nil || answered:
		g.well()
	}
	return false
}

// silentFor tells whether a gateway has answered nobody for so long, as one that hangs.
func (g *gateway) silentFor(d time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Since(g.heard) >= d
}

// strike notes a failure behind a gateway. After several in a row, or out at once, it
// rests; longer each time, until a call at it succeeds.
func (g *gateway) strike(err error, out bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = err
	if g.strikes++; g.strikes >= strikesOut || out {
		g.strikes = 0
		rest := g.pool.settings.Rest << min(g.resting, mostLosses-1)
		g.resting++
		g.rests = time.Now().Add(rest + rand.N(rest))
	}
}

func (g *gateway) well() {
	g.mu.Lock()
	g.strikes, g.resting, g.rests, g.heard = 0, 0, time.Time{}, time.Now()
	g.mu.Unlock()
}

// rank says how willingly a gateway is asked: less is sooner.
type rank int

const (
	first   rank = iota
	waiting      // it came back a moment ago
	resting      // what is behind it fails
	away         // out of reach
)

func (g *gateway) rank(now time.Time) rank {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.state == Lost:
		return away
	case now.Before(g.rests):
		return resting
	case now.Before(g.settles):
		return waiting
	default:
		return first
	}
}

func (g *gateway) health(now time.Time) Health {
	rank := g.rank(now)
	g.mu.Lock()
	defer g.mu.Unlock()
	h := Health{Address: g.endpoint.Address, State: g.state, Since: g.since, Err: g.err}
	switch {
	case rank == resting:
		h.State = Failing
	case rank == waiting:
		h.State = Returning
	case g.state == Idle && g.conn.GetState() == connectivity.Connecting:
		h.State = Connecting
	}
	return h
}
