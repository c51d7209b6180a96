package client

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// tlsClient is the client's own TLS certificate, for gateways that ask for one; nil
// stands for none.
type tlsClient struct {
	certificate tls.Certificate
	leaf        []byte // DER
	from        []string
}

// hash is what requests for blocks are bound to the connection with; nil without a
// certificate.
func (t *tlsClient) hash() []byte {
	if t == nil {
		return nil
	}
	sum := sha256.Sum256(t.leaf)
	return sum[:]
}

func (t *tlsClient) same(other *tlsClient) bool {
	if t == nil || other == nil {
		return t == nil && other == nil
	}
	return bytes.Equal(t.leaf, other.leaf)
}

// generation names the certificate: connections that were made with another are not
// used any longer.
func (t *tlsClient) generation() string { return hex.EncodeToString(t.hash()) }

func (t *tlsClient) files() []string {
	if t == nil {
		return nil
	}
	return t.from
}

// present gives the certificate to a handshake.
func (t *tlsClient) present(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return &t.certificate, nil
}

// settings are how a client meets a gateway.
func (t *tlsClient) settings(roots *x509.CertPool, name string) *tls.Config {
	settings := &tls.Config{RootCAs: roots, ServerName: name, MinVersion: tls.VersionTLS12}
	if t != nil {
		settings.GetClientCertificate = t.present
	}
	return settings
}

// tlsClient reads the client's own TLS certificate: an option's, or else the
// profile's.
func (c *config) tlsClient(p *profile) (*tlsClient, error) {
	switch {
	case c.tlsCert != nil:
		return newTLSClient(*c.tlsCert)
	case c.tlsCertFile != "":
		return readTLSClient(c.tlsCertFile, c.tlsKeyFile)
	case p != nil:
		return p.tlsClient(filepath.Dir(c.profile))
	default:
		return nil, nil //nolint:nilnil // none
	}
}

func newTLSClient(certificate tls.Certificate, from ...string) (*tlsClient, error) {
	if len(certificate.Certificate) == 0 {
		return nil, errors.New("client: the client's TLS certificate is empty")
	}
	return &tlsClient{certificate: certificate, leaf: certificate.Certificate[0], from: from}, nil
}

func readTLSClient(certFile, keyFile string) (*tlsClient, error) {
	certificate, err := os.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("client: the client's TLS certificate: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("client: the client's TLS key: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("client: the client's TLS certificate in %s: %w", certFile, err)
	}
	return newTLSClient(pair, certFile, keyFile)
}
