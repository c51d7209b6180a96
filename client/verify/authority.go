package verify

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxChains bounds the certificates that a verifier remembers for each
// organisation: peers are few.
const maxChains = 256

// organisation is an [Organisation] made ready.
type organisation struct {
	Organisation
	roots, intermediates *x509.CertPool
	issuing              []*x509.Certificate

	mu    sync.Mutex
	known map[[sha256.Size]byte][][]*x509.Certificate // chains, by the certificate's hash
}

func newOrganisation(o Organisation) *organisation {
	ready := &organisation{
		Organisation: o, roots: x509.NewCertPool(), intermediates: x509.NewCertPool(), issuing: o.issuers(),
		known: map[[sha256.Size]byte][][]*x509.Certificate{},
	}
	for _, c := range o.Roots {
		ready.roots.AddCert(c)
	}
	for _, c := range o.Intermediates {
		ready.intermediates.AddCert(c)
	}
	return ready
}

// authorities are all of an organisation's, roots first.
func (o Organisation) authorities() []*x509.Certificate {
	return slices.Concat(o.Roots, o.Intermediates)
}

// issuers are the authorities that may give out identities: as in Fabric, those
// below which there is no other.
func (o Organisation) issuers() []*x509.Certificate {
	return slices.DeleteFunc(o.authorities(), func(c *x509.Certificate) bool {
		return slices.ContainsFunc(o.Intermediates, func(below *x509.Certificate) bool {
			return bytes.Equal(below.RawIssuer, c.RawSubject) && below.CheckSignatureFrom(c) == nil
		})
	})
}

// sameAuthority tells whether two certificates are of one authority: its
// certificate may have been renewed.
func sameAuthority(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, b.RawSubject) && sameKey(a, b)
}

func sameKey(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}

// chains are the ways from a certificate to a root, whatever the time: validity
// is for the caller to check, on each certificate. What has been found is
// remembered, as the same few peers sign everything.
func (o *organisation) chains(c *x509.Certificate) ([][]*x509.Certificate, error) {
	hash := sha256.Sum256(c.Raw)
	o.mu.Lock()
	chains, found := o.known[hash]
	o.mu.Unlock()
	if found {
		return chains, nil
	}
	chains, err := o.find(c)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.known) >= maxChains {
		clear(o.known)
	}
	o.known[hash] = chains
	return chains, nil
}

func (o *organisation) find(c *x509.Certificate) ([][]*x509.Certificate, error) {
	if c.IsCA {
		return nil, errors.New("an authority's certificate is no endorser's")
	}
	if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, errors.New("the certificate is not for signatures")
	}
	chains, err := c.Verify(x509.VerifyOptions{
		Roots: o.roots, Intermediates: o.intermediates,
		CurrentTime: c.NotBefore.Add(time.Second),
		KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, err
	}
	chains = slices.DeleteFunc(chains, func(chain []*x509.Certificate) bool {
		return len(chain) < 2 || !slices.ContainsFunc(o.issuing, chain[1].Equal)
	})
	if len(chains) == 0 {
		return nil, errors.New("its issuer has authorities below it, and may give out no identity itself")
	}
	return chains, nil
}

// isPeer checks that a certificate has the peers' organisational unit, and none
// that makes it something else, too.
func (o *organisation) isPeer(c *x509.Certificate, chain []*x509.Certificate) error {
	units := slices.DeleteFunc(slices.Clone(c.Subject.OrganizationalUnit), func(unit string) bool {
		return unit != o.PeerUnit && !slices.Contains(o.OtherUnits, unit)
	})
	if len(units) != 1 || units[0] != o.PeerUnit {
		return fmt.Errorf("its organisational unit is %q, not %q alone: no peer", strings.Join(c.Subject.OrganizationalUnit, ","), o.PeerUnit)
	}
	if o.PeerIssuer != nil && (len(chain) < 2 || !sameAuthority(chain[1], o.PeerIssuer)) {
		return errors.New("its issuer may not give out the peers' organisational unit")
	}
	return nil
}

func (o *organisation) revoked(chain []*x509.Certificate) error {
	for i, c := range chain[:len(chain)-1] {
		for _, list := range o.Revoked {
			if !isOf(list, chain[i+1]) {
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

// isOf tells whether a revocation list is an authority's.
func isOf(list *x509.RevocationList, c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, list.RawIssuer) && list.CheckSignatureFrom(c) == nil
}
