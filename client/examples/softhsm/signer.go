//go:build pkcs11 && cgo

package softhsm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/miekg/pkcs11"
)

var _ crypto.Signer = (*Signer)(nil)

// Signer signs with an ECDSA P-256 key in a token. It is safe for concurrent use: one
// signature is made at a time.
type Signer struct {
	public *ecdsa.PublicKey

	mu      sync.Mutex
	module  *pkcs11.Ctx
	session pkcs11.SessionHandle
	key     pkcs11.ObjectHandle
}

// Open logs in to the token with a label and finds the key with a label there. The
// library is the path of the module's PKCS#11 library, such as
// /usr/lib/softhsm/libsofthsm2.so. Close the signer when it is no longer needed.
func Open(library, token, pin, key string) (*Signer, error) {
	s := &Signer{module: pkcs11.New(library)}
	if s.module == nil {
		return nil, fmt.Errorf("softhsm: %s is no PKCS#11 library", library)
	}
	if err := s.module.Initialize(); err != nil {
		s.module.Destroy()
		return nil, fmt.Errorf("softhsm: initialise %s: %w", library, err)
	}
	if err := s.open(token, pin, key); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Signer) open(token, pin, key string) error {
	slot, err := s.slot(token)
	if err != nil {
		return err
	}
	if s.session, err = s.module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION); err != nil {
		return fmt.Errorf("softhsm: open a session: %w", err)
	}
	if err := s.module.Login(s.session, pkcs11.CKU_USER, pin); err != nil {
		return fmt.Errorf("softhsm: log in to %s: %w", token, err)
	}
	if s.key, err = s.find(pkcs11.CKO_PRIVATE_KEY, key); err != nil {
		return err
	}
	public, err := s.find(pkcs11.CKO_PUBLIC_KEY, key)
	if err != nil {
		return err
	}
	s.public, err = s.point(public)
	return err
}

func (s *Signer) slot(token string) (uint, error) {
	slots, err := s.module.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("softhsm: list slots: %w", err)
	}
	for _, slot := range slots {
		info, err := s.module.GetTokenInfo(slot)
		if err == nil && info.Label == token {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("softhsm: there is no token %q", token)
}

func (s *Signer) find(class uint, label string) (pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label)}
	if err := s.module.FindObjectsInit(s.session, template); err != nil {
		return 0, fmt.Errorf("softhsm: look for the key %s: %w", label, err)
	}
	found, _, err := s.module.FindObjects(s.session, 2)
	if err := errors.Join(err, s.module.FindObjectsFinal(s.session)); err != nil {
		return 0, fmt.Errorf("softhsm: look for the key %s: %w", label, err)
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("softhsm: the token has %d keys %q of one class", len(found), label)
	}
	return found[0], nil
}

// point reads a public key: a point of the curve in an octet string (PKCS#11 v2.40,
// clause 2.3.3).
func (s *Signer) point(key pkcs11.ObjectHandle) (*ecdsa.PublicKey, error) {
	attributes, err := s.module.GetAttributeValue(s.session, key, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	if err != nil {
		return nil, fmt.Errorf("softhsm: read the public key: %w", err)
	}
	var octets []byte
	if _, err := asn1.Unmarshal(attributes[0].Value, &octets); err != nil {
		return nil, fmt.Errorf("softhsm: read the public key: %w", err)
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), octets)
}

// Public implements [crypto.Signer].
func (s *Signer) Public() crypto.PublicKey { return s.public }

// Sign implements [crypto.Signer]: it signs a SHA-256 digest. The token has the
// randomness that the signature needs. The S it gives may be either: the client brings
// it into Fabric's form.
func (s *Signer) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	if options.HashFunc() != crypto.SHA256 || len(digest) != crypto.SHA256.Size() {
		return nil, fmt.Errorf("softhsm: this signs digests of SHA-256, not %v", options.HashFunc())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.module.SignInit(s.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil)}, s.key); err != nil {
		return nil, fmt.Errorf("softhsm: sign: %w", err)
	}
	raw, err := s.module.Sign(s.session, digest) // R and S, of one length
	if err != nil {
		return nil, fmt.Errorf("softhsm: sign: %w", err)
	}
	half := len(raw) / 2
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
}

// Close logs out and unloads the library.
func (s *Signer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session != 0 {
		_ = s.module.Logout(s.session) // it ends with the session
		_ = s.module.CloseSession(s.session)
	}
	err := s.module.Finalize()
	s.module.Destroy()
	return err
}
