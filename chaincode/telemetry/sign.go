package telemetry

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"
	"io"

	"github.com/veraison/go-cose"
)

// Algorithm names how a device signs, as COSE and JOSE do.
type Algorithm string

// The algorithms of version 1.
const (
	// ES256 is ECDSA on P-256 with SHA-256 (RFC 9053, 2.1).
	ES256 Algorithm = "ES256"
	// EdDSA is Ed25519 (RFC 9053, 2.2).
	EdDSA Algorithm = "EdDSA"
)

// ContentType stands in the protected header of each recording, so that no
// other signature of the device's key can pass for one.
const ContentType = "application/vnd.countersign.recording+cbor"

// ParseKey reads a device's public key: SubjectPublicKeyInfo (RFC 5280), DER,
// of the kind that the algorithm needs. It fails with [ErrFormat].
func ParseKey(algorithm Algorithm, der []byte) (crypto.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, formatError("public key: %w", err)
	}
	found, err := algorithmOf(key)
	if err != nil {
		return nil, err
	}
	if found != algorithm {
		return nil, formatError("the public key is for %s, not %q", found, algorithm)
	}
	return key, nil
}

// algorithmOf returns the algorithm that a public key stands for.
func algorithmOf(key crypto.PublicKey) (Algorithm, error) {
	switch key := key.(type) {
	case ed25519.PublicKey:
		if len(key) == ed25519.PublicKeySize {
			return EdDSA, nil
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return ES256, nil
		}
	}
	return "", formatError("a device's key is Ed25519 or ECDSA P-256, not %T", key)
}

// signatureBytes is how long a signature is. It is the algorithm's, so that one
// with longer signatures, such as ML-DSA (FIPS 204), only adds a row here.
func (a Algorithm) signatureBytes() int {
	switch a {
	case ES256, EdDSA:
		return 64
	}
	return 0
}

func (a Algorithm) cose() cose.Algorithm {
	if a == ES256 {
		return cose.AlgorithmES256
	}
	return cose.AlgorithmEdDSA
}

func newMessage(algorithm Algorithm, payload []byte) *cose.Sign1Message {
	message := cose.NewSign1Message()
	message.Headers.Protected.SetAlgorithm(algorithm.cose())
	message.Headers.Protected[cose.HeaderLabelContentType] = ContentType
	message.Payload = payload
	return message
}

// sign returns a tagged COSE_Sign1 over payload.
func sign(random io.Reader, key crypto.Signer, payload []byte) ([]byte, error) {
	algorithm, err := algorithmOf(key.Public())
	if err != nil {
		return nil, err
	}
	signer, err := cose.NewSigner(algorithm.cose(), key)
	if err != nil {
		return nil, formatError("signing key: %w", err)
	}
	message := newMessage(algorithm, payload)
	if err := message.Sign(random, nil, signer); err != nil {
		return nil, fmt.Errorf("sign recording: %w", err)
	}
	sealed, err := message.MarshalCBOR()
	if err != nil {
		return nil, formatError("encode signature: %w", err)
	}
	return sealed, nil
}

// openSealed reads a tagged COSE_Sign1 in the one form that [sign] writes.
func openSealed(sealed []byte) (*cose.Sign1Message, Algorithm, error) {
	if len(sealed) > maxFront {
		return nil, "", limitError("header and signature have %d bytes; at most %d", len(sealed), maxFront)
	}
	var message cose.Sign1Message
	if err := message.UnmarshalCBOR(sealed); err != nil {
		return nil, "", formatError("COSE_Sign1: %w", err)
	}
	id, err := message.Headers.Protected.Algorithm()
	if err != nil {
		return nil, "", formatError("COSE_Sign1: %w", err)
	}
	algorithm := EdDSA
	switch id {
	case cose.AlgorithmEdDSA:
	case cose.AlgorithmES256:
		algorithm = ES256
	default:
		return nil, "", formatError("signature algorithm %s; a device signs with EdDSA or ES256", id)
	}
	canonical := newMessage(algorithm, message.Payload)
	canonical.Signature = message.Signature
	again, err := canonical.MarshalCBOR()
	if err != nil || len(message.Signature) != algorithm.signatureBytes() || !bytes.Equal(again, sealed) {
		return nil, "", formatError("COSE_Sign1: protected header must hold the algorithm and %q alone, unprotected nothing, signature %d bytes", ContentType, algorithm.signatureBytes())
	}
	return canonical, algorithm, nil
}
