package gateways

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Endpoint is a gateway to connect to.
type Endpoint struct {
	// Address is its host and port.
	Address string
	// TLS is how it is connected to; nil is without TLS.
	TLS *tls.Config
	// Generation names the client's own TLS certificate: a gateway of another
	// generation is another gateway, with connections of its own.
	Generation string
}

// same tells whether connections to one can serve for the other.
func (e Endpoint) same(other Endpoint) bool {
	return e.Address == other.Address && e.Generation == other.Generation && (e.TLS == nil) == (other.TLS == nil) &&
		(e.TLS == nil || e.TLS.ServerName == other.TLS.ServerName)
}

// transport is the transport security of a gateway, whose TLS settings can change
// under it: the next handshake takes the new ones.
type transport struct{ settings *atomic.Pointer[tls.Config] }

func newTransport(settings *tls.Config) credentials.TransportCredentials {
	if settings == nil {
		return insecure.NewCredentials()
	}
	t := transport{&atomic.Pointer[tls.Config]{}}
	t.settings.Store(settings)
	return t
}

func (t transport) now() credentials.TransportCredentials {
	return credentials.NewTLS(t.settings.Load())
}

// ClientHandshake implements [credentials.TransportCredentials].
func (t transport) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return t.now().ClientHandshake(ctx, authority, conn)
}

// ServerHandshake implements [credentials.TransportCredentials].
func (t transport) ServerHandshake(net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("gateways: this is a client")
}

// Info implements [credentials.TransportCredentials].
func (t transport) Info() credentials.ProtocolInfo { return t.now().Info() }

// Clone implements [credentials.TransportCredentials].
func (t transport) Clone() credentials.TransportCredentials { return t }

// OverrideServerName implements [credentials.TransportCredentials].
func (t transport) OverrideServerName(string) error {
	return errors.New("gateways: the server's name is set in its TLS settings")
}
