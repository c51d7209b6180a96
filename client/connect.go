package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Client makes calls as one identity. It is safe for concurrent use, and should
// be shared: it holds one connection.
type Client struct {
	msp       string
	channel   string
	chaincode string
	current   *session
	timeouts  Timeouts
	tries     int
	observer  Observer     // nil when nobody wants to know
	closeConn func() error // nil when the connection is the caller's
}

// session returns what a call that begins now is made with.
func (c *Client) session() *session { return c.current }

// Connect connects to a gateway, which any peer is. It needs an identity
// ([WithMSP] or [WithIdentity]) and a way to a gateway ([WithProfile] or
// [WithClientConnection]). The context bounds the connecting only. Close the
// client when it is no longer needed.
func Connect(ctx context.Context, options ...Option) (*Client, error) {
	config, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	c := &Client{msp: config.mspID, channel: config.channel, chaincode: config.chaincode, timeouts: config.timeouts, tries: config.tries, observer: config.observer}
	connection := config.connection
	if config.profile != "" {
		p, err := readProfile(config.profile)
		if err != nil {
			return nil, err
		}
		if err := c.complete(p); err != nil {
			return nil, err
		}
		if connection == nil {
			own, err := dial(ctx, config, p)
			if err != nil {
				return nil, err
			}
			connection, c.closeConn = own, own.Close
		}
	}
	if err := c.begin(config, connection); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// complete takes from a profile what no option has named.
func (c *Client) complete(p *profile) (err error) {
	if c.msp == "" {
		if c.msp, err = p.msp(); err != nil {
			return err
		}
	}
	if c.channel == "" {
		c.channel, err = p.channel()
	}
	return err
}

func (c *Client) begin(config *config, connection grpc.ClientConnInterface) error {
	if c.channel == "" {
		return errors.New("client: no channel: name it, WithChannel")
	}
	certificate, signer := config.cert, config.signer
	if config.mspDir != "" {
		var err error
		if certificate, signer, err = readMSP(config.mspDir); err != nil {
			return err
		}
	}
	id, err := identity.NewX509Identity(c.msp, certificate)
	if err != nil {
		return fmt.Errorf("client: the identity: %w", err)
	}
	sign, digest, err := signing(certificate, signer)
	if err != nil {
		return err
	}
	if c.current, err = c.open(id, sign, digest, connection, c.chaincode); err != nil {
		return fmt.Errorf("client: %w", err)
	}
	return nil
}

// dial connects to the profile's gateway. It makes first contact itself: gRPC
// would say only later, and less clearly, why it cannot.
func dial(ctx context.Context, config *config, p *profile) (*grpc.ClientConn, error) {
	to, err := p.endpoint(filepath.Dir(config.profile))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, config.timeouts.Connect)
	defer cancel()
	security := insecure.NewCredentials()
	if to.tls != nil {
		security = credentials.NewTLS(to.tls)
	}
	if err := contact(ctx, to); err != nil {
		return nil, fmt.Errorf("client: connect to the gateway at %s: %w", to.address, err)
	}
	connection, err := grpc.NewClient("passthrough:///"+to.address, grpc.WithTransportCredentials(security), grpc.WithConnectParams(reconnecting()))
	if err != nil {
		return nil, fmt.Errorf("client: connect to the gateway at %s: %w", to.address, err)
	}
	return connection, nil
}

// reconnecting is sooner than gRPC's default of 1 to 120 s: a gateway that was
// restarted should be found within the tries of one call.
func reconnecting() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
		MinConnectTimeout: 5 * time.Second,
	}
}

func contact(ctx context.Context, to *endpoint) error {
	var conn net.Conn
	var err error
	if to.tls == nil {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", to.address)
	} else {
		settings := to.tls.Clone()
		settings.NextProtos = []string{"h2"}
		conn, err = (&tls.Dialer{Config: settings}).DialContext(ctx, "tcp", to.address)
	}
	if err != nil {
		return err
	}
	return conn.Close()
}

// MSP returns the organisation that the client acts for.
func (c *Client) MSP() string { return c.msp }

// Channel returns the channel that the client works on.
func (c *Client) Channel() string { return c.channel }

// Close releases the connection, unless it is the caller's own. Calls under way
// fail.
func (c *Client) Close() error {
	var err error
	if c.current != nil {
		err = c.current.gateway.Close()
	}
	if c.closeConn != nil {
		err = errors.Join(err, c.closeConn())
	}
	if err != nil {
		return fmt.Errorf("client: close: %w", err)
	}
	return nil
}
