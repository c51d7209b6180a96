package material

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"time"
)

const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 2 * 365 * 24 * time.Hour
	clockSlack      = 5 * time.Minute // certificates begin a little in the past
	serialBits      = 127
)

// Authority is a self-signed certificate authority.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewAuthority makes an authority of an organisation, known by its domain.
func NewAuthority(commonName, domain string) (*Authority, error) {
	template, err := newTemplate(pkix.Name{CommonName: commonName, Organization: []string{domain}}, authorityLife)
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	certificate, err := sign(template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return &Authority{certificate: certificate, key: key}, nil
}

// Certificate is the authority's own certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.certificate }

// CertificatePEM is the authority's own certificate.
func (a *Authority) CertificatePEM() []byte { return encodeCertificate(a.certificate) }

// KeyPEM is the authority's private key (PKCS #8), to issue more certificates later.
func (a *Authority) KeyPEM() ([]byte, error) { return encodeKey(a.key) }

// Credential is a certificate with its private key.
type Credential struct {
	Certificate    *x509.Certificate
	Key            *ecdsa.PrivateKey
	CertificatePEM []byte
	KeyPEM         []byte // PKCS #8
}

// issue makes a key, and a certificate from the template.
func (a *Authority) issue(template *x509.Certificate) (*Credential, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	certificate, err := sign(template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	return &Credential{Certificate: certificate, Key: key, CertificatePEM: encodeCertificate(certificate), KeyPEM: keyPEM}, nil
}

func newTemplate(subject pkix.Name, life time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	now := time.Now().Add(-clockSlack).UTC().Truncate(time.Second)
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now, NotAfter: now.Add(life)}, nil
}

func sign(template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, lowS{key})
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	return certificate, nil
}

// lowS signs with the smaller of the two valid values of S. Fabric's MSP
// rewrites certificates that have the larger one, which changes their bytes.
type lowS struct{ key *ecdsa.PrivateKey }

func (s lowS) Public() crypto.PublicKey { return s.key.Public() }

func (s lowS) Sign(random io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	signature, err := s.key.Sign(random, digest, options)
	if err != nil {
		return nil, err
	}
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &value); err != nil {
		return nil, err
	}
	order := s.key.Params().N
	if value.S.Cmp(new(big.Int).Rsh(order, 1)) <= 0 {
		return signature, nil
	}
	value.S.Sub(order, value.S)
	return asn1.Marshal(value)
}

func encodeCertificate(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("material: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
