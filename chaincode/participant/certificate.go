package participant

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// maxCertificate bounds a certificate in base64.
const maxCertificate = 4096

// RevokedCertificate says that what a person signs with a certificate counts no
// longer.
type RevokedCertificate struct {
	// V is the schema version.
	V int `json:"v"`
	// MSP is the organisation that revoked it, for itself.
	MSP string `json:"msp"`
	// Issuer is the SHA-256 of the issuer's name in the certificate (RFC 5280,
	// section 4.1.2.4), DER, and Serial the serial number; both hexadecimal, in
	// lower case, the latter without leading zeros.
	Issuer string `json:"issuer"`
	Serial string `json:"serial"`
	// Since is from when on it is not believed; it may lie before the ledger time
	// at which that was recorded. What was recorded by then stands all the same.
	Since time.Time `json:"since"`
	// Reason is for people.
	Reason string `json:"reason"`
	// By is the certificate subject of the admin. Recorded is the ledger time,
	// Transaction the transaction.
	By          string    `json:"by"`
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
	// Carried is what the admin of a reader signed; absent when the admin submitted
	// the transaction.
	Carried *CarriedRevocation `json:"carried,omitempty"`
}

// CarriedRevocation is what proves a revocation that somebody else brought to the
// ledger: a signature over the bytes of package personal's RevocationBytes.
type CarriedRevocation struct {
	// Carrier is the organisation that submitted it, by MSP id.
	Carrier string `json:"carrier"`
	// Certificate is the signer's, X.509 DER in base64; Signature ASN.1 DER in
	// base64.
	Certificate string `json:"certificate"`
	Signature   string `json:"signature"`
	// Time is when it was signed, by the signer's clock.
	Time time.Time `json:"time"`
}

var (
	issuerForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	serialForm = regexp.MustCompile(`^[1-9a-f][0-9a-f]{0,39}$`)
)

// CertificateName returns under what a certificate is revoked: the SHA-256 of its
// issuer's name, and its serial number.
func CertificateName(certificate *x509.Certificate) (issuer, serial string) {
	digest := sha256.Sum256(certificate.RawIssuer)
	return hex.EncodeToString(digest[:]), certificate.SerialNumber.Text(16)
}

func revokedKey(msp, issuer, serial string) ledger.Key {
	return ledger.NewKey("revokedcertificate", msp, issuer, serial)
}

// RevokeCertificateRequest names a certificate: whole, or by issuer and serial
// number.
type RevokeCertificateRequest struct {
	// Certificate is X.509 DER in base64; absent when the others name it.
	Certificate string `json:"certificate,omitempty" jsonschema:"maxLength=4096"`
	// Issuer is the SHA-256 of the issuer's name, DER, and Serial the serial
	// number, hexadecimal.
	Issuer string `json:"issuer,omitempty" jsonschema:"maxLength=64"`
	Serial string `json:"serial,omitempty" jsonschema:"maxLength=40"`
	// Since is from when on the certificate is not believed; absent: now. It does
	// not lie ahead.
	Since time.Time `json:"since,omitzero"`
	// Reason is why, 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=500"`
}

func (r RevokeCertificateRequest) name() (issuer, serial string, err error) {
	if r.Certificate == "" {
		if !issuerForm.MatchString(r.Issuer) || !serialForm.MatchString(r.Serial) {
			return "", "", fault.New(fault.InvalidRequest, "name the certificate: whole, or by the SHA-256 of its issuer's name and its serial number, hexadecimal").At("/issuer")
		}
		return r.Issuer, r.Serial, nil
	}
	if r.Issuer != "" || r.Serial != "" || len(r.Certificate) > maxCertificate {
		return "", "", fault.New(fault.InvalidRequest, "give the certificate, of at most %d characters, or issuer and serial number", maxCertificate).At("/certificate")
	}
	der, err := base64.StdEncoding.Strict().DecodeString(r.Certificate)
	if err != nil {
		return "", "", fault.New(fault.InvalidRequest, "a certificate is X.509 DER in base64: %w", err).At("/certificate")
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return "", "", fault.New(fault.InvalidRequest, "a certificate is X.509 DER in base64: %w", err).At("/certificate")
	}
	issuer, serial = CertificateName(certificate)
	return issuer, serial, nil
}

// RevokeCertificate puts on record that a certificate of a person of the caller's
// organisation counts no longer, by an admin: whoever has its key signs nothing
// with it that the ledger takes from then on, whatever time the signature claims.
// An earlier time can be put in later, a revocation is not taken back.
//
// It is about statements that people sign; Fabric's own revocation list, of the
// organisation's MSP, keeps a certificate from submitting transactions.
//
// Refusals: fault.InvalidRequest; fault.TimeAhead; fault.AlreadyExists when it is
// revoked since that time or an earlier one.
func RevokeCertificate(tx *ledger.Tx, req RevokeCertificateRequest) (RevokedCertificate, error) {
	caller, err := Require(tx, ledger.RoleAdmin)
	if err != nil {
		return RevokedCertificate{}, err
	}
	return Revoke(tx, caller.MSP, tx.Caller().Subject, req, nil)
}

// Revoke is [RevokeCertificate] for an organisation whose admin has been identified:
// the caller of the transaction, or the signer of what is carried. It fails as that
// does.
func Revoke(tx *ledger.Tx, msp, by string, req RevokeCertificateRequest, carried *CarriedRevocation) (RevokedCertificate, error) {
	issuer, serial, err := req.name()
	if err != nil {
		return RevokedCertificate{}, err
	}
	revoked := RevokedCertificate{
		V: Version, MSP: msp, Issuer: issuer, Serial: serial, Since: ledgerTime(req.Since), Reason: req.Reason,
		By: by, Recorded: tx.Time(), Transaction: tx.ID(), Carried: carried,
	}
	if req.Since.IsZero() {
		revoked.Since = tx.Time()
	}
	if err := revoked.check(tx); err != nil {
		return RevokedCertificate{}, err
	}
	key := revokedKey(msp, issuer, serial)
	known, found, err := ledger.Load[RevokedCertificate](tx, key)
	if err != nil {
		return RevokedCertificate{}, err
	}
	if found && !revoked.Since.Before(known.Since) {
		return RevokedCertificate{}, fault.New(fault.AlreadyExists, "the certificate is revoked since %s", known.Since.Format(time.RFC3339)).
			With("transaction", known.Transaction)
	}
	return revoked, ledger.Store(tx, key, revoked)
}

func (r RevokedCertificate) check(tx *ledger.Tx) error {
	switch {
	case r.Since.After(tx.Time()):
		return fault.New(fault.TimeAhead, "a certificate is revoked since a time that is past").At("/since")
	case r.Since.Year() < 1970:
		return fault.New(fault.InvalidRequest, "the time is before 1970").At("/since")
	case r.Reason == "" || len(r.Reason) > 500 || !utf8.ValidString(r.Reason):
		return fault.New(fault.InvalidRequest, "a revocation has a reason of 1 to 500 bytes, UTF-8").At("/reason")
	}
	return nil
}

// Believed refuses a certificate that its organisation has revoked, with
// fault.BadSignature.
func Believed(tx *ledger.Tx, msp string, certificate *x509.Certificate) error {
	issuer, serial := CertificateName(certificate)
	known, found, err := ledger.Load[RevokedCertificate](tx, revokedKey(msp, issuer, serial))
	if err != nil || !found {
		return err
	}
	return fault.New(fault.BadSignature, "%s has revoked the certificate with serial number %s since %s", msp, serial, known.Since.Format(time.RFC3339)).
		With("transaction", known.Transaction)
}

// ListRevokedCertificatesRequest asks for those of an organisation.
type ListRevokedCertificatesRequest struct {
	// MSP is the organisation.
	MSP string `json:"msp" jsonschema:"maxLength=128"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRevokedCertificatesResponse is a page of revoked certificates.
type ListRevokedCertificatesResponse struct {
	Certificates []RevokedCertificate `json:"certificates"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRevokedCertificates lists the certificates that an organisation has revoked,
// by issuer and serial number. Anyone may. It fails with fault.LimitExceeded.
func ListRevokedCertificates(tx *ledger.Tx, req ListRevokedCertificatesRequest) (ListRevokedCertificatesResponse, error) {
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("revokedcertificate", req.MSP), req.Size, req.Bookmark)
	if err != nil {
		return ListRevokedCertificatesResponse{}, err
	}
	response := ListRevokedCertificatesResponse{Certificates: make([]RevokedCertificate, len(entries)), Bookmark: next}
	for i, entry := range entries {
		if response.Certificates[i], err = ledger.Decode[RevokedCertificate](entry.Key, entry.Value); err != nil {
			return ListRevokedCertificatesResponse{}, err
		}
	}
	return response, nil
}
