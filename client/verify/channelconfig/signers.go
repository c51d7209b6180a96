package channelconfig

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// signature is one, before anything about it is known.
type signature struct {
	creator []byte // msp.SerializedIdentity
	over    []byte
	value   []byte
}

// signers are those who have signed an update, and what is known of which policies
// they satisfy.
type signers struct {
	valid   []*identity
	ignored []Ignored
	known   map[*rule]error
}

// signersOf finds who signed: identities valid under the configuration, each once, in
// the order of their signatures, which matters to signature policies.
func (c *Configuration) signersOf(signatures []signature, at time.Time) *signers {
	made := &signers{known: map[*rule]error{}}
	seen := map[string]bool{}
	for _, s := range signatures {
		who, claim, err := c.signer(s, at)
		if err == nil && seen[who.key] {
			err = errors.New("it has signed already")
		}
		if err != nil {
			claim.Reason = err.Error()
			made.ignored = append(made.ignored, claim)
			continue
		}
		seen[who.key] = true
		made.valid = append(made.valid, who)
	}
	return made
}

// signer checks one signature. What it returns besides is what the signer claims.
func (c *Configuration) signer(s signature, at time.Time) (*identity, Ignored, error) {
	var serialized msp.SerializedIdentity
	if err := unmarshal(s.creator, &serialized); err != nil {
		return nil, Ignored{}, fmt.Errorf("no identity: %w", err)
	}
	claim := Ignored{MSP: serialized.GetMspid()}
	definition, ok := c.msps[serialized.GetMspid()]
	if !ok {
		return nil, claim, errors.New("no organisation of the configuration before")
	}
	certificate, err := firstCertificate(serialized.GetIdBytes())
	if err != nil {
		return nil, claim, fmt.Errorf("no certificate: %w", err)
	}
	claim.Subject = certificate.Subject.CommonName
	who, err := definition.identify(certificate)
	if err != nil {
		return nil, claim, err
	}
	if !at.IsZero() && (at.Before(certificate.NotBefore) || at.After(certificate.NotAfter)) {
		return nil, claim, fmt.Errorf("its certificate is valid from %s to %s, not at %s", stamp(certificate.NotBefore), stamp(certificate.NotAfter), stamp(at))
	}
	return who, claim, who.signed(s)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// signed checks a signature. Of the two forms of an ECDSA signature only the one with
// the lower S is taken, as Fabric does.
func (i *identity) signed(s signature) error {
	switch key := i.certificate.PublicKey.(type) {
	case *ecdsa.PublicKey:
		var value struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(s.value, &value)
		if err != nil || len(rest) > 0 {
			return errors.New("its signature is not in ASN.1 DER")
		}
		if value.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) > 0 {
			return errors.New("its signature is in the form with the higher S")
		}
		digest := sha256.Sum256(s.over)
		if ecdsa.VerifyASN1(key, digest[:], s.value) {
			return nil
		}
	case ed25519.PublicKey:
		if ed25519.Verify(key, s.over, s.value) {
			return nil
		}
	}
	return errors.New("its signature is not good")
}

// satisfy tells whether the signers satisfy a policy.
func (s *signers) satisfy(policy *rule) error {
	if err, ok := s.known[policy]; ok {
		return err
	}
	err := policy.evaluate(s)
	s.known[policy] = err
	return err
}
