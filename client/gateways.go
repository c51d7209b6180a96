package client

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// Gateway is a gateway to connect to, for [WithGateways]. Any peer is one.
type Gateway struct {
	// Address is its host and port.
	Address string
	// TLSRoots is a PEM file with the authorities of its TLS certificate.
	TLSRoots string
	// ServerName is its name in that certificate, when it is not the address's.
	ServerName string
	// Insecure connects without TLS: for gateways on the same machine, and tests.
	Insecure bool
}

// GatewayState is how a gateway is.
type GatewayState string

// The states of a gateway.
const (
	// GatewayStateIdle: it is not connected to, because it has not been needed.
	GatewayStateIdle = GatewayState(gateways.Idle)
	// GatewayStateConnecting: a connection is being made.
	GatewayStateConnecting = GatewayState(gateways.Connecting)
	// GatewayStateReady: it is connected to.
	GatewayStateReady = GatewayState(gateways.Ready)
	// GatewayStateReturning: it is connected to again. Calls come back to it when
	// it has stayed so for a while (10 to 20 s; longer when it is lost often), or
	// when no other is within reach.
	GatewayStateReturning = GatewayState(gateways.Returning)
	// GatewayStateFailing: it answers, and what is behind it does not, as when it
	// reaches no orderer. Others are asked before it for 15 to 30 s.
	GatewayStateFailing = GatewayState(gateways.Failing)
	// GatewayStateLost: it is out of reach.
	GatewayStateLost = GatewayState(gateways.Lost)
)

// GatewayHealth is how a gateway is at the moment.
type GatewayHealth struct {
	Address string
	State   GatewayState
	// Since is when the state began.
	Since time.Time
	// Err is why the gateway was lost, or failing, the last time; nil when it never
	// was.
	Err error
	// Chosen is true of the gateway that has answered last.
	Chosen bool
}

// Gateways returns how the client's gateways are, in order of preference; nil when
// the connection is the caller's ([WithClientConnection]).
func (c *Client) Gateways() []GatewayHealth {
	if c.live.pool == nil {
		return nil
	}
	var list []GatewayHealth
	for _, h := range c.live.pool.Health() {
		list = append(list, GatewayHealth{Address: h.Address, State: GatewayState(h.State), Since: h.Since, Err: h.Err, Chosen: h.Chosen})
	}
	return list
}

// endpoints are the gateways that a configuration names, in order of preference:
// explicit ones, or else the profile's peers of the caller's organisation, and those
// named beside them.
func (c *config) endpoints(p *profile, own *tlsClient) ([]gateways.Endpoint, error) {
	if len(c.gateways) == 0 {
		return c.peers(p, own)
	}
	var list []gateways.Endpoint
	for _, g := range c.gateways {
		e, err := g.endpoint(own)
		if err != nil {
			return nil, fmt.Errorf("client: the gateway %q: %w", g.Address, err)
		}
		list = append(list, e)
	}
	return list, nil
}

func (g Gateway) endpoint(own *tlsClient) (gateways.Endpoint, error) {
	switch {
	case g.Address == "":
		return gateways.Endpoint{}, errors.New("it has no address")
	case g.Insecure && g.TLSRoots != "":
		return gateways.Endpoint{}, errors.New("it is insecure and has TLS authorities: choose")
	case g.Insecure:
		return gateways.Endpoint{Address: g.Address}, nil
	case g.TLSRoots == "":
		return gateways.Endpoint{}, errors.New("name the file with its TLS authorities, TLSRoots")
	}
	text, err := os.ReadFile(g.TLSRoots)
	if err != nil {
		return gateways.Endpoint{}, fmt.Errorf("its TLS authorities: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return gateways.Endpoint{}, fmt.Errorf("its TLS authorities: no certificate in %s", g.TLSRoots)
	}
	return gateways.Endpoint{Address: g.Address, TLS: own.settings(roots, g.ServerName), Generation: own.generation()}, nil
}

// reach makes the pool, and first contact. A failure is a [ConnectError] of each
// gateway, joined.
func (c *Client) reach(ctx context.Context, to []gateways.Endpoint, timeout time.Duration) (*gateways.Pool, error) {
	pool, err := gateways.New(to, gateways.Settings{OnEvent: c.gatewayEvent})
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if err := pool.Contact(ctx, timeout); err != nil {
		return nil, errors.Join(explained(err), pool.Close())
	}
	return pool, nil
}

func (c *Client) gatewayEvent(e gateways.Event) {
	if e.Kind == gateways.Ended {
		c.forget(e.Address)
		return
	}
	kinds := map[gateways.EventKind]EventKind{gateways.Gone: GatewayLost, gateways.Found: GatewayFound, gateways.Chosen: GatewayChosen}
	event := Event{Kind: kinds[e.Kind], Name: e.Address, Took: e.Took}
	if e.Err != nil {
		event.Code = CodeOf(e.Err)
	}
	c.observe(context.Background(), event)
}
