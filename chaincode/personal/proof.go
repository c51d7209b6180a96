package personal

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
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Skew is how far two clocks may differ.
const Skew = 15 * time.Minute

const (
	maxIntermediates = 3
	maxCertificate   = 4096 // bytes in base64: the decision's record holds it
)

// attributesOID is the certificate extension in which fabric-ca writes
// attributes, as JSON.
var attributesOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// Proof is what proves that a person signed a statement.
type Proof struct {
	// Certificate is the signer's, X.509 DER in base64.
	Certificate string `json:"certificate"`
	// Intermediates lead from it to a root of the signer's organisation, X.509
	// DER in base64, at most 3; absent when a root issued it.
	Intermediates []string `json:"intermediates,omitempty"`
	// Signature is over the statement's canonical bytes (RFC 8785): ECDSA on P-256
	// with SHA-256, ASN.1 DER in base64, low s.
	Signature string `json:"signature"`
}

// Signed is what the ledger keeps of a signature: enough to check it again.
type Signed struct {
	// By signed the statement.
	By Person `json:"by"`
	// Certificate is the signer's, X.509 DER in base64; Signature is over the
	// statement's canonical bytes, ASN.1 DER in base64.
	Certificate string `json:"certificate"`
	Signature   string `json:"signature"`
	// Late says that it was signed more than 15 minutes before the ledger time
	// of its recording.
	Late bool `json:"late,omitempty"`
	// Recorded is the ledger time, Transaction the transaction that recorded it.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

// By returns what the ledger keeps of a signature that a person made at a time, by
// his own clock.
func (r Proof) By(tx *ledger.Tx, person Person, at time.Time) Signed {
	return Signed{
		By: person, Certificate: r.Certificate, Signature: r.Signature,
		Late: at.Before(tx.Time().Add(-Skew)), Recorded: tx.Time(), Transaction: tx.ID(),
	}
}

// Signer checks that a message carries the signature of a person of an
// organisation whose certificate has one of the roles, and returns that person.
//
// Refusals: fault.NotParticipant for an organisation that is not on record;
// fault.NotIndependent for a certificate of somebody else's; fault.BadSignature for
// one that is expired or revoked and for a signature that does not verify;
// fault.RoleRequired; fault.InvalidRequest and fault.LimitExceeded for what is no
// certificate.
func (r Proof) Signer(tx *ledger.Tx, msp string, message []byte, roles ...string) (Person, error) {
	if len(r.Intermediates) > maxIntermediates {
		return Person{}, fault.New(fault.LimitExceeded, "at most %d certificates lead to a root", maxIntermediates).At("/intermediates")
	}
	certificate, err := decodeCertificate(r.Certificate)
	if err != nil {
		return Person{}, fault.Of(err).At("/certificate")
	}
	organisation, err := participant.Load(tx, msp)
	if err != nil {
		return Person{}, err
	}
	if organisation == nil {
		return Person{}, fault.New(fault.NotParticipant, "%s, of which somebody signs, is not on record", msp)
	}
	chains, err := r.chains(certificate, organisation.IdentityRoots, tx.Time())
	if err != nil {
		return Person{}, unchained(msp, err)
	}
	if err := believed(tx, msp, chains); err != nil {
		return Person{}, fault.Of(err).At("/certificate")
	}
	if role := roleIn(certificate); !slices.Contains(roles, role) {
		return Person{}, fault.New(fault.RoleRequired, "this is signed with a certificate that has the attribute %s=%s, not %q",
			ledger.RoleAttribute, strings.Join(roles, " or "), role).At("/certificate")
	}
	if err := verify(certificate, message, r.Signature); err != nil {
		return Person{}, fault.New(fault.BadSignature, "the statement: %w", err).At("/signature")
	}
	return certified(msp, certificate), nil
}

// believed refuses a certificate when its organisation has revoked it, or on each
// way to a root a certificate between.
func believed(tx *ledger.Tx, msp string, chains [][]*x509.Certificate) error {
	var refused error
	for _, chain := range chains {
		refused = nil
		for _, certificate := range chain[:max(1, len(chain)-1)] { // the root is on record itself
			if refused = participant.Believed(tx, msp, certificate); refused != nil {
				break
			}
		}
		if refused == nil {
			return nil
		}
	}
	return refused
}

// unchained tells a stranger's certificate from one that is not valid.
func unchained(msp string, err error) error {
	if known := (*fault.Error)(nil); errors.As(err, &known) {
		return known
	}
	code := fault.BadSignature
	var stranger x509.UnknownAuthorityError
	if errors.As(err, &stranger) {
		code = fault.NotIndependent
	}
	return fault.New(code, "the certificate does not lead to a root of %s, of which somebody signs: %w", msp, err).At("/certificate")
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

// chains verifies the certificate up to the roots (RFC 5280), at a time, and
// returns each way there.
func (r Proof) chains(certificate *x509.Certificate, roots []string, at time.Time) ([][]*x509.Certificate, error) {
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
			return nil, fault.Of(err).At("/intermediates")
		}
		options.Intermediates.AddCert(intermediate)
	}
	return certificate.Verify(options)
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
		return errors.New("a statement is signed with ECDSA on P-256")
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
