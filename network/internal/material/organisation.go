package material

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"net"
)

// Unit is the organisational unit that tells Fabric what an identity is (NodeOUs).
type Unit string

// The units that Fabric knows.
const (
	Client  Unit = "client"
	Peer    Unit = "peer"
	Admin   Unit = "admin"
	Orderer Unit = "orderer"
)

// attributesOID is the extension in which fabric-ca writes attributes.
var attributesOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// Organisation has the authorities of one organisation.
type Organisation struct {
	MSPID  string
	Domain string
	CA     *Authority // issues identities
	TLSCA  *Authority // issues TLS certificates
}

// NewOrganisation makes an organisation's two authorities.
func NewOrganisation(mspID, domain string) (*Organisation, error) {
	ca, err := NewAuthority("ca."+domain, domain)
	if err != nil {
		return nil, err
	}
	tlsCA, err := NewAuthority("tlsca."+domain, domain)
	if err != nil {
		return nil, err
	}
	return &Organisation{MSPID: mspID, Domain: domain, CA: ca, TLSCA: tlsCA}, nil
}

// Identity issues a signing identity. Attributes may be empty.
func (o *Organisation) Identity(name string, unit Unit, attributes map[string]string) (*Credential, error) {
	subject := pkix.Name{CommonName: name, Organization: []string{o.Domain}, OrganizationalUnit: []string{string(unit)}}
	template, err := newTemplate(subject, certificateLife)
	if err != nil {
		return nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if len(attributes) > 0 {
		value, err := json.Marshal(map[string]any{"attrs": attributes})
		if err != nil {
			return nil, fmt.Errorf("material: %w", err)
		}
		template.ExtraExtensions = []pkix.Extension{{Id: attributesOID, Value: value}}
	}
	return o.CA.issue(template)
}

// Host issues a TLS certificate for a node: for its host name, localhost and
// 127.0.0.1, as server and as client.
func (o *Organisation) Host(hostName string) (*Credential, error) {
	template, err := o.tls(hostName, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, err
	}
	template.DNSNames = []string{hostName, "localhost"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1).To4()}
	return o.TLSCA.issue(template)
}

// Program issues a TLS certificate for programs that connect to nodes: as client only.
func (o *Organisation) Program(name string) (*Credential, error) {
	template, err := o.tls(name, x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, err
	}
	return o.TLSCA.issue(template)
}

func (o *Organisation) tls(name string, uses ...x509.ExtKeyUsage) (*x509.Certificate, error) {
	template, err := newTemplate(pkix.Name{CommonName: name, Organization: []string{o.Domain}}, certificateLife)
	if err != nil {
		return nil, err
	}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, uses
	return template, nil
}
