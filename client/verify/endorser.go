package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/client/evidence"
)

// maxChains bounds the certificates that a verifier remembers for each
// organisation: peers are few.
const maxChains = 256

func newOrganisation(o Organisation) *organisation {
	ready := &organisation{
		Organisation: o, roots: x509.NewCertPool(), intermediates: x509.NewCertPool(),
		chains: map[[sha256.Size]byte][]*x509.Certificate{},
	}
	for _, c := range o.Roots {
		ready.roots.AddCert(c)
	}
	for _, c := range o.Intermediates {
		ready.intermediates.AddCert(c)
	}
	return ready
}

// endorsement checks one endorsement. All must be good: one that is not tells
// of tampering, even where the others would be enough.
func (r *run) endorsement(e *evidence.Endorsement) {
	subject := e.MSP
	identity, err := e.Identity()
	if err == nil {
		subject += " " + identity.Certificate.Subject.CommonName
	}
	o, known := r.organisations[e.MSP]
	switch {
	case err != nil:
	case identity.MSP != e.MSP:
		err = fmt.Errorf("shown as of %s, signed as of %s", e.MSP, identity.MSP)
	case !known:
		err = fmt.Errorf("the roots do not know %s", e.MSP)
	}
	if !r.record(CheckIdentity, subject, outcome{"of " + e.MSP, err}) {
		for _, name := range []Name{CheckCertificate, CheckUnit, CheckRevocation, CheckSignature} {
			r.skip(name, subject, "the endorser's identity is not known")
		}
		return
	}
	chain, err := o.chain(identity.Certificate)
	good := r.record(CheckCertificate, subject, r.certificate(chain, err))
	good = r.record(CheckUnit, subject, outcome{"a " + o.PeerUnit, o.isPeer(identity.Certificate, chain)}) && good
	good = r.revocation(subject, o, chain) && good
	good = r.record(CheckSignature, subject, outcome{"good, over payload and identity", signed(e, r.statement.Payload, identity.Certificate)}) && good
	if good {
		r.counted[e.MSP] = true
	}
}

func (r *run) certificate(chain []*x509.Certificate, err error) outcome {
	if err != nil {
		return fail("does not lead to a root of its organisation: %w", err)
	}
	for _, c := range chain {
		for _, when := range []time.Time{r.at, r.claimed()} {
			if when.Before(c.NotBefore) || when.After(c.NotAfter) {
				problem := fmt.Sprintf("%s is valid from %s to %s, not at %s", c.Subject.CommonName, stamp(c.NotBefore), stamp(c.NotAfter), stamp(when))
				if r.config.ignoreExpiry {
					return pass("UNSAFE, accepted by option although %s", problem)
				}
				return fail("%s", problem)
			}
		}
	}
	return pass("leads to %s, valid at %s", chain[len(chain)-1].Subject.CommonName, stamp(r.at))
}

func (r *run) claimed() time.Time {
	if r.proposal == nil {
		return r.at
	}
	return r.proposal.Time
}

// chain leads from a certificate to a root, whatever the time: validity is for
// the caller to check, on each certificate. What has been found is remembered,
// as the same few peers sign everything.
func (o *organisation) chain(c *x509.Certificate) ([]*x509.Certificate, error) {
	hash := sha256.Sum256(c.Raw)
	o.mu.Lock()
	chain, found := o.chains[hash]
	o.mu.Unlock()
	if found {
		return chain, nil
	}
	chains, err := c.Verify(x509.VerifyOptions{
		Roots: o.roots, Intermediates: o.intermediates,
		CurrentTime: c.NotBefore.Add(time.Second),
		KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, err
	}
	if c.IsCA {
		return nil, errors.New("an authority's certificate is no endorser's")
	}
	if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, errors.New("the certificate is not for signatures")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.chains) >= maxChains {
		clear(o.chains)
	}
	o.chains[hash] = chains[0]
	return chains[0], nil
}

func (o *organisation) isPeer(c *x509.Certificate, chain []*x509.Certificate) error {
	if units := c.Subject.OrganizationalUnit; !slices.Contains(units, o.PeerUnit) {
		return fmt.Errorf("its organisational unit is %q, not %q: no peer", strings.Join(units, ","), o.PeerUnit)
	}
	if o.PeerIssuer != nil && (len(chain) < 2 || !chain[1].Equal(o.PeerIssuer)) {
		return errors.New("its issuer may not give out the peers' organisational unit")
	}
	return nil
}

func (r *run) revocation(subject string, o *organisation, chain []*x509.Certificate) bool {
	switch {
	case len(o.Revoked) == 0:
		r.skip(CheckRevocation, subject, "the roots hold no revocation list of "+o.MSP)
		return true
	case len(chain) == 0:
		r.skip(CheckRevocation, subject, "the certificate leads to no root")
		return false
	}
	return r.record(CheckRevocation, subject, outcome{"on no list", o.revoked(chain)})
}

func (o *organisation) revoked(chain []*x509.Certificate) error {
	for i, c := range chain[:len(chain)-1] {
		for _, list := range o.Revoked {
			issuer := o.issuerOf(list)
			if issuer == nil || !issuer.Equal(chain[i+1]) {
				continue
			}
			for _, entry := range list.RevokedCertificateEntries {
				if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
					return fmt.Errorf("%s was revoked at %s", c.Subject.CommonName, stamp(entry.RevocationTime))
				}
			}
		}
	}
	return nil
}

// signed checks an endorser's signature over payload and identity. Of the two
// forms of an ECDSA signature only the one with the lower S is accepted, as
// Fabric does, so that nobody can make a second signature from a first.
func signed(e *evidence.Endorsement, payload []byte, c *x509.Certificate) error {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
		return fmt.Errorf("the key is %s, not ECDSA on P-256 or P-384", c.PublicKeyAlgorithm)
	}
	var value struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(e.Signature, &value)
	if err != nil || len(rest) > 0 {
		return errors.New("it is not in ASN.1 DER")
	}
	if value.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) > 0 {
		return errors.New("it is in the form with the higher S, which Fabric does not accept")
	}
	digest := sha256.New()
	digest.Write(payload)
	digest.Write(e.Endorser)
	if !ecdsa.VerifyASN1(key, digest.Sum(nil), e.Signature) {
		return errors.New("it is not a signature of this payload by this identity")
	}
	return nil
}

// enough applies the policy.
func (r *run) enough() {
	if err := r.policy.validate(); err != nil {
		r.record(CheckPolicy, "", outcome{err: err})
		return
	}
	var counted []string
	for _, msp := range r.policy.Of {
		if r.counted[msp] {
			counted = append(counted, msp)
		}
		if _, known := r.organisations[msp]; !known {
			r.record(CheckPolicy, "", fail("the roots do not know %s", msp))
			return
		}
	}
	for msp := range r.counted {
		r.report.Endorsers = append(r.report.Endorsers, msp)
	}
	slices.Sort(r.report.Endorsers)
	if len(counted) < r.policy.Required {
		r.record(CheckPolicy, "", fail("%d of the organisations named endorsed (%s); the policy asks for %s", len(counted), strings.Join(counted, ", "), r.policy))
		return
	}
	r.record(CheckPolicy, "", pass("%s endorsed; the policy asks for %s", strings.Join(counted, ", "), r.policy))
}
