package condition

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

const (
	maxIntermediates = 3
	maxCertificate   = 4096 // bytes in base64: the decision's record holds it
)

// attributesOID is the certificate extension in which fabric-ca writes
// attributes, as JSON.
var attributesOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// signer checks that the request carries the signature of a person of an
// organisation's quality unit, and returns that person.
func (r DecideRequest) signer(tx *ledger.Tx, msp string) (Person, error) {
	certificate, err := decodeCertificate(r.Certificate)
	if err != nil {
		return Person{}, fault.Of(err).At("/certificate")
	}
	organisation, err := participant.Load(tx, msp)
	if err != nil {
		return Person{}, err
	}
	if organisation == nil {
		return Person{}, fault.New(fault.NotParticipant, "%s, which owns the objects, is not on record", msp)
	}
	if err := r.chain(certificate, organisation.IdentityRoots, tx.Time()); err != nil {
		return Person{}, unchained(msp, err)
	}
	if role := roleIn(certificate); role != ledger.RoleQuality {
		return Person{}, fault.New(fault.RoleRequired, "a decision is signed with a certificate that has the attribute %s=%s, not %q",
			ledger.RoleAttribute, ledger.RoleQuality, role).At("/certificate")
	}
	message, err := DecisionBytes(r.Statement)
	if err != nil {
		return Person{}, err
	}
	if err := verify(certificate, message, r.Signature); err != nil {
		return Person{}, fault.New(fault.BadSignature, "the decision: %w", err).At("/signature")
	}
	return certified(msp, certificate), nil
}

// unchained tells a stranger's certificate from one that is not valid.
func unchained(msp string, err error) error {
	code := fault.BadSignature
	var stranger x509.UnknownAuthorityError
	if errors.As(err, &stranger) {
		code = fault.NotIndependent
	}
	return fault.New(code, "the certificate does not lead to a root of %s, whose quality unit decides: %w", msp, err).At("/certificate")
}

func decodeCertificate(text string) (*x509.Certificate, error) {
	if len(text) > maxCertificate {
		return nil, fault.New(fault.LimitExceeded, "a certificate has at most %d characters", maxCertificate)
	}
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "a certificate is X.509 DER in base64: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "a certificate is X.509 DER in base64: %w", err)
	}
	return certificate, nil
}

// chain verifies the certificate up to one of the roots (RFC 5280), at a time.
func (r DecideRequest) chain(certificate *x509.Certificate, roots []string, at time.Time) error {
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, root := range roots {
		options.Roots.AppendCertsFromPEM([]byte(root))
	}
	for _, text := range r.Intermediates {
		intermediate, err := decodeCertificate(text)
		if err != nil {
			return err
		}
		options.Intermediates.AddCert(intermediate)
	}
	_, err := certificate.Verify(options)
	return err
}

// roleIn returns the role attribute of a certificate, empty without one.
func roleIn(certificate *x509.Certificate) string {
	for _, extension := range certificate.Extensions {
		if !extension.Id.Equal(attributesOID) {
			continue
		}
		var attributes struct {
			Attrs map[string]string `json:"attrs"`
		}
		if json.Unmarshal(extension.Value, &attributes) != nil {
			return ""
		}
		return attributes.Attrs[ledger.RoleAttribute]
	}
	return ""
}

// verify checks an ECDSA signature on P-256 with SHA-256, ASN.1 DER, low s: the
// other s would be a second signature for the same decision.
func verify(certificate *x509.Certificate, message []byte, signature string) error {
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return errors.New("a decision is signed with ECDSA on P-256")
	}
	der, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil {
		return errors.New("a signature is ASN.1 DER in base64")
	}
	var parsed struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &parsed)
	if err != nil || len(rest) > 0 {
		return errors.New("a signature is ASN.1 DER in base64")
	}
	if half := new(big.Int).Rsh(key.Curve.Params().N, 1); parsed.S.Cmp(half) > 0 {
		return errors.New("of the two values of s, take the lower")
	}
	digest := sha256.Sum256(message)
	if !ecdsa.VerifyASN1(key, digest[:], der) {
		return errors.New("the signature does not verify with the certificate's key")
	}
	return nil
}
