package configtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// Authority is a certificate authority.
type Authority struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Identity is somebody with a certificate, who can sign.
type Identity struct {
	MSP         string
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Start is when all certificates begin, unless they are made for another time.
var Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// NewAuthority makes an authority with a key of its own, valid for twenty years.
func NewAuthority(name string) (*Authority, error) {
	return (*Authority)(nil).Below(name)
}

// Below makes an authority below another; of none, a root.
func (a *Authority) Below(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	made := &Authority{key: key}
	template, err := template(pkix.Name{CommonName: name}, &key.PublicKey, Start, Start.AddDate(20, 0, 0))
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	parent, by := template, key
	if a != nil {
		parent, by = a.Certificate, a.key
	}
	made.Certificate, err = certify(template, parent, &key.PublicKey, by)
	return made, err
}

// Issue gives out an identity with an organisational unit, such as "admin".
func (a *Authority) Issue(msp, name, unit string) (*Identity, error) {
	return a.IssueFor(msp, name, unit, Start, Start.AddDate(10, 0, 0))
}

// IssueFor gives out an identity for a time.
func (a *Authority) IssueFor(msp, name, unit string, from, until time.Time) (*Identity, error) {
	return a.issue(msp, name, []string{unit}, from, until)
}

// IssueUnits gives out an identity with any number of organisational units.
func (a *Authority) IssueUnits(msp, name string, units ...string) (*Identity, error) {
	return a.issue(msp, name, units, Start, Start.AddDate(10, 0, 0))
}

func (a *Authority) issue(msp, name string, units []string, from, until time.Time) (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := template(pkix.Name{CommonName: name, OrganizationalUnit: units}, &key.PublicKey, from, until)
	if err != nil {
		return nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	certificate, err := certify(template, a.Certificate, &key.PublicKey, a.key)
	return &Identity{MSP: msp, Certificate: certificate, key: key}, err
}

// Identity is the authority as somebody who signs, which none should be.
func (a *Authority) Identity(msp string) *Identity {
	return &Identity{MSP: msp, Certificate: a.Certificate, key: a.key}
}

// Revoke makes a revocation list of certificates.
func (a *Authority) Revoke(certificates ...*x509.Certificate) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: Start, NextUpdate: Start.AddDate(1, 0, 0)}
	for _, c := range certificates {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: Start})
	}
	text, err := x509.CreateRevocationList(rand.Reader, list, a.Certificate, a.key)
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: text}), err
}

func template(subject pkix.Name, key *ecdsa.PublicKey, from, until time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(public)
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: from, NotAfter: until, SubjectKeyId: id[:]}, nil
}

// certify signs in the form with the lower S, as Fabric's authorities do: it tries until
// that comes out.
func certify(template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	for {
		text, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
		if err != nil {
			return nil, err
		}
		made, err := x509.ParseCertificate(text)
		if err != nil {
			return nil, err
		}
		var value struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(made.Signature, &value); err != nil {
			return nil, err
		}
		if value.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) <= 0 {
			return made, nil
		}
	}
}

// PEM is a certificate as an MSP has it.
func PEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Serialized is the identity as signatures name it.
func (i *Identity) Serialized() ([]byte, error) {
	return proto.Marshal(&msp.SerializedIdentity{Mspid: i.MSP, IdBytes: PEM(i.Certificate)})
}

// Sign signs in the form with the lower S.
func (i *Identity) Sign(message []byte) ([]byte, error) { return i.sign(message, false) }

// SignHigh signs in the form with the higher S, which Fabric does not take.
func (i *Identity) SignHigh(message []byte) ([]byte, error) { return i.sign(message, true) }

func (i *Identity) sign(message []byte, high bool) ([]byte, error) {
	digest := sha256.Sum256(message)
	text, err := ecdsa.SignASN1(rand.Reader, i.key, digest[:])
	if err != nil {
		return nil, err
	}
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("configtest: %w", err)
	}
	n := i.key.Params().N
	if isHigh := value.S.Cmp(new(big.Int).Rsh(n, 1)) > 0; isHigh != high {
		value.S.Sub(n, value.S)
	}
	return asn1.Marshal(value)
}
