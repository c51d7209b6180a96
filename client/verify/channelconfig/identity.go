package channelconfig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// identity is somebody who is valid under an organisation's MSP.
type identity struct {
	msp         *definition
	certificate *x509.Certificate
	certifiers  []byte // stands for the authorities above it
	key         string // the same for all forms of one certificate
}

// known is what was found of a certificate.
type known struct {
	identity *identity
	err      error
}

// identify checks that a certificate is valid under the MSP, whatever the time
// (Fabric, msp/mspimplvalidate.go, validateIdentity). Who is, is remembered; who is not
// may be anybody, with a certificate of any size.
func (d *definition) identify(c *x509.Certificate) (*identity, error) {
	if d.opaque {
		return nil, errors.New("nobody of an Idemix MSP counts here")
	}
	hash := sha256.Sum256(c.Raw)
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.identity[hash]
	if !ok {
		found.identity, found.err = d.validate(c)
		if found.err == nil && len(d.identity) < maxSignatures {
			d.identity[hash] = found
		}
	}
	return found.identity, found.err
}

func (d *definition) validate(c *x509.Certificate) (*identity, error) {
	switch c.PublicKeyAlgorithm {
	case x509.ECDSA:
	case x509.Ed25519:
		if !d.ed25519 {
			return nil, errors.New("its key is Ed25519, which the channel does not allow")
		}
	default:
		return nil, fmt.Errorf("its key is %s", c.PublicKeyAlgorithm)
	}
	if c.IsCA {
		return nil, errors.New("its certificate is an authority's")
	}
	chain, err := d.chain(c)
	switch {
	case err != nil:
		return nil, fmt.Errorf("its certificate does not lead to a root: %w", err)
	case len(chain) < 2:
		return nil, errors.New("its certificate is a root")
	case d.above[string(chain[1].Raw)]:
		return nil, errors.New("its issuer has authorities below it, and may give out no identity itself")
	case constrained(chain):
		return nil, errors.New("its issuers constrain names, and it has none")
	}
	if err := d.isRevoked(c, chain[1]); err != nil {
		return nil, err
	}
	certifiers, err := d.certifiers(chain[1:])
	if err != nil {
		return nil, err
	}
	made := &identity{msp: d, certificate: c, certifiers: certifiers, key: d.name + "\x00" + string(c.RawTBSCertificate)}
	return made, made.inUnits()
}

var (
	subjectNames    = asn1.ObjectIdentifier{2, 5, 29, 17}
	nameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}
)

func constrained(chain []*x509.Certificate) bool {
	return !hasExtension(chain[0], subjectNames) && slices.ContainsFunc(chain[1:], func(c *x509.Certificate) bool {
		return hasExtension(c, nameConstraints)
	})
}

func hasExtension(c *x509.Certificate, id asn1.ObjectIdentifier) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(id) {
			return true
		}
	}
	return false
}

// inUnits checks the organisational units that the MSP asks for: one of the listed,
// and with NodeOUs exactly one that says what somebody is.
func (i *identity) inUnits() error {
	d := i.msp
	if len(d.listed) > 0 && !slices.ContainsFunc(i.certificate.Subject.OrganizationalUnit, func(name string) bool {
		return slices.ContainsFunc(d.listed[name], func(c []byte) bool { return bytes.Equal(c, i.certifiers) })
	}) {
		return errors.New("it is in none of the organisational units that its MSP lists")
	}
	if !d.nodes {
		return nil
	}
	count := 0
	for _, name := range i.certificate.Subject.OrganizationalUnit {
		var is *unit
		for _, u := range []*unit{d.client, d.peer, d.admin, d.orderer} {
			if u != nil && u.name == name {
				is = u // the last of one name, as in Fabric
			}
		}
		if is == nil {
			continue
		}
		if len(is.certifiers) > 0 && !bytes.Equal(is.certifiers, i.certifiers) {
			return fmt.Errorf("its issuer may not give out the organisational unit %q", name)
		}
		count++
	}
	if count != 1 {
		return fmt.Errorf("%d of its organisational units say what it is; one must", count)
	}
	return nil
}

// certifiersOf stands for an authority of the MSP and those above it.
func (d *definition) certifiersOf(text []byte) ([]byte, error) {
	c, err := firstCertificate(text)
	if err != nil {
		return nil, err
	}
	chain, err := d.chain(c)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(slices.Concat(d.roots, d.intermediates), func(a *x509.Certificate) bool {
		return bytes.Equal(a.RawTBSCertificate, c.RawTBSCertificate)
	}) {
		return nil, errors.New("its certifier is none of the MSP's authorities")
	}
	if slices.ContainsFunc(d.roots, func(a *x509.Certificate) bool { return bytes.Equal(a.RawTBSCertificate, c.RawTBSCertificate) }) {
		chain = chain[:1]
	} else if d.above[string(chain[0].Raw)] {
		return nil, errors.New("its certifier has authorities below it")
	}
	return d.certifiers(chain)
}

// certifiers is Fabric's name for a chain of authorities: a hash over their
// certificates, with signatures in the form with the lower S.
func (d *definition) certifiers(chain []*x509.Certificate) ([]byte, error) {
	sum := sha256.New()
	for i, c := range chain {
		text, ok := d.canon[sha256.Sum256(c.Raw)]
		if !ok {
			parent := c
			if i+1 < len(chain) {
				parent = chain[i+1]
			}
			var err error
			if text, err = lowerS(c, parent); err != nil {
				return nil, err
			}
		}
		sum.Write(text)
	}
	return sum.Sum(nil), nil
}

// lowerS is a certificate in DER with its signature in the form with the lower S
// (Fabric, msp/cert.go).
func lowerS(c, issuer *x509.Certificate) ([]byte, error) {
	key, ok := issuer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return c.Raw, nil
	}
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(c.Signature, &value); err != nil {
		return nil, err
	}
	if value.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) <= 0 {
		return c.Raw, nil
	}
	value.S.Sub(key.Params().N, value.S)
	signature, err := asn1.Marshal(value)
	if err != nil {
		return nil, err
	}
	var parts struct {
		Content   asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(c.Raw, &parts); err != nil {
		return nil, err
	}
	parts.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return asn1.Marshal(parts)
}

// has tells whether somebody is what a policy asks for (Fabric, msp/mspimpl.go,
// SatisfiesPrincipal).
func (i *identity) has(principal *msp.MSPPrincipal) bool { return i.hasAll(principal, maxCombined) }

// hasAll is has of a principal in which others stand at most so deep.
func (i *identity) hasAll(principal *msp.MSPPrincipal, depth int) bool {
	switch principal.GetPrincipalClassification() {
	case msp.MSPPrincipal_ROLE:
		var role msp.MSPRole
		return unmarshal(principal.GetPrincipal(), &role) == nil && role.GetMspIdentifier() == i.msp.name && i.isA(role.GetRole())
	case msp.MSPPrincipal_ORGANIZATION_UNIT:
		var u msp.OrganizationUnit
		return unmarshal(principal.GetPrincipal(), &u) == nil && u.GetMspIdentifier() == i.msp.name &&
			bytes.Equal(u.GetCertifiersIdentifier(), i.certifiers) &&
			slices.Contains(i.certificate.Subject.OrganizationalUnit, u.GetOrganizationalUnitIdentifier())
	case msp.MSPPrincipal_IDENTITY:
		return i.is(principal.GetPrincipal())
	case msp.MSPPrincipal_ANONYMITY:
		var a msp.MSPIdentityAnonymity
		return unmarshal(principal.GetPrincipal(), &a) == nil && a.GetAnonymityType() == msp.MSPIdentityAnonymity_NOMINAL
	case msp.MSPPrincipal_COMBINED:
		var all msp.CombinedPrincipal
		if depth == 0 || unmarshal(principal.GetPrincipal(), &all) != nil || len(all.GetPrincipals()) == 0 {
			return false
		}
		return !slices.ContainsFunc(all.GetPrincipals(), func(p *msp.MSPPrincipal) bool { return !i.hasAll(p, depth-1) })
	}
	return false
}

// is tells whether somebody is the one whose serialized identity is given.
func (i *identity) is(serialized []byte) bool {
	var one msp.SerializedIdentity
	if unmarshal(serialized, &one) != nil || one.GetMspid() != i.msp.name {
		return false
	}
	c, err := firstCertificate(one.GetIdBytes())
	return err == nil && bytes.Equal(c.RawTBSCertificate, i.certificate.RawTBSCertificate)
}

func (i *identity) isA(role msp.MSPRole_MSPRoleType) bool {
	d := i.msp
	switch role {
	case msp.MSPRole_MEMBER:
		return true
	case msp.MSPRole_ADMIN:
		return slices.ContainsFunc(d.administrators, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawTBSCertificate, i.certificate.RawTBSCertificate)
		}) || i.in(d.admin)
	case msp.MSPRole_CLIENT:
		return i.in(d.client)
	case msp.MSPRole_PEER:
		return i.in(d.peer)
	case msp.MSPRole_ORDERER:
		return i.in(d.orderer)
	}
	return false
}

// in tells whether somebody is in a unit, if NodeOUs count.
func (i *identity) in(u *unit) bool {
	return i.msp.nodes && u != nil && slices.Contains(i.certificate.Subject.OrganizationalUnit, u.name)
}
