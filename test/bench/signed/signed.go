// Package signed is what benchmarks of evidence have in common: verification, and the
// baseline that it is held against, the bare check of the signatures in it.
package signed

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// Signatures checks those of a statement and nothing else, with the keys at hand.
func Signatures(s *evidence.Statement) (func() error, error) {
	keys := make([]*ecdsa.PublicKey, len(s.Endorsements))
	for i := range s.Endorsements {
		identity, err := s.Endorsements[i].Identity()
		if err != nil {
			return nil, err
		}
		key, ok := identity.Certificate.PublicKey.(*ecdsa.PublicKey)
		if !ok {
			return nil, errors.New("an endorser has no ECDSA key")
		}
		keys[i] = key
	}
	return func() error {
		for i, e := range s.Endorsements {
			digest := sha256.New()
			digest.Write(s.Payload)
			digest.Write(e.Endorser)
			if !ecdsa.VerifyASN1(keys[i], digest.Sum(nil), e.Signature) {
				return errors.New("a signature is not good")
			}
		}
		return nil
	}, nil
}

// Verified reads a file of evidence and verifies it as of a time.
func Verified(v *verify.Verifier, policy verify.Policy, file []byte, at time.Time) error {
	read, err := evidence.Decode(file)
	if err != nil {
		return err
	}
	if report := v.Verify(read, policy, at); !report.Verified() {
		return fmt.Errorf("not verified:\n%s", report)
	}
	return nil
}
