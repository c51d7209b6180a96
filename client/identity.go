package client

import (
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

	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
)

// readMSP reads a user's certificate and key from an MSP folder.
func readMSP(dir string) (*x509.Certificate, crypto.Signer, error) {
	text, err := onlyFile(filepath.Join(dir, "signcerts"))
	if err != nil {
		return nil, nil, fmt.Errorf("client: the certificate: %w", err)
	}
	certificate, err := identity.CertificateFromPEM(text)
	if err != nil {
		return nil, nil, fmt.Errorf("client: the certificate in %s: %w", dir, err)
	}
	if text, err = onlyFile(filepath.Join(dir, "keystore")); err != nil {
		return nil, nil, fmt.Errorf("client: the private key: %w", err)
	}
	key, err := identity.PrivateKeyFromPEM(text)
	if err != nil {
		return nil, nil, fmt.Errorf("client: the private key in %s: %w", dir, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, nil, fmt.Errorf("client: the private key in %s is of a kind that cannot sign: %T", dir, key)
	}
	return certificate, signer, nil
}

func onlyFile(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 || entries[0].IsDir() {
		return nil, fmt.Errorf("%s must hold one file; it has %d entries", dir, len(entries))
	}
	return os.ReadFile(filepath.Join(dir, entries[0].Name()))
}

// signing turns a signer into what fabric-gateway takes.
func signing(certificate *x509.Certificate, signer crypto.Signer) (identity.Sign, hash.Hash, error) {
	owner, ok := certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !owner.Equal(signer.Public()) {
		return nil, nil, errors.New("client: the private key is not the certificate's")
	}
	switch key := signer.Public().(type) {
	case *ecdsa.PublicKey:
		return func(digest []byte) ([]byte, error) { return signECDSA(signer, key, digest) }, hash.SHA256, nil
	case ed25519.PublicKey:
		return func(message []byte) ([]byte, error) { return signer.Sign(rand.Reader, message, crypto.Hash(0)) }, hash.NONE, nil
	default:
		return nil, nil, fmt.Errorf("client: Fabric takes no signatures with %T", key)
	}
}

// signECDSA signs in the one form that Fabric accepts, with the lower S: signers
// in hardware give either.
func signECDSA(signer crypto.Signer, key *ecdsa.PublicKey, digest []byte) ([]byte, error) {
	signature, err := signer.Sign(rand.Reader, digest, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("client: sign: %w", err)
	}
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
