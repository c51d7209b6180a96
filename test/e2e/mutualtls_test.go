package e2e_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// authority is one of the authorities of an organisation, as its folder keeps it:
// "tlsca" issues TLS certificates, "ca" identities.
func (r real) authority(t *testing.T, organisation, folder string) tls.Certificate {
	t.Helper()
	dir := filepath.Join(r.network.Dir(), "organisations", organisation, folder)
	authority, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	require.NoError(t, err)
	return authority
}

// tlsFiles are a certificate for a program and its key, as files, issued by an authority
// until a time and for a use.
func tlsFiles(t *testing.T, by tls.Certificate, until time.Time, use x509.ExtKeyUsage) (certificate, key string) {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(t, err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "erp"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
	}, by.Leaf, &own.PublicKey, by.PrivateKey)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(own)
	require.NoError(t, err)
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key")
	require.NoError(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return certificate, key
}

// withTLS connects the manufacturer's operator to its own peer, with a TLS certificate
// of the caller's choice.
func (r real) withTLS(t *testing.T, options ...client.Option) (*client.Client, error) {
	t.Helper()
	person := r.signatory(t, manufacturer, "operator")
	return client.Connect(t.Context(), append([]client.Option{
		client.WithGateways(client.Gateway{
			Address: r.node(t, network.KindPeer, manufacturer).Address, ServerName: "peer0.manufacturer.example",
			TLSRoots: filepath.Join(r.network.Dir(), "organisations", manufacturer, "tlsca", "cert.pem"),
		}),
		client.WithChannel(r.network.Topology().Channel),
		client.WithIdentity(manufacturerMSP, person.Certificate, person.Key),
	}, options...)...)
}

func (r real) node(t *testing.T, kind network.NodeKind, organisation string) network.NodeStatus {
	t.Helper()
	for _, node := range r.network.Status() {
		if node.Kind == kind && node.Organisation == organisation {
			return node
		}
	}
	t.Fatalf("%s has no %s", organisation, kind)
	return network.NodeStatus{}
}

func TestAPeerTakesNobodyWithoutATLSCertificateOfAMember(t *testing.T) {
	r := start(t)
	later := time.Now().Add(time.Hour)
	own := r.authority(t, manufacturer, "tlsca")
	for name, shown := range map[string]struct {
		by     tls.Certificate
		until  time.Time
		use    x509.ExtKeyUsage
		advice string
	}{
		"none":                               {advice: "asks for a TLS certificate"},
		"one that has expired":               {own, time.Now().Add(-time.Hour), x509.ExtKeyUsageClientAuth, "does not take the client's TLS certificate"},
		"one for servers":                    {own, later, x509.ExtKeyUsageServerAuth, "does not take the client's TLS certificate"},
		"one of the authority of identities": {r.authority(t, manufacturer, "ca"), later, x509.ExtKeyUsageClientAuth, "does not take the client's TLS certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			var options []client.Option
			if shown.by.Leaf != nil {
				options = append(options, client.WithTLSFiles(tlsFiles(t, shown.by, shown.until, shown.use)))
			}
			_, err := r.withTLS(t, options...)
			var refused *client.ConnectError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Advice, shown.advice)
		})
	}
}

// What every network with mutual TLS comes to: the certificate runs out in the midst of
// work. Calls and streams go on with the next one, and requests for blocks, which are
// bound to the certificate, with its hash.
func TestATLSCertificateIsRenewedUnderWork(t *testing.T) {
	r := start(t)
	until := time.Now().Add(15 * time.Second).Truncate(time.Second)
	certificate, key := tlsFiles(t, r.authority(t, manufacturer, "tlsca"), until, x509.ExtKeyUsageClientAuth)
	c, err := r.withTLS(t, client.WithTLSFiles(certificate, key))
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()

	from := newest(t, c)
	next, _ := each(t.Context(), t, c.FollowEvents(client.From(from)).Items(t.Context()))
	capture := func() string {
		captured, err := c.Capture(t.Context(), document(t, commission(objects(1))))
		require.NoError(t, err)
		return captured.Transaction
	}
	seen := func(transaction string) { require.Equal(t, transaction, next().Transaction) }
	seen(capture())

	// From the carrier's authority: any member's will do.
	nextCertificate, nextKey := tlsFiles(t, r.authority(t, carrier, "tlsca"), time.Now().Add(time.Hour), x509.ExtKeyUsageClientAuth)
	require.NoError(t, os.Rename(nextKey, key))
	require.ErrorContains(t, c.Reload(t.Context()), "private key does not match", "half of it")
	seen(capture())
	require.NoError(t, os.Rename(nextCertificate, certificate))
	require.NoError(t, c.Reload(t.Context()))
	seen(capture())

	// The first one has run out, and all that is open is lost.
	time.Sleep(time.Until(until.Add(time.Second)))
	require.NoError(t, r.network.KillPeer(t.Context(), manufacturer))
	require.NoError(t, r.network.StartPeer(t.Context(), manufacturer))
	seen(capture())
	require.Len(t, recorded(t, c, from), 4, "a request for blocks names the new certificate")
}

// greeted connects with TLS and reads the server's first byte: TLS 1.3 refuses a
// client's certificate after the handshake, and HTTP/2 begins with a server's greeting.
func greeted(t *testing.T, address string, certificates ...tls.Certificate) error {
	t.Helper()
	settings := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}} //nolint:gosec // who is asked does not matter here
	if len(certificates) > 0 {
		// Also where the server says that it will not take it.
		settings.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificates[0], nil }
	}
	conn, err := tls.Dial("tcp", address, settings)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Read(make([]byte, 1))
	return err
}

func TestAnOrdererTakesNobodyWithoutATLSCertificateOfAMember(t *testing.T) {
	r := start(t)
	address := r.node(t, network.KindOrderer, network.OrdererOrganisation).Address
	require.ErrorContains(t, greeted(t, address), "certificate required")
	load := func(by tls.Certificate) tls.Certificate {
		certificate, err := tls.LoadX509KeyPair(tlsFiles(t, by, time.Now().Add(time.Hour), x509.ExtKeyUsageClientAuth))
		require.NoError(t, err)
		return certificate
	}
	require.ErrorContains(t, greeted(t, address, load(r.authority(t, carrier, "ca"))), "unknown certificate authority")
	require.NoError(t, greeted(t, address, load(r.authority(t, carrier, "tlsca"))))
}
