package client

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"

	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// DeviceKey is a device's public key, and the proof that the device has it: what
// [participant.RegisterDeviceRequest] and [participant.RotateDeviceKeyRequest]
// ask for, in the spelling that they ask for.
type DeviceKey struct {
	PublicKey string
	Algorithm string
	Proof     string
}

// ProveDeviceKey has a device's new key, Ed25519 or ECDSA on P-256, sign that it
// is the key of that device of that owner (an MSP id): the key may be wherever
// its signer has it, such as in the device itself. See
// [participant.KeyStatementBytes] for a device that signs without this package.
//
// It fails with fault.InvalidIdentifier and fault.InvalidRequest, for another
// kind of key too, and with the signer's own error.
func ProveDeviceKey(device, owner string, key crypto.Signer) (DeviceKey, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return DeviceKey{}, fmt.Errorf("client: the device's key: %w", err)
	}
	proven := DeviceKey{PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA}
	if _, ok := key.Public().(*ecdsa.PublicKey); ok {
		proven.Algorithm = participant.ES256
	}
	message, err := participant.KeyStatementBytes(participant.KeyStatement{
		Device: device, Owner: owner, Algorithm: proven.Algorithm, PublicKey: proven.PublicKey,
	})
	if err != nil {
		return DeviceKey{}, fmt.Errorf("client: the device's key: %w", err)
	}
	signature, err := signRaw(key, message)
	if err != nil {
		return DeviceKey{}, fmt.Errorf("client: the device's key does not sign: %w", err)
	}
	proven.Proof = base64.StdEncoding.EncodeToString(signature)
	return proven, nil
}

// signRaw signs as a recording is signed: 64 bytes.
func signRaw(key crypto.Signer, message []byte) ([]byte, error) {
	if _, ok := key.Public().(ed25519.PublicKey); ok {
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var parsed struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &parsed); err != nil {
		return nil, err
	}
	raw := make([]byte, 64)
	parsed.R.FillBytes(raw[:32])
	parsed.S.FillBytes(raw[32:])
	return raw, nil
}
