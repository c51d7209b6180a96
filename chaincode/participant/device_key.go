package participant

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Algorithms with which a device may sign, by their COSE names (RFC 9053).
const (
	// ES256 is ECDSA on P-256 with SHA-256.
	ES256 = "ES256"
	// EdDSA is Ed25519.
	EdDSA = "EdDSA"
)

// Signer is what a device's recordings are signed with for a time: a key of its
// own, or, for a plain sensor, the key of a gateway that vouches for it.
type Signer struct {
	// Number counts the device's signers from 1.
	Number int `json:"number"`
	// PublicKey verifies its signatures: SubjectPublicKeyInfo, DER, base64.
	// Absent for a sensor that a gateway vouches for.
	PublicKey string `json:"publicKey,omitempty"`
	// Algorithm is ES256 or EdDSA.
	Algorithm string `json:"algorithm,omitempty"`
	// Proven says that the key has signed for itself: the device has it.
	Proven bool `json:"proven,omitempty"`
	// Gateway is the device that vouches.
	Gateway string `json:"gateway,omitempty"`
	// Since is the ledger time at which it was put on record, Until the one at
	// which another took its place: it is good for recordings whose last reading
	// is earlier than that.
	Since time.Time `json:"keySince"`
	Until time.Time `json:"keyUntil,omitzero"`
	// Void says that it is good for nothing that is submitted any more.
	Void bool `json:"void,omitempty"`
}

// Key returns the public key: a *ecdsa.PublicKey on P-256 for ES256, an
// ed25519.PublicKey for EdDSA. It fails with fault.InvalidRequest when text and
// algorithm do not fit, which a key on record always does, and for a sensor that
// has none.
func (s Signer) Key() (crypto.PublicKey, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(s.PublicKey)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "the public key is SubjectPublicKeyInfo, DER, in base64: %w", err).At("/publicKey")
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "the public key is SubjectPublicKeyInfo, DER, in base64: %w", err).At("/publicKey")
	}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if s.Algorithm == ES256 && key.Curve == elliptic.P256() {
			return key, nil
		}
	case ed25519.PublicKey:
		if s.Algorithm == EdDSA {
			return key, nil
		}
	}
	return nil, fault.New(fault.InvalidRequest, "take ES256 with a key on P-256, or EdDSA with an Ed25519 key").At("/algorithm")
}

// spellKey checks the public key and gives it its one spelling, so that the
// same key is found again.
func (s *Signer) spellKey() (crypto.PublicKey, error) {
	key, err := s.Key()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "the public key: %w", err).At("/publicKey")
	}
	s.PublicKey = base64.StdEncoding.EncodeToString(der)
	return key, nil
}

// keyStatementType stands in the signed bytes, so that nothing else a device
// signs can pass for this, nor this for anything else.
const keyStatementType = "countersign.devicekey.v1"

// KeyStatement is what a new key of a device signs, to show that the device has
// it.
type KeyStatement struct {
	// Device is the device's identifier, in any GS1 form.
	Device string
	// Owner is the MSP id of the device's owner.
	Owner string
	// Algorithm and PublicKey are the new key, as in [Signer].
	Algorithm string
	PublicKey string
}

// KeyStatementBytes returns the bytes to sign: a JSON object of five members in
// the canonical form of RFC 8785 (members in order of name, no spaces), ASCII,
// the device in the ledger's form. For instance
//
//	{"algorithm":"EdDSA","device":"/8004/9506000LOGGER1","owner":"CarrierMSP","publicKey":"MCow...","type":"countersign.devicekey.v1"}
//
// The signature has 64 bytes, as in a recording: Ed25519 over these bytes, or
// ECDSA on P-256 over their SHA-256, r and s one after the other, 32 bytes each,
// big-endian (RFC 9053, 2.1).
//
// It fails with fault.InvalidIdentifier and fault.InvalidRequest.
func KeyStatementBytes(s KeyStatement) ([]byte, error) {
	id, err := devicePath(s.Device)
	if err != nil {
		return nil, err
	}
	if !mspForm.MatchString(s.Owner) {
		return nil, fault.New(fault.InvalidRequest, "an MSP id has 1 to 64 letters, digits, dots, dashes and underscores")
	}
	key := Signer{PublicKey: s.PublicKey, Algorithm: s.Algorithm}
	if _, err := key.spellKey(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(struct {
		Algorithm string `json:"algorithm"`
		Device    string `json:"device"`
		Owner     string `json:"owner"`
		PublicKey string `json:"publicKey"`
		Type      string `json:"type"`
	}{key.Algorithm, id.Path(), s.Owner, key.PublicKey, keyStatementType})
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "%w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}

// prove checks that the signer's key has signed for a device.
func (s *Signer) prove(device, owner, proof string) error {
	key, err := s.spellKey()
	if err != nil {
		return err
	}
	message, err := KeyStatementBytes(KeyStatement{Device: device, Owner: owner, Algorithm: s.Algorithm, PublicKey: s.PublicKey})
	if err != nil {
		return err
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(proof)
	if err == nil {
		err = verifyRaw(key, message, signature)
	}
	if err != nil {
		return fault.New(fault.BadSignature, "the new key has not signed for this device, owner and key: %w", err).About(device).At("/proof")
	}
	s.Proven = true
	return nil
}

// verifyRaw checks a signature of 64 bytes.
func verifyRaw(key crypto.PublicKey, message, signature []byte) error {
	if len(signature) != ed25519.SignatureSize {
		return errors.New("a signature has 64 bytes, in base64")
	}
	good := false
	switch key := key.(type) {
	case ed25519.PublicKey:
		good = ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		digest := sha256.Sum256(message)
		good = ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	if !good {
		return errors.New("the signature does not verify")
	}
	return nil
}
