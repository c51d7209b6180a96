package client

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Client makes calls as one identity. It is safe for concurrent use, and should
// be shared: it holds the connections.
type Client struct {
	msp       string
	channel   string
	chaincode string
	live      *live
	versions  *versions
	timeouts  Timeouts
	tries     int
	observer  Observer      // nil when nobody wants to know
	known     atomic.Uint64 // the highest block of which it knows
	seen      atomic.Pointer[heights]
}

// Connect connects to gateways, which any peers are. It needs an identity
// ([WithMSP], [WithIdentity], [WithIdentitySource] or [WithCertificate]) and a way to
// a gateway ([WithProfile], [WithGateways] or [WithClientConnection]). The context
// bounds the connecting only. Close the client when it is no longer needed.
//
// It connects to the first gateway within reach, and fails over to the next when that
// is lost; see [Client.Gateways]. It fails with [ConnectError] when none is within
// reach or the caller's identity is not taken, and with [VersionError] when the
// chaincode speaks another version than the client. When nobody can be asked for the
// version, because the chaincode has not been deployed or its peers are down, it is
// asked for before the first call.
func Connect(ctx context.Context, options ...Option) (*Client, error) {
	config, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	read, err := config.read(ctx, nil)
	if err != nil {
		return nil, err
	}
	c := &Client{
		msp: config.mspID, channel: config.channel, chaincode: config.chaincode, versions: newVersions(),
		timeouts: config.timeouts, tries: config.tries, observer: config.observer,
	}
	c.known.Store(config.known)
	c.seen.Store(&heights{})
	if err := c.complete(read.profile); err != nil {
		return nil, err
	}
	c.live = &live{client: c, config: config, connection: config.connection, began: time.Now(), loaded: read, seen: read.seen}
	c.live.next.Store(int64(lookEvery))
	if c.live.connection == nil {
		if c.live.pool, err = c.reach(ctx, read.to, config.timeouts.Connect); err != nil {
			return nil, err
		}
		c.live.connection = c.live.pool
	}
	opened, err := c.open(read.who, read.tls.hash(), c.live.connection)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("client: the identity: %w", err), c.Close())
	}
	c.live.current.Store(opened)
	if err := c.greet(ctx, opened); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// complete takes from a profile, if there is one, what no option has named.
func (c *Client) complete(p *profile) (err error) {
	if c.msp == "" && p != nil {
		if c.msp, err = p.msp(); err != nil {
			return err
		}
	}
	if c.channel == "" && p != nil {
		if c.channel, err = p.channel(); err != nil {
			return err
		}
	}
	if c.channel == "" {
		return errors.New("client: no channel: name it, WithChannel")
	}
	return nil
}

// MSP returns the organisation that the client acts for.
func (c *Client) MSP() string { return c.msp }

// Channel returns the channel that the client works on.
func (c *Client) Channel() string { return c.channel }

// Close releases the connections, and calls under way fail; unless the connection is the
// caller's own ([WithClientConnection]), whose calls go on.
func (c *Client) Close() error {
	if err := c.live.close(); err != nil {
		return fmt.Errorf("client: close: %w", err)
	}
	return nil
}
