package personal

import (
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Revocation is what an admin of an organisation that only reads signs, so that
// what a person of it signs with a certificate counts no longer. An organisation
// that writes revokes by a transaction of its own (participant.RevokeCertificate).
type Revocation struct {
	// Organisation is the reader, by MSP id.
	Organisation string `json:"organisation" jsonschema:"maxLength=128"`
	// Issuer is the SHA-256 of the issuer's name in the certificate, DER, and Serial
	// the serial number, both hexadecimal (participant.CertificateName).
	Issuer string `json:"issuer" jsonschema:"maxLength=64"`
	Serial string `json:"serial" jsonschema:"maxLength=40"`
	// Since is from when on the certificate is not believed; absent: from when the
	// revocation is recorded.
	Since time.Time `json:"since,omitzero"`
	// Reason is why, 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=500"`
	// Time is when it was signed, by the signer's clock.
	Time time.Time `json:"time"`
}

const revocationType = "countersign.certificaterevocation.v1"

var (
	issuerForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	serialForm = regexp.MustCompile(`^[1-9a-f][0-9a-f]{0,39}$`)
)

// RevocationBytes returns the bytes to sign: the members of the revocation, the
// channel on which it shall count and "type", in the form of [Canonical]. Times are
// those of [Time]. For instance
//
//	{"channel":"supplychain","issuer":"<64 digits>","organisation":"RegulatorMSP","reason":"Card lost.","serial":"1f","time":"2026-03-01T08:00:00.000Z","type":"countersign.certificaterevocation.v1"}
//
// It fails with fault.InvalidRequest for a revocation that is incomplete.
func RevocationBytes(channel string, r Revocation) ([]byte, error) {
	switch {
	case r.Organisation == "" || len(r.Organisation) > 128:
		return nil, fault.New(fault.InvalidRequest, "name the organisation").At("/statement/organisation")
	case !issuerForm.MatchString(r.Issuer) || !serialForm.MatchString(r.Serial):
		return nil, fault.New(fault.InvalidRequest, "name the certificate by the SHA-256 of its issuer's name and its serial number, hexadecimal").At("/statement/issuer")
	case r.Reason == "" || len(r.Reason) > 500 || !utf8.ValidString(r.Reason):
		return nil, fault.New(fault.InvalidRequest, "a revocation has a reason of 1 to 500 bytes, UTF-8").At("/statement/reason")
	case !Exact(r.Time):
		return nil, fault.New(fault.InvalidRequest, "say when the revocation was signed, to the millisecond").At("/statement/time")
	case !r.Since.IsZero() && !Exact(r.Since):
		return nil, fault.New(fault.InvalidRequest, "since when has milliseconds at most").At("/statement/since")
	}
	return Canonical(Object{
		{Name: "channel", Value: channel},
		{Name: "issuer", Value: r.Issuer},
		{Name: "organisation", Value: r.Organisation},
		{Name: "reason", Value: r.Reason},
		{Name: "serial", Value: r.Serial},
		{Name: "since", Value: Time(r.Since)},
		{Name: "time", Value: Time(r.Time)},
		{Name: "type", Value: revocationType},
	}), nil
}

// CarryRevocationRequest carries a revocation, signed by an admin of the reader.
type CarryRevocationRequest struct {
	// Statement is what is signed.
	Statement Revocation `json:"statement"`
	Proof
}

// CarryRevocation puts on record that a certificate of a person of a reader counts
// no longer, by the signature of an admin of that reader over [RevocationBytes];
// submitted by an operator or admin of any organisation that writes. Nobody revokes
// for another organisation: the signature is by a certificate of the reader's own
// authority, which has not been revoked itself.
//
// Refusals: those of participant.RevokeCertificate; those of [Proof.Signer];
// fault.TimeAhead for a time of signature that lies ahead; fault.InvalidRequest for
// an organisation that writes, which revokes by itself.
func CarryRevocation(tx *ledger.Tx, req CarryRevocationRequest) (participant.RevokedCertificate, error) {
	carrier, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return participant.RevokedCertificate{}, err
	}
	message, err := RevocationBytes(tx.Channel(), req.Statement)
	if err != nil {
		return participant.RevokedCertificate{}, err
	}
	by, err := req.Reader(tx, req.Statement.Organisation, req.Statement.Time, message, ledger.RoleAdmin)
	if err != nil {
		return participant.RevokedCertificate{}, err
	}
	return participant.Revoke(tx, req.Statement.Organisation, by.Subject, participant.RevokeCertificateRequest{
		Issuer: req.Statement.Issuer, Serial: req.Statement.Serial, Since: req.Statement.Since, Reason: req.Statement.Reason,
	}, &participant.CarriedRevocation{
		Carrier: carrier.MSP, Certificate: req.Certificate, Signature: req.Signature, Time: req.Statement.Time.UTC(),
	})
}
