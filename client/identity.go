package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
)

// ErrNoKey says that the client was given a certificate and no key: it signs nothing
// itself. [Client.Offline] makes its calls, with signatures made elsewhere.
var ErrNoKey = errors.New("client: there is no key to sign with: the calls of a client made WithCertificate go through Offline")

// Credentials are what a user signs with at present; see [WithIdentitySource].
type Credentials struct {
	Certificate *x509.Certificate
	Signer      crypto.Signer
}

// signatory is a certificate and how it signs.
type signatory struct {
	certificate *x509.Certificate
	signer      crypto.Signer // nil when there is no key
	sign        identity.Sign
	digest      hash.Hash
}

// same tells whether two sign with the same certificate and the same signer.
func (s *signatory) same(other *signatory) bool {
	return s != nil && other != nil && bytes.Equal(s.certificate.Raw, other.certificate.Raw) && sameSigner(s.signer, other.signer)
}

func sameSigner(a, b crypto.Signer) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// signatory reads the identity of a configuration anew.
func (c *config) signatory(ctx context.Context) (*signatory, error) {
	switch {
	case c.mspDir != "":
		certificate, signer, err := readMSP(c.mspDir)
		if err != nil {
			return nil, err
		}
		return newSignatory(certificate, signer)
	case c.source != nil:
		now, err := c.source(ctx)
		if err != nil {
			return nil, fmt.Errorf("client: the source of the identity: %w", err)
		}
		if now.Certificate == nil || now.Signer == nil {
			return nil, errors.New("client: the source of the identity gave no certificate, or no signer")
		}
		return newSignatory(now.Certificate, now.Signer)
	default:
		return newSignatory(c.cert, c.signer)
	}
}

// newSignatory checks that a key is a certificate's; without a key, it signs nothing.
func newSignatory(certificate *x509.Certificate, signer crypto.Signer) (*signatory, error) {
	digest, err := digestOf(certificate)
	if err != nil {
		return nil, err
	}
	made := &signatory{certificate: certificate, signer: signer, digest: digest}
	if signer == nil {
		made.sign = func([]byte) ([]byte, error) { return nil, ErrNoKey }
		return made, nil
	}
	made.sign, err = signing(certificate, signer)
	return made, err
}

// digestOf returns what Fabric's signatures of a certificate's kind are made over.
func digestOf(certificate *x509.Certificate) (hash.Hash, error) {
	switch key := certificate.PublicKey.(type) {
	case *ecdsa.PublicKey:
		return hash.SHA256, nil
	case ed25519.PublicKey:
		return hash.NONE, nil
	default:
		return nil, fmt.Errorf("client: Fabric takes no signatures with %T", key)
	}
}

// readMSP reads a user's certificate and key from an MSP folder. Of several keys it
// takes the certificate's: who enrols again may leave the old one beside it.
func readMSP(dir string) (*x509.Certificate, crypto.Signer, error) {
	certificates, err := files(filepath.Join(dir, "signcerts"))
	if err == nil && len(certificates) != 1 {
		err = fmt.Errorf("%s must hold one file; it holds %d", filepath.Join(dir, "signcerts"), len(certificates))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("client: the certificate: %w", err)
	}
	certificate, err := identity.CertificateFromPEM(certificates[0])
	if err != nil {
		return nil, nil, fmt.Errorf("client: the certificate in %s: %w", dir, err)
	}
	signer, err := keyOf(certificate, filepath.Join(dir, "keystore"))
	return certificate, signer, err
}

// keyOf finds a certificate's key among the files of a folder.
func keyOf(certificate *x509.Certificate, dir string) (crypto.Signer, error) {
	keys, err := files(dir)
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%s is empty", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("client: the private key: %w", err)
	}
	for _, text := range keys {
		key, failed := identity.PrivateKeyFromPEM(text)
		signer, ok := key.(crypto.Signer)
		switch {
		case failed != nil:
			err = errors.Join(err, fmt.Errorf("client: the private key in %s: %w", dir, failed))
		case !ok:
			err = errors.Join(err, fmt.Errorf("client: the private key in %s is of a kind that cannot sign: %T", dir, key))
		case belongs(certificate, signer):
			return signer, nil
		default:
			err = errors.Join(err, fmt.Errorf("%w, in %s", errOtherKey, dir))
		}
	}
	return nil, err
}

// files returns what the files of a folder hold, in the order of their names. What
// begins with a dot is passed over: Kubernetes keeps the versions of a mounted secret
// there, and shows the present one by links.
func files(dir string) ([][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

var errOtherKey = errors.New("client: the private key is not the certificate's")

// belongs tells whether a key is a certificate's.
func belongs(certificate *x509.Certificate, signer crypto.Signer) bool {
	owner, ok := certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && owner.Equal(signer.Public())
}

// signing turns a signer into what fabric-gateway takes.
func signing(certificate *x509.Certificate, signer crypto.Signer) (identity.Sign, error) {
	if !belongs(certificate, signer) {
		return nil, errOtherKey
	}
	switch key := signer.Public().(type) {
	case *ecdsa.PublicKey:
		return func(digest []byte) ([]byte, error) { return signECDSA(signer, key, digest) }, nil
	case ed25519.PublicKey:
		return func(message []byte) ([]byte, error) { return signer.Sign(rand.Reader, message, crypto.Hash(0)) }, nil
	default:
		return nil, fmt.Errorf("client: Fabric takes no signatures with %T", key)
	}
}

// signECDSA signs in the one form that Fabric accepts, with the lower S: signers
// in hardware give either.
func signECDSA(signer crypto.Signer, key *ecdsa.PublicKey, digest []byte) ([]byte, error) {
	signature, err := signer.Sign(rand.Reader, digest, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("client: sign: %w", err)
	}
	return lowerS(key, signature)
}

// lowerS brings an ECDSA signature into the form with the lower S.
func lowerS(key *ecdsa.PublicKey, signature []byte) ([]byte, error) {
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &value); err != nil {
		return nil, fmt.Errorf("client: the signer's signature is not in ASN.1 DER: %w", err)
	}
	order := key.Params().N
	if value.S.Cmp(new(big.Int).Rsh(order, 1)) <= 0 {
		return signature, nil
	}
	value.S.Sub(order, value.S)
	return asn1.Marshal(value)
}
