package clienttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

const serialBits = 127

// attributesOID is the certificate extension in which fabric-ca writes
// attributes, as JSON.
var attributesOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// The certificates of a consortium are valid for a long time around whatever
// clock a test sets.
var (
	validFrom  = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	validUntil = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Identity is a certificate of an organisation with its key: a user's or a
// peer's.
type Identity struct {
	MSP         string
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
	serialized  []byte // msp.SerializedIdentity
}

// authority gives out an organisation's certificates.
type authority struct {
	msp         string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(mspID string) (*authority, error) {
	template, err := template(pkix.Name{CommonName: "ca." + mspID, Organization: []string{mspID}})
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("clienttest: make a key: %w", err)
	}
	certificate, err := sign(template, template, &key.PublicKey, key)
	return &authority{msp: mspID, certificate: certificate, key: key}, err
}

// issue makes an identity; a role becomes a certificate attribute.
func (a *authority) issue(name, unit, role string) (*Identity, error) {
	return a.issueFor(name, unit, role, validFrom, validUntil)
}

func (a *authority) issueFor(name, unit, role string, from, until time.Time) (*Identity, error) {
	template, err := template(pkix.Name{CommonName: name, Organization: []string{a.msp}, OrganizationalUnit: []string{unit}})
	if err != nil {
		return nil, err
	}
	template.NotBefore, template.NotAfter = from, until
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if role != "" {
		attributes, err := json.Marshal(map[string]any{"attrs": map[string]string{ledger.RoleAttribute: role}})
		if err != nil {
			return nil, fmt.Errorf("clienttest: write attributes: %w", err)
		}
		template.ExtraExtensions = []pkix.Extension{{Id: attributesOID, Value: attributes}}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("clienttest: make a key: %w", err)
	}
	certificate, err := sign(template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	serialized, err := proto.Marshal(&msp.SerializedIdentity{
		Mspid:   a.msp,
		IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}),
	})
	if err != nil {
		return nil, fmt.Errorf("clienttest: write an identity: %w", err)
	}
	return &Identity{MSP: a.msp, Certificate: certificate, Key: key, serialized: serialized}, nil
}

func template(subject pkix.Name) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, fmt.Errorf("clienttest: make a serial number: %w", err)
	}
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: validFrom, NotAfter: validUntil}, nil
}

func sign(template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("clienttest: sign a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// roleOf reads a certificate's role, as fabric's cid package does.
func roleOf(c *x509.Certificate) string {
	for _, extension := range c.Extensions {
		if !extension.Id.Equal(attributesOID) {
			continue
		}
		var attributes struct {
			Attrs map[string]string `json:"attrs"`
		}
		if json.Unmarshal(extension.Value, &attributes) == nil {
			return attributes.Attrs[ledger.RoleAttribute]
		}
	}
	return ""
}

// sign signs as Fabric's peers do: ECDSA over SHA-256, the lower S.
func (i *Identity) sign(message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	der, err := ecdsa.SignASN1(rand.Reader, i.Key, digest[:])
	if err != nil {
		return nil, fmt.Errorf("clienttest: sign: %w", err)
	}
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &value); err != nil {
		return nil, fmt.Errorf("clienttest: sign: %w", err)
	}
	if order := i.Key.Params().N; value.S.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		value.S.Sub(order, value.S)
		return asn1.Marshal(value)
	}
	return der, nil
}

// verify checks a user's signature; like Fabric, it takes no higher S.
func verify(c *x509.Certificate, message, signature []byte) bool {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return false
	}
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &value); err != nil || value.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) > 0 {
		return false
	}
	digest := sha256.Sum256(message)
	return ecdsa.VerifyASN1(key, digest[:], signature)
}
