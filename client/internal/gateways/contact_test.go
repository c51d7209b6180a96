package gateways_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

func TestFirstContactIsWithTheBestThatIsInReach(t *testing.T) {
	one, two := newPeer(t, "one"), newPeer(t, "two")
	p := pool(t, gateways.Settings{}, one, two)
	require.NoError(t, p.Contact(t.Context(), time.Minute))
	require.Equal(t, gateways.Idle, stateOf(p, one.address))

	one.down()
	p = pool(t, gateways.Settings{}, one, two)
	require.NoError(t, p.Contact(t.Context(), time.Minute))
	require.Equal(t, gateways.Lost, stateOf(p, one.address))
	answered, err := ask(t, p)
	require.NoError(t, err)
	require.Equal(t, "two", answered)

	two.down()
	p = pool(t, gateways.Settings{}, one, two)
	err = p.Contact(t.Context(), time.Minute)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.ErrorContains(t, err, one.address)
	require.ErrorContains(t, err, two.address)
	var of *gateways.ContactError
	require.ErrorAs(t, err, &of)
}

// A listener that accepts nothing is a machine that has stopped.
func TestFirstContactDoesNotWaitForOneThatIsSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close() //nolint:errcheck // a test's
	two := newPeer(t, "two")
	p, err := gateways.New([]gateways.Endpoint{{Address: silent.Addr().String()}, two.endpoint()}, gateways.Settings{})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	require.NoError(t, p.Contact(t.Context(), time.Hour))

	alone, err := gateways.New([]gateways.Endpoint{{Address: silent.Addr().String()}}, gateways.Settings{})
	require.NoError(t, err)
	defer func() { require.NoError(t, alone.Close()) }()
	require.ErrorIs(t, alone.Contact(t.Context(), 10*time.Millisecond), context.DeadlineExceeded)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, alone.Contact(ctx, time.Hour), context.Canceled)
}

func TestADeadlineThatComesFirstNamesWhoWasSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close() //nolint:errcheck // a test's
	p, err := gateways.New([]gateways.Endpoint{{Address: silent.Addr().String()}}, gateways.Settings{})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = p.Contact(ctx, time.Hour)
	var failed *gateways.ContactError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, silent.Addr().String(), failed.Address)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestSomethingElseAtTheAddressIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close() //nolint:errcheck // a test's
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 mail.example ESMTP\r\n"))
			_ = conn.Close()
		}
	}()
	p, err := gateways.New([]gateways.Endpoint{{Address: listener.Addr().String()}}, gateways.Settings{})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	require.Error(t, p.Contact(t.Context(), time.Minute))
}

// pair is a TLS certificate of an authority of its own.
func pair(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	made := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	made.Leaf, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(made.Leaf)
	return made, roots
}

func TestTLSAuthoritiesChangeUnderAGateway(t *testing.T) {
	certificate, roots := pair(t, "peer.example")
	_, others := pair(t, "peer.example")
	one := newPeer(t, "one", credentials.NewServerTLSFromCert(&certificate))
	to := func(roots *x509.CertPool) []gateways.Endpoint {
		return []gateways.Endpoint{{Address: one.address, TLS: &tls.Config{RootCAs: roots, ServerName: "peer.example", MinVersion: tls.VersionTLS12}}}
	}
	p, err := gateways.New(to(others), gateways.Settings{})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, p.Contact(t.Context(), time.Minute), &unknown)
	_, err = ask(t, p)
	require.Error(t, err)
	require.NoError(t, p.Replace(to(roots)))
	until(t, func() bool {
		_, err := ask(t, p)
		return err == nil
	})
}

func TestAGatewayThatDoesNotTakeTheClientsCertificateSaysSoAtFirstContact(t *testing.T) {
	certificate, roots := pair(t, "peer.example")
	clients, clientRoots := pair(t, "client.example")
	one := newPeer(t, "one", credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: clientRoots, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}))
	contact := func(mine ...tls.Certificate) error {
		p, err := gateways.New([]gateways.Endpoint{{Address: one.address, TLS: &tls.Config{
			RootCAs: roots, ServerName: "peer.example", Certificates: mine, MinVersion: tls.VersionTLS12,
		}}}, gateways.Settings{})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		return p.Contact(t.Context(), time.Minute)
	}
	require.ErrorContains(t, contact(), "certificate required")
	require.NoError(t, contact(clients))
}
