package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
)

// Proxy forwards connections from one address to another, as it is told to. Its
// methods may be called from several goroutines.
type Proxy struct {
	listener net.Listener
	to       string
	all      sync.WaitGroup

	mu      sync.Mutex
	open    map[net.Conn]struct{}
	stalled chan struct{} // closed when bytes may pass
	refused bool
	closed  bool
}

// New listens on a free port of 127.0.0.1 and forwards to an address.
func New(to string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, to: to, open: map[net.Conn]struct{}{}, stalled: make(chan struct{})}
	close(p.stalled)
	p.all.Go(p.accept)
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Reset cuts all connections at once, as a router that is switched off does for
// whoever asks it afterwards (RST).
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

// Refuse cuts all connections and accepts no more until it is told otherwise.
func (p *Proxy) Refuse(on bool) {
	p.mu.Lock()
	p.refused = on
	p.mu.Unlock()
	if on {
		p.Reset()
	}
}

// Stall keeps connections open and lets no byte pass until it is told otherwise, as
// a link does that loses every packet.
func (p *Proxy) Stall(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stalled:
		if on && !p.closed {
			p.stalled = make(chan struct{})
		}
	default:
		if !on {
			close(p.stalled)
		}
	}
}

// Close ends the proxy and its connections.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Stall(false)
	err := p.listener.Close()
	p.Reset()
	p.all.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		from, err := p.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", p.to)
		if err != nil || !p.keep(from, to) {
			_ = from.Close()
			if err == nil {
				_ = to.Close()
			}
			continue
		}
		p.all.Go(func() { p.pass(from, to) })
		p.all.Go(func() { p.pass(to, from) })
	}
}

// keep takes a new pair of connections in, unless none is taken at present.
func (p *Proxy) keep(pair ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused || p.closed {
		return false
	}
	for _, c := range pair {
		p.open[c] = struct{}{}
	}
	return true
}

// pass copies until one side ends, and ends both.
func (p *Proxy) pass(from, to net.Conn) {
	_, _ = io.Copy(gated{p, to}, from)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{from, to} {
		_ = c.Close()
		delete(p.open, c)
	}
}

// gated writes when bytes may pass.
type gated struct {
	proxy *Proxy
	to    io.Writer
}

// Write implements io.Writer.
func (g gated) Write(bytes []byte) (int, error) {
	g.proxy.mu.Lock()
	gate := g.proxy.stalled
	g.proxy.mu.Unlock()
	<-gate
	n, err := g.to.Write(bytes)
	if errors.Is(err, net.ErrClosed) {
		err = io.ErrClosedPipe
	}
	return n, err
}
