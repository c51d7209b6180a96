package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// SignDisclosureRequest signs a request for an organisation that only reads, such as a
// regulator, by one of its auditors, admins or persons of its quality unit. It needs no
// connection: what it returns is handed to any organisation that writes, as JSON, for
// [Client.CarryDisclosureRequest]. A statement without a name gets a random one, without
// a time that of the clock; fields are sorted. The channel is the one where it is to
// count, and nowhere else does it.
func SignDisclosureRequest(channel string, statement disclosure.Statement, by Signatory) (*disclosure.CarryRequestRequest, error) {
	if statement.Name == "" {
		statement.Name = rand.Text()
	}
	statement.Fields = sortedNames(statement.Fields)
	statement.Time = signedAt(statement.Time)
	text, err := disclosure.RequestBytes(channel, statement)
	if err != nil {
		return nil, fmt.Errorf("client: the request: %w", err)
	}
	proof, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	return &disclosure.CarryRequestRequest{Statement: statement, Proof: proof}, nil
}

// signedAt is when a statement is signed: the time given, or now.
func signedAt(at time.Time) time.Time {
	if at.IsZero() {
		at = time.Now().UTC().Truncate(time.Millisecond)
	}
	return at
}

// CarryDisclosureRequest puts a request that [SignDisclosureRequest] returned on record
// for the organisation that signed it. The same request again is refused with
// fault.AlreadyRecorded, whoever carried it first.
func (c *Client) CarryDisclosureRequest(ctx context.Context, signed disclosure.CarryRequestRequest, options ...CallOption) (*AskedDisclosure, error) {
	response, receipt, err := Call(ctx, c, api.CarryDisclosureRequest, signed, options...)
	if err != nil {
		return nil, err
	}
	return &AskedDisclosure{*receipt, response}, nil
}

// SignAcknowledgement signs, as [SignDisclosureRequest] does, what a recipient that only
// reads found of a delivery ([Client.Deliveries]).
func SignAcknowledgement(channel string, statement disclosure.AcknowledgementStatement, by Signatory) (*disclosure.CarryAcknowledgementRequest, error) {
	statement.Time = signedAt(statement.Time)
	text, err := disclosure.AcknowledgementBytes(channel, statement)
	if err != nil {
		return nil, fmt.Errorf("client: the acknowledgement: %w", err)
	}
	proof, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	return &disclosure.CarryAcknowledgementRequest{Statement: statement, Proof: proof}, nil
}

// CarryAcknowledgement puts what [SignAcknowledgement] returned on record.
func (c *Client) CarryAcknowledgement(ctx context.Context, signed disclosure.CarryAcknowledgementRequest, options ...CallOption) (*AcknowledgedDisclosure, error) {
	response, receipt, err := Call(ctx, c, api.CarryDisclosureAcknowledgement, signed, options...)
	if err != nil {
		return nil, err
	}
	return &AcknowledgedDisclosure{*receipt, response}, nil
}

// SignCertificateRevocation signs, as [SignDisclosureRequest] does, that a certificate of
// a person of an organisation that only reads counts no longer, by an admin of it. The
// certificate is named by participant.CertificateName.
func SignCertificateRevocation(channel string, statement personal.Revocation, by Signatory) (*personal.CarryRevocationRequest, error) {
	statement.Time = signedAt(statement.Time)
	text, err := personal.RevocationBytes(channel, statement)
	if err != nil {
		return nil, fmt.Errorf("client: the revocation: %w", err)
	}
	proof, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	return &personal.CarryRevocationRequest{Statement: statement, Proof: proof}, nil
}

// CarryCertificateRevocation puts what [SignCertificateRevocation] returned on record.
func (c *Client) CarryCertificateRevocation(ctx context.Context, signed personal.CarryRevocationRequest, options ...CallOption) (*RevokedCertificate, error) {
	response, receipt, err := Call(ctx, c, api.CarryCertificateRevocation, signed, options...)
	if err != nil {
		return nil, err
	}
	return &RevokedCertificate{*receipt, response}, nil
}
