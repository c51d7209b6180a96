package channelconfig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// Types of MSPs (Fabric, msp/msp.go).
const (
	typeFabric = 0
	typeIdemix = 1
)

// definition is an organisation's MSP made ready (Fabric, msp/mspimplsetup.go).
type definition struct {
	name                 string
	roots, intermediates []*x509.Certificate
	revoked              []*x509.RevocationList
	administrators       []*x509.Certificate

	options x509.VerifyOptions
	canon   map[[sha256.Size]byte][]byte // authorities with signatures of the lower S
	above   map[string]bool              // authorities with others below them
	ed25519 bool
	opaque  bool                // of a kind of which nobody is known here
	listed  map[string][][]byte // organisational units asked of everybody, and whose
	nodes   bool                // NodeOUs tell clients, peers, admins and orderers apart
	client  *unit
	peer    *unit
	admin   *unit
	orderer *unit
	units   *msp.FabricNodeOUs

	mu       sync.Mutex
	identity map[[sha256.Size]byte]known
}

// unit is an organisational unit that says what somebody is, and who may say so.
type unit struct {
	name       string
	certifiers []byte // empty for any authority
}

// readMSP reads the MSP of an organisation.
func readMSP(config *msp.MSPConfig, ed25519 bool) (*definition, error) {
	switch config.GetType() {
	case typeFabric:
	case typeIdemix:
		var idemix msp.IdemixMSPConfig
		if err := unmarshal(config.GetConfig(), &idemix); err != nil {
			return nil, err
		}
		return &definition{name: idemix.GetName(), opaque: true}, nil
	default:
		return nil, fmt.Errorf("MSPs of type %d are not known", config.GetType())
	}
	var own msp.FabricMSPConfig
	if err := unmarshal(config.GetConfig(), &own); err != nil {
		return nil, err
	}
	if hash := own.GetCryptoConfig(); hash.GetSignatureHashFamily() != "" && hash.GetSignatureHashFamily() != "SHA2" ||
		hash.GetIdentityIdentifierHashFunction() != "" && hash.GetIdentityIdentifierHashFunction() != "SHA256" {
		return nil, errors.New("it asks for hashes other than SHA-256, which are not known here")
	}
	made := &definition{
		name: own.GetName(), ed25519: ed25519, canon: map[[sha256.Size]byte][]byte{}, above: map[string]bool{},
		listed: map[string][][]byte{}, identity: map[[sha256.Size]byte]known{},
	}
	for _, step := range []func(*msp.FabricMSPConfig) error{made.readLists, made.readAuthorities, made.readListedUnits, made.readNodeUnits, made.readAdministrators} {
		if err := step(&own); err != nil {
			return made, err
		}
	}
	return made, nil
}

// readLists reads all that the MSP lists.
func (d *definition) readLists(config *msp.FabricMSPConfig) (err error) {
	for _, n := range []int{
		len(config.GetRootCerts()), len(config.GetIntermediateCerts()), len(config.GetAdmins()),
		len(config.GetRevocationList()), len(config.GetOrganizationalUnitIdentifiers()),
	} {
		if n > maxCertificates {
			return failure(ErrLimit, "", "%d certificates in one list; at most %d are read", n, maxCertificates)
		}
	}
	if len(config.GetRootCerts()) == 0 {
		return errors.New("it has no root certificate")
	}
	if d.roots, err = allCertificates(config.GetRootCerts()); err != nil {
		return err
	}
	if d.intermediates, err = allCertificates(config.GetIntermediateCerts()); err != nil {
		return err
	}
	if d.administrators, err = allCertificates(config.GetAdmins()); err != nil {
		return err
	}
	for _, text := range config.GetRevocationList() {
		list, err := readRevocations(text)
		if err != nil {
			return err
		}
		d.revoked = append(d.revoked, list)
	}
	return nil
}

func allCertificates(texts [][]byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for _, text := range texts {
		c, err := firstCertificate(text)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// firstCertificate reads the first PEM block of a text, as Fabric does.
func firstCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// readRevocations reads a revocation list in DER, or in PEM.
func readRevocations(text []byte) (*x509.RevocationList, error) {
	if block, _ := pem.Decode(text); block != nil && block.Type == "X509 CRL" {
		text = block.Bytes
	}
	return x509.ParseRevocationList(text)
}

// readAuthorities makes ready the tree of authorities, and checks each.
func (d *definition) readAuthorities(*msp.FabricMSPConfig) error {
	d.options = x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	for _, c := range d.roots {
		d.options.Roots.AddCert(c)
	}
	for _, c := range d.intermediates {
		d.options.Intermediates.AddCert(c)
	}
	for _, c := range slices.Concat(d.roots, d.intermediates) {
		if err := d.authority(c); err != nil {
			return fmt.Errorf("%s: %w", c.Subject, err)
		}
	}
	for _, c := range d.intermediates {
		chain, err := d.chain(c)
		if err != nil {
			return err
		}
		for _, above := range chain[1:] {
			d.above[string(above.Raw)] = true
		}
	}
	return nil
}

func (d *definition) authority(c *x509.Certificate) error {
	if !c.IsCA {
		return errors.New("it is not the certificate of an authority")
	}
	if len(c.SubjectKeyId) == 0 {
		return errors.New("it has no subject key identifier")
	}
	chain, err := d.chain(c)
	if err != nil {
		return err
	}
	parent := c
	if len(chain) > 1 {
		parent = chain[1]
		if err := d.isRevoked(c, parent); err != nil {
			return err
		}
	}
	text, err := lowerS(c, parent)
	d.canon[sha256.Sum256(c.Raw)] = text
	return err
}

// chain is the one way from a certificate to a root, whatever the time (Fabric,
// msp/mspimplvalidate.go, getValidityOptsForCert).
func (d *definition) chain(c *x509.Certificate) ([]*x509.Certificate, error) {
	options := d.options
	options.CurrentTime = c.NotBefore.Add(time.Second)
	chains, err := c.Verify(options)
	switch {
	case err != nil:
		return nil, err
	case len(chains) != 1:
		return nil, fmt.Errorf("%d ways lead from it to a root; Fabric takes one alone", len(chains))
	}
	return chains[0], nil
}

// isRevoked looks for a certificate on the lists of its issuer, which it finds by key
// identifiers.
func (d *definition) isRevoked(c, issuer *x509.Certificate) error {
	for _, list := range d.revoked {
		if len(list.AuthorityKeyId) > 0 && !bytes.Equal(list.AuthorityKeyId, issuer.SubjectKeyId) {
			continue
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 && issuer.CheckSignature(list.SignatureAlgorithm, list.RawTBSRevocationList, list.Signature) == nil {
				return errors.New("its certificate is revoked")
			}
		}
	}
	return nil
}

func (d *definition) readListedUnits(config *msp.FabricMSPConfig) error {
	for _, u := range config.GetOrganizationalUnitIdentifiers() {
		certifiers, err := d.certifiersOf(u.GetCertificate())
		if err != nil {
			return fmt.Errorf("organisational unit %q: %w", u.GetOrganizationalUnitIdentifier(), err)
		}
		name := u.GetOrganizationalUnitIdentifier()
		d.listed[name] = append(d.listed[name], certifiers)
	}
	return nil
}

func (d *definition) readNodeUnits(config *msp.FabricMSPConfig) error {
	units := config.GetFabricNodeOus()
	if units == nil {
		return nil
	}
	d.units = units
	for _, u := range []struct {
		from *msp.FabricOUIdentifier
		to   **unit
	}{
		{units.GetClientOuIdentifier(), &d.client},
		{units.GetPeerOuIdentifier(), &d.peer},
		{units.GetAdminOuIdentifier(), &d.admin},
		{units.GetOrdererOuIdentifier(), &d.orderer},
	} {
		if u.from == nil {
			continue
		}
		made := &unit{name: u.from.GetOrganizationalUnitIdentifier()}
		if len(u.from.GetCertificate()) > 0 {
			var err error
			if made.certifiers, err = d.certifiersOf(u.from.GetCertificate()); err != nil {
				return fmt.Errorf("NodeOUs: %w", err)
			}
		}
		*u.to = made
		d.nodes = units.GetEnable()
	}
	return nil
}

func (d *definition) readAdministrators(*msp.FabricMSPConfig) error {
	if len(d.administrators) == 0 && (!d.nodes || d.admin == nil) {
		return errors.New("it names no administrators")
	}
	return nil
}
