package gateways

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// ContactError says why a gateway could not be reached when the pool was made.
type ContactError struct {
	Address string
	cause   error
}

// Error implements error.
func (e *ContactError) Error() string { return fmt.Sprintf("%s: %v", e.Address, e.cause) }

// Unwrap returns what went wrong: an error of package net, crypto/tls or
// crypto/x509.
func (e *ContactError) Unwrap() error { return e.cause }

// ErrNoHTTP2 says that something else than a gRPC server listens at an address.
var ErrNoHTTP2 = errors.New("what listens there does not speak gRPC")

// patience is how long the preferred gateway is waited for when another one has
// answered.
const patience = 500 * time.Millisecond

// Contact makes first contact: gRPC would say only later, and less clearly, why a
// gateway is out of reach. It returns when the preferred one is within reach, or
// another one is and those before it are not. When none is, it returns a
// [ContactError] of each, joined, as when the context's deadline comes first. Each is
// given the time-out.
func (p *Pool) Contact(ctx context.Context, timeout time.Duration) error {
	p.mu.Lock()
	all := p.gateways
	p.mu.Unlock()
	type result struct {
		at  int
		err error
	}
	results := make(chan result, len(all))
	for i, g := range all {
		p.group.Go(func() {
			bounded, cancel := context.WithTimeout(p.ctx, timeout)
			defer cancel()
			results <- result{i, g.contact(bounded)}
		})
	}
	errs := make([]error, len(all))
	decided := make([]bool, len(all))
	var enough <-chan time.Time
	for range all {
		select {
		case r := <-results:
			errs[r.at], decided[r.at] = r.err, true
		case <-enough:
			return nil
		case <-ctx.Done():
			return unheard(ctx.Err(), all, decided, errs)
		}
		switch reached, best := inReach(decided, errs); {
		case best:
			return nil
		case reached && enough == nil:
			enough = time.After(patience)
		}
	}
	return errors.Join(errs...)
}

// unheard is the end of the caller's patience as an error of each gateway that has
// said nothing yet, so that who waited in vain learns for whom.
func unheard(ended error, all []*gateway, decided []bool, errs []error) error {
	if !errors.Is(ended, context.DeadlineExceeded) {
		return ended
	}
	for i, g := range all {
		if !decided[i] {
			errs[i] = &ContactError{Address: g.address(), cause: ended}
		}
	}
	return errors.Join(errs...)
}

// inReach tells whether a gateway was reached, and whether it is the best that can
// be.
func inReach(decided []bool, errs []error) (reached, best bool) {
	best = true
	for i := range decided {
		switch {
		case decided[i] && errs[i] == nil:
			return true, best
		case !decided[i]:
			best = false
		}
	}
	return false, false
}

func (g *gateway) contact(ctx context.Context) error {
	g.mu.Lock()
	e := g.endpoint
	g.mu.Unlock()
	if err := greet(ctx, e); err != nil {
		err = &ContactError{Address: e.Address, cause: err}
		if g.pool.ctx.Err() == nil {
			g.lose(err)
		}
		return err
	}
	return nil
}

// The first bytes of an HTTP/2 client: its preface and an empty SETTINGS frame
// (RFC 9113, clause 3.4). A server answers with its own.
var greeting = append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 0, 0, 4, 0, 0, 0, 0, 0)

const (
	frameHeader   = 9
	frameType     = 3 // where it stands in the header
	frameSettings = 4
)

// greet connects as gRPC does, and waits for the first word of the server: one that
// does not take the client's certificate says so after the handshake.
func greet(ctx context.Context, e Endpoint) (err error) {
	var conn net.Conn
	if e.TLS == nil {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", e.Address)
	} else {
		settings := e.TLS.Clone()
		settings.NextProtos = []string{"h2"}
		conn, err = (&tls.Dialer{Config: settings}).DialContext(ctx, "tcp", e.Address)
	}
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) }) //nolint:errcheck // the connection is closed below
	defer stop()
	defer conn.Close() //nolint:errcheck // nothing was written that matters
	var header [frameHeader]byte
	if _, err = conn.Write(greeting); err == nil {
		_, err = io.ReadFull(conn, header[:])
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it closed the connection", ErrNoHTTP2)
	case err != nil:
		return err
	case header[frameType] != frameSettings:
		return ErrNoHTTP2
	}
	return nil
}
