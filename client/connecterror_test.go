package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// tlsPair is a TLS certificate of an authority of its own, with its PEM files.
type tlsPair struct {
	certificate       tls.Certificate
	roots             *x509.CertPool
	certFile, keyFile string
}

func newTLSPair(t *testing.T, host string, from, until time.Time) *tlsPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	p := &tlsPair{certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots: x509.NewCertPool()}
	p.roots.AddCert(leaf)
	dir := t.TempDir()
	p.certFile, p.keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(p.certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(p.keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return p
}

func valid(t *testing.T, host string) *tlsPair {
	return newTLSPair(t, host, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

// server are TLS settings of a gateway, which may ask for clients' certificates.
func (p *tlsPair) server(clients *x509.CertPool) *tls.Config {
	settings := &tls.Config{Certificates: []tls.Certificate{p.certificate}, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	if clients != nil {
		settings.ClientAuth, settings.ClientCAs = tls.RequireAndVerifyClientCert, clients
	}
	return settings
}

func TestWhyAGatewayIsOutOfReachComesWithAdvice(t *testing.T) {
	c := founded(t)
	plain := c.Serve(t, "carrier", t.TempDir())
	good, other, own := valid(t, "peer0.example"), valid(t, "peer0.example"), valid(t, "client.example")
	stale := newTLSPair(t, "peer0.example", time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close() //nolint:errcheck // a test's
	secure := func(settings *tls.Config) string { return newFront(t, plain, settings).address }
	for name, wrong := range map[string]struct {
		at      client.Gateway
		options []client.Option
		advice  string
	}{
		"a certificate of another authority": {client.Gateway{Address: secure(good.server(nil)), TLSRoots: other.certFile, ServerName: "peer0.example"}, nil, "not from the authorities that you trust"},
		"a certificate that has expired":     {client.Gateway{Address: secure(stale.server(nil)), TLSRoots: stale.certFile, ServerName: "peer0.example"}, nil, "must renew it"},
		"a certificate for another host":     {client.Gateway{Address: secure(good.server(nil)), TLSRoots: good.certFile, ServerName: "peer1.example"}, nil, "for other names (peer0.example)"},
		"a closed port":                      {client.Gateway{Address: closed.Addr().String(), Insecure: true}, nil, "nobody listens there"},
		"no such host":                       {client.Gateway{Address: "nowhere.invalid:7051", Insecure: true}, nil, "look at the address"},
		"silence":                            {client.Gateway{Address: silent.Addr().String(), Insecure: true}, []client.Option{client.WithTimeouts(client.Timeouts{Connect: 100 * time.Millisecond})}, "nothing answers"},
		"TLS where there is none":            {client.Gateway{Address: plain, TLSRoots: good.certFile}, nil, "does not speak TLS"},
		"no TLS where there is":              {client.Gateway{Address: secure(good.server(nil)), Insecure: true}, nil, "grpcs://"},
		"no client certificate":              {client.Gateway{Address: secure(good.server(own.roots)), TLSRoots: good.certFile, ServerName: "peer0.example"}, nil, "asks for a TLS certificate"},
		"an unknown client certificate": {
			client.Gateway{Address: secure(good.server(other.roots)), TLSRoots: good.certFile, ServerName: "peer0.example"},
			[]client.Option{client.WithTLSFiles(own.certFile, own.keyFile)},
			"does not take the client's TLS certificate",
		},
	} {
		t.Run(name, func(t *testing.T) {
			person, err := c.User("carrier", "auditor")
			require.NoError(t, err)
			_, err = client.Connect(t.Context(), append(wrong.options, client.WithGateways(wrong.at), client.WithChannel(clienttest.Channel),
				client.WithIdentity(person.MSP, person.Certificate, person.Key))...)
			var failed *client.ConnectError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, wrong.at.Address, failed.Gateway)
			require.Contains(t, failed.Advice, wrong.advice)
			require.ErrorContains(t, err, wrong.advice)
			require.Error(t, failed.Unwrap())
		})
	}
}

func TestAnIdentityThatTheChannelDoesNotKnowComesWithAdvice(t *testing.T) {
	c := founded(t)
	address := c.Serve(t, "carrier", t.TempDir())
	stranger, err := clienttest.New(t).User("carrier", "operator")
	require.NoError(t, err)
	own, err := c.User("carrier", "operator")
	require.NoError(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	expired := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "operator"}, NotAfter: time.Now().Add(-time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, expired, expired, &key.PublicKey, key)
	require.NoError(t, err)
	expired, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	for name, who := range map[string]struct {
		identity client.Option
		advice   string
	}{
		"an MSP that is no member":   {client.WithIdentity("NobodyMSP", own.Certificate, own.Key), "is the MSP id right"},
		"another authority":          {client.WithIdentity("CarrierMSP", stranger.Certificate, stranger.Key), "from its authority and not revoked"},
		"a certificate that expired": {client.WithIdentity("CarrierMSP", expired, key), "it expired on"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Connect(t.Context(), client.WithGateways(client.Gateway{Address: address, Insecure: true}),
				client.WithChannel(clienttest.Channel), who.identity)
			var refused *client.ConnectError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, address, refused.Gateway)
			require.Contains(t, refused.Advice, who.advice)
			require.ErrorContains(t, err, "access denied")
		})
	}
}

func TestGatewaysAskForTheClientsTLSCertificateAndItIsRenewed(t *testing.T) {
	c := founded(t)
	plain := c.Serve(t, "carrier", t.TempDir())
	server, old, next := valid(t, "peer0.example"), valid(t, "client.example"), valid(t, "client.example")
	settings := server.server(old.roots)
	f := newFront(t, plain, settings)
	gateway := client.WithGateways(client.Gateway{Address: f.address, TLSRoots: server.certFile, ServerName: "peer0.example"})
	connected := connectTo(t, c, "carrier", "auditor", gateway, client.WithTLSFiles(old.certFile, old.keyFile))
	_, err := connected.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	given := connectTo(t, c, "carrier", "auditor", gateway, client.WithTLSCertificate(old.certificate))
	_, err = given.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)

	// The gateway takes the next one only.
	f.down()
	f.settings = server.server(next.roots)
	f.up(t)
	for from, to := range map[string]string{next.certFile: old.certFile, next.keyFile: old.keyFile} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to, text, 0o600))
	}
	require.NoError(t, connected.Reload(t.Context()))
	_, err = connected.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	_, err = given.Organisation(t.Context(), "CarrierMSP")
	require.Error(t, err, "the certificate that it was given is the old one")
}

func TestAProfileGivesTheClientsTLSCertificate(t *testing.T) {
	c := founded(t)
	server, own := valid(t, "peer0.example"), valid(t, "client.example")
	f := newFront(t, c.Serve(t, "carrier", t.TempDir()), server.server(own.roots))
	path := filepath.Join(filepath.Dir(own.certFile), "connection.yaml")
	write := func(key string) {
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, `client:
  organization: carrier
  tlsCerts: {client: {cert: {path: cert.pem}, key: {path: %s}}}
organizations: {carrier: {mspid: CarrierMSP, peers: [peer0]}}
channels: {supplychain: {}}
peers: {peer0: {url: "grpcs://%s", tlsCACerts: {path: "%s"}, grpcOptions: {hostnameOverride: peer0.example}}}
`, key, f.address, server.certFile), 0o600))
	}
	write("key.pem")
	connected := connectTo(t, c, "carrier", "auditor", client.WithProfile(path))
	_, err := connected.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	write("nothing.pem")
	require.ErrorContains(t, connected.Reload(t.Context()), "tlsCerts")
}

// seeking keeps what requests for blocks are bound to.
type seeking struct {
	grpc.ClientConnInterface
	mutex  sync.Mutex
	hashes [][]byte
}

func (s *seeking) keep(hash []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.hashes = append(s.hashes, hash)
}

func (s *seeking) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := s.ClientConnInterface.NewStream(ctx, d, method, opts...)
	return seekingStream{stream, s}, err
}

type seekingStream struct {
	grpc.ClientStream
	to *seeking
}

func (s seekingStream) SendMsg(message any) error {
	var payload common.Payload
	var channel common.ChannelHeader
	request, _ := message.(*common.Envelope)
	if err := errors.Join(proto.Unmarshal(request.GetPayload(), &payload), proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &channel)); err != nil {
		return err
	}
	s.to.keep(channel.GetTlsCertHash())
	return s.ClientStream.SendMsg(message)
}

// A peer with mutual TLS gives blocks only to who shows by this hash that the
// connection is its own.
func TestRequestsForBlocksAreBoundToTheClientsTLSCertificate(t *testing.T) {
	c := founded(t)
	own := valid(t, "client.example")
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	over := &seeking{ClientConnInterface: connection}
	connected := connectTo(t, c, "carrier", "auditor", client.WithClientConnection(over), client.WithTLSCertificate(own.certificate))
	for _, err := range connected.FollowEvents(client.UntilNow()).Items(t.Context()) {
		require.NoError(t, err)
	}
	over.mutex.Lock()
	defer over.mutex.Unlock()
	require.NotEmpty(t, over.hashes)
	sum := sha256.Sum256(own.certificate.Certificate[0])
	for _, hash := range over.hashes {
		require.Equal(t, sum[:], hash)
	}
}
